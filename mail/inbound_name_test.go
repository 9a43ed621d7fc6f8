package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestALongFileNameKeepsItsEnding(t *testing.T) {
	for name, ending := range map[string]string{
		strings.Repeat("a", 300) + ".pdf":             ".pdf",
		strings.Repeat("ü", 300) + ".tar.gz":          ".gz",
		strings.Repeat("a", 300):                      "…",
		"a." + strings.Repeat("no ending this is", 9): "…",
	} {
		got := fileName(name, "", "application/pdf")
		if !strings.HasSuffix(got, ending) || utf8.RuneCountInString(got) > 150 {
			t.Errorf("%q… became %q of %d characters", name[:5], got, utf8.RuneCountInString(got))
		}
	}
}
