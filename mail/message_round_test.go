package mail

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"rejoin/mail/resendtest"
	"rejoin/mail/smtptest"
)

func TestAMessageWithoutBounceAndRoundKeepsItsBytes(t *testing.T) {
	encoded := string(letter().Encode())
	if strings.Contains(encoded, "bounce") || strings.Contains(encoded, "round") {
		t.Errorf("it is %s", encoded)
	}
	m := letter()
	m.Bounce, m.Round = "bounces@mail.nimbus.example", 2
	decoded, err := Decode(m.Encode())
	if err != nil || decoded.Bounce != m.Bounce || decoded.Round != 2 {
		t.Errorf("read back: %+v, %v", decoded, err)
	}
	if !bytes.Equal(raw(t, m), raw(t, letter())) {
		t.Error("a round later the mail has other bytes")
	}
}

func TestAnUnusableBounceOrRoundIsRefused(t *testing.T) {
	for field, change := range map[string]func(*Message){
		"bounce": func(m *Message) { m.Bounce = "a@b.example>\r\nRCPT TO:<x@y.z" },
		"round":  func(m *Message) { m.Round = -1 },
		"key":    func(m *Message) { m.Key, m.Round = strings.Repeat("k", 255), 1 },
	} {
		m := letter()
		change(&m)
		var invalid *Invalid
		if err := m.Check(); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	m := letter()
	m.Key = strings.Repeat("k", 256)
	if err := m.Check(); err != nil {
		t.Errorf("a key of the full length: %v", err)
	}
}

func TestEachRoundIsSentOnceToResend(t *testing.T) {
	server := resendtest.New(t)
	sender := newSender(server, time.Minute)
	m := letter()
	m.Bounce = "bounces@mail.nimbus.example" // Resend has its own
	first := send(t, sender, m)
	m.Round = 3
	third := send(t, sender, m)
	again := send(t, sender, m)
	accepted := server.Accepted()
	if len(accepted) != 2 || first == third || again != third {
		t.Fatalf("%d emails were accepted; receipts %v, %v, %v", len(accepted), first, third, again)
	}
	if accepted[0].IdempotencyKey != m.Key || accepted[1].IdempotencyKey != m.Key+"-r3" {
		t.Errorf("the keys are %q and %q", accepted[0].IdempotencyKey, accepted[1].IdempotencyKey)
	}
	if accepted[1].Headers["Message-ID"] != m.MessageID {
		t.Errorf("the Message-ID became %q", accepted[1].Headers["Message-ID"])
	}
}

func TestEachRoundIsSentOnceBySMTPWithItsEnvelope(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	sender := smtpTo(t, server, "")
	m := dated()
	m.Bounce = "bounces+42@mail.nimbus.exämple"
	send(t, sender, m)
	m.Round = 1
	send(t, sender, m)
	send(t, sender, m)
	emails := server.Emails()
	if len(emails) != 2 || !bytes.Equal(emails[0].Raw, emails[1].Raw) {
		t.Fatalf("%d emails were taken", len(emails))
	}
	for _, e := range emails {
		if e.From != "bounces+42@mail.nimbus.xn--exmple-cua" || parse(t, e.Raw).Header.Get("From") == "" || strings.Contains(string(e.Raw), "bounces+42") {
			t.Errorf("the envelope is from %q", e.From)
		}
	}
	m.Bounce = "elsewhere@nimbus.example"
	if failure := sendFailure(t, sender, m); failure.Code != "invalid_idempotent_request" {
		t.Errorf("another envelope under a known key: %+v", failure)
	}
}
