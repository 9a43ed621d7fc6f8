package mail

import (
	"strings"
	"testing"
)

func TestWhoWroteIsReadBehindAnyAmountOfHeader(t *testing.T) {
	for name, block := range map[string]string{
		"one line of 5 MB":     "X-Big: " + strings.Repeat("word ", 1<<20) + "\n",
		"a folded one of 5 MB": "X-Big: a\n" + strings.Repeat(" word word word word word\n", 200_000),
		"many long ones":       strings.Repeat("X-Big: "+strings.Repeat("word ", 3_000)+"\n", 300),
		"very many":            strings.Repeat("X-A: b\n", 100_000),
	} {
		in := ParseBytes([]byte(block + "From: Jo <jo@example.com>\nTo: reply+abc@in.example\nSubject: Re: Lamp\nIn-Reply-To: <m1@nimbus.example>\nAuto-Submitted: auto-replied\n\nThe blue one."))
		if in.From.Email != "jo@example.com" || in.Token() != "abc" || in.Subject != "Re: Lamp" || in.InReplyTo != "<m1@nimbus.example>" || in.Kind != KindAutoReply || in.Reply != "The blue one." {
			t.Errorf("behind %s: from %q, token %q, subject %q, %s, reply of %d bytes", name, in.From.Email, in.Token(), in.Subject, in.Kind, len(in.Reply))
		}
	}
}

func TestAMailOfSeveralAuthorsIsDoubtful(t *testing.T) {
	for header, want := range map[string]bool{
		"From: Jo <jo@example.com>":                                                                 false,
		"From: \"Miller, Jo\" <jo@example.com>":                                                     false,
		"From: Miller, Jo <jo@example.com>":                                                         false,
		"From: jo@example.com <Jo@Example.com>":                                                     false,
		"Sender: jo@example.com":                                                                    false,
		"From: Jo <jo@example.com>, Kim <kim@example.com>":                                          true,
		"From: jo@example.com; kim@example.com":                                                     true,
		"From: Jo <jo@example.com>\nFrom: Kim <kim@example.com>":                                    true,
		"From: Jo <jo@example.com>\nTo: x@example.com\nFROM : kim@example.com":                      true,
		"From: Jo <jo@example.com>\nFrom: Jo <jo@example.com>":                                      true,
		"From: Jo\nFrom: Kim <kim@example.com>":                                                     true,
		"From: Jo <jo@example.com>\n" + strings.Repeat("X-A: b\n", 3_000) + "From: kim@example.com": true,
	} {
		in := ParseBytes([]byte(header + "\nSubject: x\n\nHello"))
		if in.Doubtful != want || (strings.HasPrefix(header, "From: Jo <") && in.From.Email != "jo@example.com") {
			t.Errorf("%q is doubtful: %t, from %q", header[:min(len(header), 80)], in.Doubtful, in.From.Email)
		}
	}
}
