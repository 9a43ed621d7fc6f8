package mail

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestVerdictIsNotGivenOnMailOfOurOwnNetwork(t *testing.T) {
	z := &zone{}
	for _, remote := range []string{"127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.20.0.1", "169.254.1.1", "100.70.0.1", "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "::ffff:100.70.0.1", "0.0.0.0", "224.0.0.1"} {
		got := judge(z, netip.MustParseAddr(remote), "jo@shop.example", plainPost)
		if got != (Verdict{}) || got.Judged() || got.Proven() || got.Forged() {
			t.Errorf("%s: %+v", remote, got)
		}
	}
	if len(z.asked) > 0 {
		t.Errorf("asked for %v", z.asked)
	}
	var nobody *Judge
	if got := nobody.Judge(context.Background(), outside, "", "", []byte(plainPost)); got.Judged() {
		t.Errorf("no judge: %+v", got)
	}
	if got := judge(z, netip.MustParseAddr("::ffff:203.0.113.7"), "jo@shop.example", plainPost); !got.Judged() {
		t.Error("a mapped address of the internet is one")
	}
}

func TestVerdictKnowsRSASignatures(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	z := &zone{texts: map[string][]string{"s._domainkey.shop.example": {"v=DKIM1; p=" + base64.StdEncoding.EncodeToString(public)}}}
	raw := signed(t, plainPost, "shop.example", "s", key)
	if got := judge(z, outside, "x@else.example", raw); got.DKIM != "pass" {
		t.Errorf("as signed: %+v", got)
	}
	if got := judge(z, outside, "x@else.example", raw+"\r\n\r\n\r\n"); got.DKIM != "pass" {
		t.Errorf("with empty lines at its end: %+v", got)
	}
	if got := judge(z, outside, "x@else.example", raw+"P.S. Send money\r\n"); got.DKIM != "fail" {
		t.Errorf("with more words: %+v", got)
	}
}

func TestVerdictTakesTheBestOfSeveralSignatures(t *testing.T) {
	key, other := newKey(t), newKey(t)
	z := &zone{texts: map[string][]string{
		"s._domainkey.shop.example": {keyRecord(key)}, "s._domainkey.list.example": {keyRecord(other)},
	}}
	raw := signed(t, plainPost, "shop.example", "s", other) // not with its key
	raw = signed(t, raw, "list.example", "s", other)
	if got := judge(z, outside, "x@else.example", raw); got.DKIM != "fail" || got.Aligned {
		t.Errorf("the author's own count first: %+v", got)
	}
	raw = signed(t, raw, "shop.example", "s", key)
	if got := judge(z, outside, "x@else.example", raw); got.DKIM != "pass" || !got.Aligned {
		t.Errorf("one good one is enough: %+v", got)
	}
	for range maxSignatures {
		raw = signed(t, raw, "junk.example", "s", other)
	}
	if got := judge(z, outside, "x@else.example", raw); got.DKIM != "permerror" || got.Aligned {
		t.Errorf("only the first %d are read: %+v", maxSignatures, got)
	}
}

func TestVerdictEndsInTime(t *testing.T) {
	key := newKey(t)
	z := &zone{waits: map[string]bool{"shop.example": true, "s._domainkey.shop.example": true, "_dmarc.shop.example": true}}
	began := time.Now()
	got := NewJudge(z, 50*time.Millisecond).Judge(context.Background(), outside, "mx", "jo@shop.example", []byte(signed(t, plainPost, "shop.example", "s", key)))
	want := Verdict{SPF: "temperror", DKIM: "temperror", DMARC: "temperror", Domain: "shop.example"}
	if got != want || time.Since(began) > 20*time.Second {
		t.Errorf("%+v after %v", got, time.Since(began))
	}
}

func TestVerdictOfAPanicIsAnError(t *testing.T) {
	z := &zone{broken: map[string]bool{"shop.example": true, "_dmarc.shop.example": true}}
	want := Verdict{SPF: "permerror", DKIM: "none", DMARC: "permerror", Domain: "shop.example"}
	if got := judge(z, outside, "jo@shop.example", plainPost); got != want {
		t.Errorf("%+v", got)
	}
}

func TestVerdictAsksABoundedNumberOfTimes(t *testing.T) {
	z := &zone{texts: map[string][]string{"_dmarc.shop.example": {"v=DMARC1; p=reject"}}}
	for i := range 200 {
		includes := ""
		for n := range 9 {
			includes += fmt.Sprintf(" include:d%d.evil.example", (i*9+n+1)%200)
		}
		z.texts[fmt.Sprintf("d%d.evil.example", i)] = []string{"v=spf1" + includes + " -all"}
	}
	got := judge(z, outside, "x@d0.evil.example", plainPost)
	if got.SPF != "permerror" || got.DMARC != "fail" {
		t.Errorf("%+v", got)
	}
	if len(z.asked) > 30 {
		t.Errorf("asked %d times", len(z.asked))
	}
	one := &lookups{resolver: z, left: 2}
	for i := range 3 {
		_, err := one.LookupTXT(context.Background(), "_dmarc.shop.example")
		if (err != nil) != (i == 2) {
			t.Errorf("time %d: %v", i, err)
		}
	}
}

func TestVerdictOfHostileHeadersIsQuick(t *testing.T) {
	key := newKey(t)
	z := &zone{texts: map[string][]string{"s._domainkey.shop.example": {keyRecord(key)}}}
	hash := sha256.Sum256([]byte("Good morning\r\n"))
	bodyHash := base64.StdEncoding.EncodeToString(hash[:]) // right, or the header would not be looked at
	signature := "DKIM-Signature: v=1; a=ed25519-sha256; d=shop.example; s=s; c=simple/simple; bh=" + bodyHash + "; b=AAAA; h=from" + strings.Repeat(":x", 1_800) + "\r\n"
	mails := map[string]struct{ raw, want string }{
		"ten thousand fields":    {signature + strings.Repeat("x: y\r\n", 10_000) + plainPost, "permerror"},
		"one endless field":      {signature + "x: " + strings.Repeat("\r\n y", 100_000) + "\r\n" + plainPost, "permerror"},
		"one endless line":       {signature + "x: " + strings.Repeat("y", 1<<20) + "\r\n" + plainPost, "permerror"},
		"an endless signature":   {strings.TrimSuffix(signature, "\r\n") + strings.Repeat(":x", 5_000) + "\r\n" + plainPost, "permerror"},
		"thousands of names":     {strings.Repeat(signature, 9) + strings.Repeat("x: y\r\n", 1_900) + plainPost, "fail"},
		"a row of empty lines":   {strings.Repeat(signature, 5) + plainPost + strings.Repeat("\r\n", 4<<20) + "x\r\n", "fail"},
		"empty lines at the end": {strings.Repeat(signature, 5) + plainPost + strings.Repeat("\r\n", 4<<20), "fail"},
		"a thousand From fields": {strings.Repeat("From: a@b.example\r\n", 1_000) + plainPost, "none"},
		"nothing":                {"", "none"},
		"no header":              {"Good morning", "none"},
		"no body":                {"From: jo@shop.example", "none"},
		"a broken signature":     {"DKIM-Signature: nonsense\r\n" + plainPost, "permerror"},
	}
	for name, mail := range mails {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if got := judge(z, outside, "x@else.example", mail.raw); got.DKIM != mail.want {
				t.Errorf("%+v", got)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestVerdictReadsIDNADomains(t *testing.T) {
	z := &zone{texts: map[string][]string{
		"xn--mller-kva.example":        {"v=spf1 ip4:203.0.113.7 -all"},
		"_dmarc.xn--mller-kva.example": {"v=DMARC1; p=reject; aspf=s"},
	}}
	got := judge(z, outside, "jo@MÜLLER.example", "From: jo@müller.example\r\n\r\nHello\r\n")
	want := Verdict{SPF: "pass", DKIM: "none", DMARC: "pass", Policy: "reject", Domain: "xn--mller-kva.example", Aligned: true}
	if got != want {
		t.Errorf("%+v", got)
	}
}
