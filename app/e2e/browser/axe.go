package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// violation is what axe reports of one rule.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target         []any  `json:"target"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe checks the document against WCAG 2.2 A and AA and axe's best practices,
// and fails the test with what it found; except names rules to leave out. A
// frame inside is not looked into: it is checked by its own View.
func (f *View) Axe(except ...string) {
	f.t().Helper()
	source, err := axeSource()
	if err != nil {
		f.t().Fatalf("%s is checked: %v", f.name(), err)
	}
	ctx, cancel := f.tab.deadline()
	defer cancel()
	var found []violation
	// Through the debugger, so a strict Content Security Policy does not matter.
	script := `(async () => { if (!window.axe) { ` + source + ` } return (await axe.run(document, ` + axeOptions(except) + `)).violations })()`
	if err := f.evaluate(ctx, script, &found); err != nil {
		f.t().Fatalf("%s is checked: %v", f.name(), err)
	}
	if len(found) > 0 {
		f.t().Errorf("%s at %s cannot be used by all:\n%s", f.name(), f.URL(), report(found))
	}
}

func axeSource() (string, error) {
	dir, err := root()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(dir, "app", "e2e", "testdata", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("read axe: %w", err)
	}
	return string(source), nil
}

func axeOptions(except []string) string {
	rules := map[string]any{}
	for _, id := range except {
		rules[id] = map[string]bool{"enabled": false}
	}
	options, err := json.Marshal(map[string]any{
		"iframes": false, "resultTypes": []string{"violations"}, "rules": rules,
		"runOnly": []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"},
	})
	if err != nil {
		return "{}" // texts and booleans only: this cannot be
	}
	return string(options)
}

func report(found []violation) string {
	var all strings.Builder
	for _, v := range found {
		fmt.Fprintf(&all, "  %s (%s): %s\n", v.ID, v.Impact, v.Help)
		for _, node := range v.Nodes {
			fmt.Fprintf(&all, "    %v: %s\n", node.Target, strings.Join(strings.Fields(node.FailureSummary), " "))
		}
	}
	return all.String()
}
