package browser

import (
	"context"
	"fmt"
	"strings"
)

// sight is what the finder saw of a selector.
type sight struct {
	Found   int      `json:"found"`
	Shown   int      `json:"shown"`
	Text    string   `json:"text"`
	Texts   []string `json:"texts"`
	Value   string   `json:"value"`
	Checked bool     `json:"checked"`
	Focused bool     `json:"focused"`
}

func (f *View) look(ctx context.Context, selector string) (sight, error) {
	var seen sight
	err := f.evaluate(ctx, finding("look", selector), &seen)
	return seen, err
}

// until polls a step; when the time is over the test fails with the reason.
func (f *View) until(what string, try func(context.Context) (bool, string)) {
	f.t().Helper()
	ctx, cancel := f.tab.deadline()
	defer cancel()
	reason, ok := poll(ctx, try)
	if ok {
		return
	}
	again, stop := f.tab.deadline()
	defer stop()
	var page string
	if err := f.evaluate(again, finding("page", ""), &page); err != nil {
		page = err.Error()
	}
	f.t().Fatalf("%s %s: %s\n  the page: %s", f.name(), what, reason, page)
}

// see polls the sight of a selector until it is as wanted.
func (f *View) see(what, selector string, wanted func(sight) (bool, string)) sight {
	f.t().Helper()
	var seen sight
	f.until(what, func(ctx context.Context) (bool, string) {
		var err error
		if seen, err = f.look(ctx, selector); err != nil {
			return false, err.Error()
		}
		return wanted(seen)
	})
	return seen
}

func isShown(s sight) (bool, string) {
	if s.Found > 0 {
		return s.Shown > 0, "it is there but not visible"
	}
	return false, "it is not there"
}

func isThere(s sight) (bool, string) { return s.Found > 0, "it is not there" }

// Wait waits until the selector finds something visible.
func (f *View) Wait(selector string) {
	f.t().Helper()
	f.see("waits for "+selector, selector, isShown)
}

// WaitGone waits until the selector finds nothing visible.
func (f *View) WaitGone(selector string) {
	f.t().Helper()
	f.see("waits for "+selector+" to go", selector, func(s sight) (bool, string) {
		return s.Shown == 0, fmt.Sprintf("it is still there: %q", s.Text)
	})
}

// WaitText waits until a visible match holds the text.
func (f *View) WaitText(selector, text string) {
	f.t().Helper()
	wanted := strings.Join(strings.Fields(text), " ") // as texts are read from the page, whatever kind of space is in them
	f.see(fmt.Sprintf("waits for %q in %s", text, selector), selector, func(s sight) (bool, string) {
		if s.Shown == 0 {
			return isShown(s)
		}
		for _, one := range s.Texts {
			if strings.Contains(one, wanted) {
				return true, ""
			}
		}
		return false, fmt.Sprintf("there is %q", s.Texts)
	})
}

// WaitCount waits until the selector finds exactly this many visible elements.
func (f *View) WaitCount(selector string, count int) {
	f.t().Helper()
	f.see(fmt.Sprintf("waits for %d of %s", count, selector), selector, func(s sight) (bool, string) {
		return s.Shown == count, fmt.Sprintf("there are %d: %q", s.Shown, s.Texts)
	})
}

// WaitURL waits until the document's address holds the part.
func (f *View) WaitURL(part string) {
	f.t().Helper()
	f.until("waits for the address "+part, func(ctx context.Context) (bool, string) {
		var at string
		if err := f.evaluate(ctx, "location.href", &at); err != nil {
			return false, err.Error()
		}
		return strings.Contains(at, part), "it is at " + at
	})
}

// Until waits until a JavaScript expression is true; what says it in words.
func (f *View) Until(what, expression string) {
	f.t().Helper()
	f.until("waits until "+what, func(ctx context.Context) (bool, string) {
		var done bool
		if err := f.evaluate(ctx, "Boolean("+expression+")", &done); err != nil {
			return false, err.Error()
		}
		return done, "it is not so"
	})
}

// Text waits for the element and returns its text, spaces made single.
func (f *View) Text(selector string) string {
	f.t().Helper()
	return f.see("reads "+selector, selector, isThere).Text
}

// Texts returns the texts of all that is visible now, without waiting.
func (f *View) Texts(selector string) []string {
	f.t().Helper()
	return f.now(selector).Texts
}

// Value waits for the field and returns what it holds.
func (f *View) Value(selector string) string {
	f.t().Helper()
	return f.see("reads the value of "+selector, selector, isThere).Value
}

// Checked waits for the box and reports whether it is ticked.
func (f *View) Checked(selector string) bool {
	f.t().Helper()
	return f.see("reads the tick of "+selector, selector, isThere).Checked
}

// Focused reports whether the element has the focus now, without waiting.
func (f *View) Focused(selector string) bool {
	f.t().Helper()
	return f.now(selector).Focused
}

// Attr waits for the element and returns an attribute, empty when it has none.
func (f *View) Attr(selector, name string) string {
	f.t().Helper()
	f.see("reads "+name+" of "+selector, selector, isThere)
	return Eval[string](f, finding("attribute", selector, name)+` ?? ""`)
}

// Count returns how many visible matches there are now, without waiting.
func (f *View) Count(selector string) int {
	f.t().Helper()
	return f.now(selector).Shown
}

// Has reports whether something visible matches now, without waiting.
func (f *View) Has(selector string) bool {
	f.t().Helper()
	return f.now(selector).Shown > 0
}

// URL returns the document's address.
func (f *View) URL() string {
	f.t().Helper()
	return Eval[string](f, "location.href")
}

func (f *View) now(selector string) sight {
	f.t().Helper()
	ctx, cancel := f.tab.deadline()
	defer cancel()
	seen, err := f.look(ctx, selector)
	if err != nil {
		f.t().Fatalf("%s looks at %s: %v", f.name(), selector, err)
	}
	return seen
}
