package locales

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// dynamic is every prefix of keys that the code puts together while it runs; such keys cannot be
// seen in the code, so they are neither missed nor unused.
var dynamic = []string{
	"inbox.view.", "inbox.empty.", "inbox.keys.", "thread.event.", "thread.says.", "thread.state.", "inbox.notice.", // the inbox
	"plan.code.", "why.", // by code
	"delivery.state.", "delivery.reason.", "reach.", "language.reason.", "customer.point.", "customer.agent.",
	"date.weekday.", "date.month.", "date.month_short.", // by number
	"duration.", "automation.", // by unit, automation
	"channel.email.", "chat.hours.", "invite.reason.", // by reason
	"plan.code.", "why.", "automation.", "thread.says.next.", // by the code of a judgement or a decision
	"settings.automation.", "settings.replay.", "settings.preset.", "settings.group.", "settings.belongs.", "settings.variable.", "settings.prompt.sample.", // by name
	"setting.", "settings.title.", "settings.intro.", "settings.unit.", "setup.", "team.", // by setting, subject, unit, field
	"mail.reason.", "original.kind.", "original.proof.", "thread.via.", "thread.held.", "customer.bounce.", "audit.mail.", // by what is told of a mail
	"settings.sender.", "settings.check.state.", "chat.sender.field.", "mail.test.", "mail.check.", // by way, state, field, kind of test
	"error.title.", // by kind of error, and the next three too
	"error.conflict", "error.gone", "error.busy",
}

var (
	// asked finds the key of every l.T("…"), l.N("…"), Refuse(kind, "…") and RefuseField("field", "…").
	asked = regexp.MustCompile(`\.[TN]\(\s*"([^"]+)"\s*[,)]|\bRefuse\([^,()"]+,\s*"([^"]+)"|\bRefuseField\([^,()]+,\s*"([^"]+)"`)
	// quoted finds every string that could be a key, in Go, in templ and in scripts.
	quoted   = regexp.MustCompile("[\"'`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)[\"'`]")
	variable = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)
	braces   = regexp.MustCompile(`{{.*?}}`)
)

func TestEveryLanguageHasTheKeysOfEnglish(t *testing.T) {
	english := textsOf(t, Fallback)
	for _, tag := range Shipped() {
		for _, wrong := range incomplete(english, textsOf(t, tag)) {
			t.Errorf("%s.json %s", tag, wrong)
		}
	}
}

func TestOnlyTheDemoMayBeLeftToEnglish(t *testing.T) {
	english := map[string]text{"demo.title": {}, "widget.send": {}, "mail.hello": {}}
	for name, row := range map[string]struct {
		own  map[string]text
		want []string
	}{
		"complete":     {map[string]text{"demo.title": {}, "widget.send": {}, "mail.hello": {}}, nil},
		"no demo":      {map[string]text{"widget.send": {}, "mail.hello": {}}, nil},
		"a hole":       {map[string]text{"demo.title": {}, "mail.hello": {}}, []string{`lacks "widget.send"`}},
		"too much":     {map[string]text{"widget.send": {}, "mail.hello": {}, "mail.bye": {}}, []string{`has "mail.bye", which English has not`}},
		"an old demo":  {map[string]text{"widget.send": {}, "mail.hello": {}, "demo.old": {}}, []string{`has "demo.old", which English has not`}},
		"nothing said": {nil, []string{`lacks "mail.hello"`, `lacks "widget.send"`}},
	} {
		if got := incomplete(english, row.own); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, not %v", name, got, row.want)
		}
	}
}

// incomplete says what a language lacks of English, or has beyond it.
func incomplete(english, own map[string]text) []string {
	var wrong []string
	for key := range english {
		if _, has := own[key]; !has && !strings.HasPrefix(key, demoTexts) {
			wrong = append(wrong, fmt.Sprintf("lacks %q", key))
		}
	}
	for key := range own {
		if _, has := english[key]; !has {
			wrong = append(wrong, fmt.Sprintf("has %q, which English has not", key))
		}
	}
	slices.Sort(wrong)
	return wrong
}

func TestNoTextIsEmptyAndEveryVariableIsReadable(t *testing.T) {
	for _, tag := range Shipped() {
		for key, text := range textsOf(t, tag) {
			for form, said := range text {
				if strings.TrimSpace(said) == "" {
					t.Errorf("%s.json: %q (%s) is empty", tag, key, form)
				}
				for _, found := range braces.FindAllString(said, -1) {
					if !variable.MatchString(found) {
						t.Errorf("%s.json: %q (%s) has %s, which is no variable", tag, key, form, found)
					}
				}
			}
		}
	}
}

func TestEveryLanguageUsesTheVariablesOfEnglish(t *testing.T) {
	english := textsOf(t, Fallback)
	for _, tag := range Shipped() {
		for key, text := range textsOf(t, tag) {
			if want, got := variablesOf(english[key]), variablesOf(text); !slices.Equal(want, got) {
				t.Errorf("%s.json: %q has the variables %v, English has %v", tag, key, got, want)
			}
		}
	}
}

func TestPluralsHaveTheFormsOfTheirLanguage(t *testing.T) {
	english := textsOf(t, Fallback)
	for _, tag := range Shipped() {
		forms := formsOf(tag)
		for key, text := range textsOf(t, tag) {
			if len(text) == 1 && len(english[key]) == 1 {
				continue
			}
			for _, form := range forms {
				if text[form] == "" && (form != "many" || tag == "ar") { // elsewhere for millions, which nothing here counts
					t.Errorf("%s.json: %q lacks the form %q", tag, key, form)
				}
			}
			for form := range text {
				if !slices.Contains(forms, form) {
					t.Errorf("%s.json: %q has the form %q; the language has %v", tag, key, form, forms)
				}
			}
		}
	}
}

func TestTheRulesKnowTheFormsOfEveryLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "one other", "de": "one other", "nl": "one other", "fr": "many one other", "es": "many one other", "it": "many one other",
		"pt": "many one other", "ja": "other", "ko": "other", "ar": "few many one other two zero",
	} {
		forms := formsOf(tag)
		slices.Sort(forms)
		if got := strings.Join(forms, " "); got != want {
			t.Errorf("%s has the forms %q, not %q", tag, got, want)
		}
	}
}

func TestEveryKeyInTheCodeHasAText(t *testing.T) {
	english := textsOf(t, Fallback)
	walkCode(t, func(path, code string) {
		for _, found := range asked.FindAllStringSubmatch(code, -1) {
			key := found[1] + found[2] + found[3]
			if strings.HasSuffix(key, ".") { // the start of a key that is put together
				continue
			}
			if _, has := english[key]; !has {
				t.Errorf("%s asks for %q, which has no text", path, key)
			}
		}
	})
}

func TestEveryTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	walkCode(t, func(_, code string) {
		for _, found := range quoted.FindAllStringSubmatch(code, -1) {
			used[found[1]] = true
		}
	})
	for key := range textsOf(t, Fallback) {
		if !used[key] && !slices.ContainsFunc(dynamic, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

func textsOf(t *testing.T, tag string) map[string]text {
	t.Helper()
	texts, err := parse(tag)
	if err != nil {
		t.Fatalf("%s.json: %v", tag, err)
	}
	return texts
}

func variablesOf(t text) []string {
	var names []string
	for _, said := range t {
		for _, found := range variable.FindAllStringSubmatch(said, -1) {
			if !slices.Contains(names, found[1]) {
				names = append(names, found[1])
			}
		}
	}
	slices.Sort(names)
	return names
}

// formsOf asks the CLDR rules with many numbers which plural forms a language has.
func formsOf(tag string) []string {
	names := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two",
		plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	forms := []string{"other"}
	for _, n := range append(upTo(200), 1_000_000) {
		form := names[plural.Cardinal.MatchPlural(language.MustParse(tag), n, 0, 0, 0, 0)]
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	if slices.Contains([]string{"fr", "es", "it", "pt"}, tag) && !slices.Contains(forms, "many") {
		forms = append(forms, "many") // newer rules know it, for millions
	}
	return forms
}

func upTo(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

// walkCode reads every source file of the project but generated ones and tests.
func walkCode(t *testing.T, each func(path, code string)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name != ".." && (strings.HasPrefix(name, ".") || name == "vendor" || name == "node_modules" || name == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		wanted := slices.Contains([]string{".go", ".templ", ".js"}, filepath.Ext(name))
		if !wanted || strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		code, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		each(path, string(code))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("read only %d source files", seen)
	}
}
