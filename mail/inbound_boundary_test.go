package mail

import (
	"strings"
	"testing"
)

func TestABoundaryThatIsNotTheDeclaredOneStillCuts(t *testing.T) {
	for _, used := range []string{"abx", "x", "abcd", "abc-1", "something-else"} {
		body := "--B\nContent-Type: text/plain\n\nThe blue one.\n--B\nContent-Type: text/html\n\n<p>The blue one.</p>\n--B--\n"
		in := ParseBytes([]byte("From: jo@example.com\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=abc\n\n" + strings.ReplaceAll(body, "--B", "--"+used)))
		if in.Reply != "The blue one." || len(in.Damaged) == 0 {
			t.Errorf("with --%s the reply is %q, damaged %q", used, in.Reply, in.Damaged)
		}
	}
}

func TestALineThatOnlyLooksLikeABoundaryCutsNothing(t *testing.T) {
	for _, text := range []string{"--x\nThe blue one.", "-- \nContent-wise it is fine", "--abcd\n\nThe blue one."} {
		in := ParseBytes([]byte("From: jo@example.com\nContent-Type: multipart/mixed; boundary=abc\n\n" + text))
		if _, last, _ := strings.Cut(text, "\n"); !strings.Contains(in.Reply+in.Signature, strings.TrimSpace(last)) {
			t.Errorf("of %q the reply is %q", text, in.Reply)
		}
	}
}
