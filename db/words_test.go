package db

import (
	"slices"
	"strings"
	"testing"
)

func TestWordsAreFoldedAndOfDenseScriptsCutIntoPairs(t *testing.T) {
	for text, want := range map[string][]string{
		"Hello, hello WORLD!":          {"hello", "world"},
		"Où est l'été à Łódź ? Straße": {"ou", "est", "l", "ete", "a", "lodz", "strasse"},
		"jo.smith@example.org":         {"jo", "smith", "example", "org"},
		"ΑΘΉΝΑ İstanbul ﬁn ２４":         {"αθηνα", "istanbul", "fin", "24"},
		"東京都です":                        {"東京", "京都", "都で", "です", "す"},
		"iPhone手机":                     {"iphone", "手机", "机"},
		"がか":                           {"がか", "か"},
		"한국어":                          {"한국", "국어", "어"},
		"हिन्दी مُحَمَّد":              {"हिनदी", "محمد"},
		"  ...  ":                      nil,
		"":                             nil,
	} {
		if got := wordsOf(text); !slices.Equal(got, want) {
			t.Errorf("words of %q are %q, want %q", text, got, want)
		}
	}
}

func TestWordsAreBounded(t *testing.T) {
	var many strings.Builder
	for i := range 5000 {
		many.WriteString(" w" + blockName(int64(i)))
	}
	if n := len(wordsOf(many.String())); n != maxWords {
		t.Errorf("%d words", n)
	}
	if n := len(wordsOf(strings.Repeat("東京", 9000))); n > maxWords {
		t.Errorf("%d pairs", n)
	}
	if word := wordsOf(strings.Repeat("é", 9000))[0]; len(word) != maxWordRunes {
		t.Errorf("a word of %d letters", len(word))
	}
	if p := pattern(7, many.String()); strings.Count(p, "'")/2 != maxTerms {
		t.Errorf("%d terms", strings.Count(p, "'")/2)
	}
}

func TestTheLastWordOfASearchIsABeginning(t *testing.T) {
	for search, want := range map[string]string{
		"Été fro":        `'7:~:ete' & '7:~:fro':*`,
		"fro fro":        `'7:~:fro' & '7:~:fro':*`,
		"東京都":            `'7:~:京都' & '7:~:東京'`,
		"東":              `'7:~:東':*`,
		"東 hello":        `'7:~:hello':* & '7:~:東':*`,
		"06 12 34 56 78": `('7:~:06' & '7:~:12' & '7:~:34' & '7:~:56' & '7:~:78':*) | '7:~:612345678':*`,
		"+33 (0) 612":    `('7:~:0' & '7:~:33' & '7:~:612':*) | '7:~:330612':*`,
		"' \\ :* | & !":  ``,
	} {
		if got := pattern(7, search); got != want {
			t.Errorf("pattern of %q is %s, want %s", search, got, want)
		}
	}
}

func TestAPhoneNumberIsFoundByItsEndings(t *testing.T) {
	if got := endingsOf("+33612345"); !slices.Equal(got, []string{"33612345", "3612345", "612345", "12345"}) {
		t.Errorf("endings are %q", got)
	}
}
