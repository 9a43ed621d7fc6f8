package chat_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func TestATokenNamesItsOrganizationAndHidesNothingElse(t *testing.T) {
	for _, organization := range []int64{0, 1, 35, 36, 7_000_000_123} {
		token := chat.NewToken(organization, rand.Reader)
		got, ok := chat.SplitToken(token)
		if !ok || got != organization {
			t.Errorf("SplitToken(%q) = %d, %v; want %d", token, got, ok, organization)
		}
	}
}

func TestTwoTokensDiffer(t *testing.T) {
	if chat.NewToken(1, rand.Reader) == chat.NewToken(1, rand.Reader) {
		t.Error("two tokens are the same")
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	good := chat.NewToken(46, bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	secret := good[strings.IndexByte(good, '-')+1:]
	for name, token := range map[string]string{
		"empty":           "",
		"no organization": "-" + secret,
		"no dash":         secret,
		"upper case":      "1A-" + secret,
		"leading zero":    "01-" + secret,
		"negative":        "-1-" + secret,
		"a sign":          "+1-" + secret,
		"too big":         strings.Repeat("z", 14) + "-" + secret,
		"short":           "1-" + secret[1:],
		"long":            "1-" + secret + "A",
		"other alphabet":  "1-" + "+" + secret[1:],
		"stray bits":      "1-" + secret[:42] + "B",
		"a line break":    "1-" + secret[:42] + "\n",
	} {
		if organization, ok := chat.SplitToken(token); ok {
			t.Errorf("%s: %q was taken for organization %d", name, token, organization)
		}
	}
}

func TestTheHashIsSHA256OfTheWholeToken(t *testing.T) {
	const want = "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad"
	if got := chat.HashToken("abc"); string(got) != want {
		t.Errorf("hash of abc is %x", got)
	}
}
