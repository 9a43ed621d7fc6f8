package mail

import (
	"strings"
	"testing"
)

func TestAnswersBetweenQuotesKeepOnlyWhatTheySpeakTo(t *testing.T) {
	text := "Hello,\n\nOn Mon, 4 May 2026 at 10:15, Maya <maya@nimbus.example> wrote:\n" + marked("Hello Jo,\n\nthank you for writing to us.\nWe have read it.\nWe have thought about it.\nWe have slept over it.\nHere is what we need to know.\n\nWhich lamp would you like?") +
		"\n\nThe blue one.\n\n" + marked("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight") + "\n>\nFox Street.\n\n" + marked("Answer in the chat:\n"+ourLink+"\n\n-- \nNimbus Lamps") + "\n"
	in := mailOf("text/plain", text)
	want := "Hello,\n\n> Which lamp would you like?\n\nThe blue one.\n\n> three\n> four\n> five\n> six\n> seven\n> eight\n>\nFox Street."
	if in.Reply != want {
		t.Errorf("reply is\n%s\nwant\n%s", in.Reply, want)
	}
	for _, part := range []string{"Maya <maya@nimbus.example> wrote:", "> We have read it.", "> two", "> Nimbus Lamps"} {
		if !strings.Contains(in.Quote, part) || strings.Contains(in.Reply, part) {
			t.Errorf("%q is not in the quote alone", part)
		}
	}
}

func TestAThreadHoldsNoLiveLink(t *testing.T) {
	for text, want := range map[string]string{
		"Your link " + ourLink + " does not work.":                      "Your link https://chat.nimbus.example/r/… does not work.",
		"Yes.\n\n> " + ourLink + "\n\nIt fails.\n\n> Which?\n\nThis.":   "Yes.\n\nIt fails.\n\n> Which?\n\nThis.",
		"See <" + ourLink + "/unsubscribe>, or (" + ourLink + ").":      "See <https://chat.nimbus.example/r/…/unsubscribe>, or (https://chat.nimbus.example/r/…).",
		"See https://example.com/r/lamps and https://example.com/r/1-a": "See https://example.com/r/lamps and https://example.com/r/1-a",
	} {
		if in := mailOf("text/plain", text); in.Reply != want {
			t.Errorf("%q became %q", text, in.Reply)
		}
	}
	if in := mailOf("text/plain", "Yes.\n\n-- \nJo\n"+ourLink); strings.Contains(in.Reply+in.Signature, "AbCd") {
		t.Errorf("the signature is %q", in.Signature)
	}
}
