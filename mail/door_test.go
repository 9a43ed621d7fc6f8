package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDoorTakesAMailWithItsEnvelope(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := call(t, d)
	c.hear("220 mx.rejoin.example ESMTP")
	hello := c.say("EHLO mail.shop.example", "250-")
	for _, want := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "SIZE 26214400"} {
		if !strings.Contains(hello, want+"\r\n") {
			t.Errorf("%s is not offered: %q", want, hello)
		}
	}
	for _, not := range []string{"AUTH", "BINARYMIME", "STARTTLS"} {
		if strings.Contains(hello, not) {
			t.Errorf("%s is offered: %q", not, hello)
		}
	}
	c.say("MAIL FROM:<bounce+x@shop.example> SIZE=100 BODY=8BITMIME SMTPUTF8", "250 ")
	c.say("RCPT TO:<reply+AbC@IN.example>", "250 ")
	c.say("DATA", "354 ")
	c.send("From: jo@shop.example\r\nSubject: Grüße\r\n\r\n..dot\r\nGood morning\r\n.\r\n")
	c.hear("250 2.0.0 ")
	c.say("QUIT", "221 ")
	c.gone()

	a := kept.only(t)
	want := `Return-Path: <bounce+x@shop.example>
Delivered-To: reply+AbC@in.example
X-Original-To: reply+AbC@in.example
Received: from mail.shop.example ([127.0.0.1])
	by mx.rejoin.example with ESMTP id ID
	for <reply+AbC@in.example>;
	Wed, 04 Mar 2026 05:06:07 +0000
From: jo@shop.example
Subject: Grüße

.dot
Good morning
`
	if got := withoutID(string(a.Raw)); got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("kept\n%s", got)
	}
	if a.From != "bounce+x@shop.example" || !slices.Equal(a.To, []string{"reply+AbC@in.example"}) || a.Hello != "mail.shop.example" ||
		a.TLS || a.Remote.String() != "127.0.0.1" || !a.At.Equal(testTime) || a.Verdict.Judged() {
		t.Errorf("%+v", a)
	}
	in := ParseBytes(a.Raw)
	if in.Token() != "abc" || in.From.Email != "jo@shop.example" || in.ReturnPath != "bounce+x@shop.example" {
		t.Errorf("parsed %+v", in)
	}
}

// withoutID replaces the only part of a trace that is not foreseen.
func withoutID(raw string) string {
	before, after, found := strings.Cut(raw, " id ")
	if !found || len(after) < 12 {
		return raw
	}
	return before + " id ID" + after[12:]
}

func TestDoorAnswersAsAsked(t *testing.T) {
	tests := []struct{ name, say, want string }{
		{"a foreign domain", "RCPT TO:<jo@shop.example>", "550 5.7.1 "},
		{"a subdomain", "RCPT TO:<jo@eu.in.example>", "550 5.7.1 "},
		{"a domain that ends alike", "RCPT TO:<jo@begin.example>", "550 5.7.1 "},
		{"a route", "RCPT TO:<@in.example:jo@shop.example>", "550 5.7.1 "},
		{"a quoted foreigner", `RCPT TO:<"x@in.example"@shop.example>`, "550 5.7.1 "},
		{"our domain in capitals", "RCPT TO:<Reply+x@IN.EXAMPLE>", "250 2.0.0 "},
		{"our domain with a final dot", "RCPT TO:<reply+x@in.example.>", "250 2.0.0 "},
		{"the postmaster", "RCPT TO:<Postmaster@in.example>", "250 2.0.0 "},
		{"anybody of ours", "RCPT TO:<whoever@in.example>", "250 2.0.0 "},
		{"a local part that looks like a relay", "RCPT TO:<jo%shop.example@in.example>", "250 2.0.0 "},
		{"a quoted local part", `RCPT TO:<"jo \"x\" doe"@in.example>`, "250 2.0.0 "},
		{"a NUL in an address", "RCPT TO:<a\x00b@in.example>", "553 5.1.3 "},
		{"a CR in an address", "RCPT TO:<a\rb@in.example>", "553 5.1.3 "},
		{"broken UTF-8 in an address", "RCPT TO:<a\xffb@in.example>", "553 5.1.3 "},
		{"an endless address", "RCPT TO:<" + strings.Repeat("a", 400) + "@in.example>", "553 5.1.3 "},
		{"a second sender", "MAIL FROM:<x@shop.example>", "503 5.5.1 "},
		{"a mail without recipients", "DATA", "502 5.5.1 "},
		{"a sign-in", "AUTH PLAIN AGEAYg==", "504 5.7.4 "},
		{"encryption that is not offered", "STARTTLS", "502 5.5.1 "},
		{"the check of a name", "VRFY jo", "252 "},
		{"the members of a list", "EXPN all", "502 "},
		{"rubbish", "HELLO WORLD", "50"},
		{"nothing", "NOOP", "250 "},
		{"a new beginning", "RSET", "250 "},
	}
	d, _ := openDoor(t, DoorOptions{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := greeted(t, d)
			c.say("MAIL FROM:<jo@shop.example>", "250 ")
			c.say(test.say, test.want)
		})
	}
	c := greeted(t, d)
	c.say("RCPT TO:<reply+x@in.example>", "502 ")
	c.say("MAIL FROM:<jo\x01@shop.example>", "553 5.1.7 ")
	c.say("MAIL FROM:<jo@shop.example> BODY=BINARYMIME", "504 ")
	c.say("MAIL FROM:<jo@shop.example> SIZE=26214401", "552 5.3.4 ")
	c.say("MAIL FROM:<>", "250 ")
	c.say("RCPT TO:<reply+x@in.example>", "250 ")
	c.say("RSET", "250 ")
	c.say("MAIL FROM:<jo@shop.example>", "250 ")
}

func TestDoorTakesItsDomainInEveryScript(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{Domain: "Bücher.example."})
	c := greeted(t, d)
	c.begin("a@bücher.example", "b@BÜCHER.example", "c@xn--bcher-kva.example")
	c.say("DATA", "354 ")
	c.send(plainPost + ".\r\n")
	c.hear("250 ")
	want := []string{"a@xn--bcher-kva.example", "b@xn--bcher-kva.example", "c@xn--bcher-kva.example"}
	if got := kept.only(t).To; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestDoorTellsEveryRecipientOnce(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	c.begin("reply+one@in.example", "reply+two@in.example", "reply+one@IN.example", `"a b"@in.example`)
	c.say("RCPT TO:<jo@shop.example>", "550 ")
	c.say("DATA", "354 ")
	c.send(plainPost + ".\r\n")
	c.hear("250 ")
	a := kept.only(t)
	if want := []string{"reply+one@in.example", "reply+two@in.example", `"a b"@in.example`}; !slices.Equal(a.To, want) {
		t.Errorf("to %q", a.To)
	}
	in := ParseBytes(a.Raw)
	for _, to := range []string{"reply+one@in.example", "reply+two@in.example"} {
		if !slices.Contains(in.Delivered, to) {
			t.Errorf("%s is not in %q", to, in.Delivered)
		}
	}
	if head, _, _ := strings.Cut(string(a.Raw), "From: Jo"); strings.Contains(head, "for <") {
		t.Errorf("several recipients are told of one: %q", head)
	}
}

func TestDoorSaysYesOnlyAfterTheMailIsKept(t *testing.T) {
	asked, keep := make(chan struct{}), make(chan struct{})
	d, _ := openDoor(t, DoorOptions{Take: func(context.Context, Arrival) error {
		close(asked)
		<-keep
		return nil
	}})
	c := greeted(t, d)
	c.begin("reply+abc@in.example")
	c.say("DATA", "354 ")
	c.send(plainPost + ".\r\n")
	<-asked
	if err := c.conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if line, err := c.r.ReadString('\n'); err == nil {
		t.Fatalf("answered before the mail was kept: %q", line)
	}
	if err := c.conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	close(keep)
	c.hear("250 2.0.0 ")
}

func TestDoorAnswersWhatTakeSays(t *testing.T) {
	tests := map[string]struct {
		err  error
		want string
	}{
		"the database is away":    {errors.New("dial 10.0.0.1: secret"), "451 4.3.0 Not taken; try again later\r\n"},
		"a refusal for good":      {fmt.Errorf("take: %w", &Refused{550, "5.1.1", "Nobody\r\n250 of that name"}), "550 5.1.1 Nobody 250 of that name\r\n"},
		"a refusal for now":       {&Refused{450, "", "Later"}, "450 4.0.0 Later\r\n"},
		"a status that is none":   {&Refused{552, "4.2.2", "Full"}, "552 5.0.0 Full\r\n"},
		"a code that is no error": {&Refused{250, "", "Fine"}, "451 4.3.0 "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, _ := openDoor(t, DoorOptions{Take: func(context.Context, Arrival) error { return test.err }})
			c := greeted(t, d)
			c.mail(plainPost, test.want)
			c.mail(plainPost, test.want) // the connection goes on
		})
	}
}

func TestDoorOutlivesAPanicOfTake(t *testing.T) {
	kept := &shelf{}
	d, _ := openDoor(t, DoorOptions{Take: func(ctx context.Context, a Arrival) error {
		if strings.Contains(string(a.Raw), "bang") {
			panic("bang")
		}
		return kept.take(ctx, a)
	}})
	c := greeted(t, d)
	c.mail("From: jo@shop.example\r\n\r\nbang\r\n", "451 4.3.0 ")
	c.mail(plainPost, "250 ")
	greeted(t, d).mail(plainPost, "250 ")
	if len(kept.all()) != 2 {
		t.Errorf("%d were kept", len(kept.all()))
	}
}

func TestDoorGivesTakeABoundedTime(t *testing.T) {
	d, _ := openDoor(t, DoorOptions{Timeouts: DoorTimeouts{Take: time.Millisecond}, Take: func(ctx context.Context, _ Arrival) error {
		<-ctx.Done()
		return ctx.Err()
	}})
	greeted(t, d).mail(plainPost, "451 4.3.0 ")
}

func TestDoorJudgesWhoSends(t *testing.T) {
	raw := traceOf(Arrival{
		From: "", To: []string{"a@in.example"}, Hello: "mx.evil.example (x)\r\nFrom: boss", Remote: stranger, TLS: true, At: testTime,
		Verdict: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail", Domain: "shop.example"},
	}, "mx.rejoin.example", true)
	want := `Return-Path: <>
Delivered-To: a@in.example
X-Original-To: a@in.example
Authentication-Results: mx.rejoin.example;
	spf=pass smtp.helo="mx.evil.examplexFrom:boss";
	dkim=none;
	dmarc=fail header.from=shop.example
Received: from mx.evil.examplexFrom:boss ([198.51.100.66])
	by mx.rejoin.example with ESMTPS id ID
	for <a@in.example>;
	Wed, 04 Mar 2026 05:06:07 +0000
`
	if got := withoutID(string(raw)); got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestDoorKeepsMailWithoutAHeader(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	c.mail("Good morning\r\n", "250 ")
	if in := ParseBytes(kept.only(t).Raw); !strings.Contains(in.Reply, "Good morning") {
		t.Errorf("%+v", in)
	}
	c.mail("\r\n\r\n"+plainPost, "250 ")
	if in := ParseBytes(kept.all()[1].Raw); in.From.Email != "jo@shop.example" {
		t.Errorf("%+v", in)
	}
	c.mail("", "250 ")
}

func TestDoorRefusesToOpenWithoutWhatItNeeds(t *testing.T) {
	take := func(context.Context, Arrival) error { return nil }
	for name, o := range map[string]DoorOptions{
		"no domain":  {Addr: "127.0.0.1:0", Take: take},
		"no taker":   {Addr: "127.0.0.1:0", Domain: "in.example"},
		"no address": {Addr: "256.0.0.1:99999", Domain: "in.example", Take: take},
	} {
		if d, err := OpenDoor(o); err == nil {
			t.Errorf("%s: opened at %s", name, d.Addr())
		}
	}
}

func TestDoorTakesWhatOurOwnSenderSends(t *testing.T) {
	certificate, roots := selfSigned(t, "mx.rejoin.example", time.Now())
	d, kept := openDoor(t, DoorOptions{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}})
	to, err := ParseSMTP("smtp://" + d.Addr().String() + "?tls=starttls")
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(SMTPOptions{Server: to, Roots: roots, Timeout: time.Minute, Answer: time.Minute})
	t.Cleanup(func() { _ = sender.Close() })
	for i := range 3 {
		m := dated()
		m.Key, m.To.Email = fmt.Sprintf("key-%d", i), fmt.Sprintf("reply+token%d@in.example", i)
		m.Text += "\n.\n..two dots\n"
		if _, err := sender.Send(context.Background(), m); err != nil {
			t.Fatalf("send: %v", err)
		}
		raw, err := m.Raw(m.Date)
		if err != nil {
			t.Fatal(err)
		}
		a := kept.all()[i]
		if !bytes.HasSuffix(a.Raw, raw) || !a.TLS || a.To[0] != m.To.Email {
			t.Errorf("%+v", a)
		}
	}
	m := dated()
	m.To.Email = "jo@else.example"
	var failure *Failure
	if _, err := sender.Send(context.Background(), m); !errors.As(err, &failure) || failure.Temporary || failure.Status != 550 || failure.Enhanced != "5.7.1" {
		t.Errorf("a foreign recipient: %v", err)
	}
}
