package mail

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/vanng822/go-premailer/premailer"
)

//go:embed layout.css
var styles string // written into the elements: what every mail program reads

//go:embed layout_phone.css
var phoneStyles string

//go:embed layout_dark.css
var darkStyles string

// fonts go without quotes, since they end up inside attributes.
const fonts = "-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica Neue, Helvetica, Arial, sans-serif"

// frame is what stands around the body of every email.
type frame struct {
	Lang, Dir  string
	Subject    string
	Preheader  string
	Brand      Brand
	Why        string // the sentence on why this email comes
	Reach      string // where to stop these emails; may be empty
	ReachLabel string
	palette    palette
}

// inline draws the email, writes the styles into its elements, and leaves in its head only what cannot stand there:
// the phone's and the dark colors, each in a block of its own, since Gmail drops a block that it does not like.
func inline(page frame, body templ.Component) (string, error) {
	var drawn bytes.Buffer
	if err := layout(page, body).Render(context.Background(), &drawn); err != nil {
		return "", fmt.Errorf("draw email: %w", err)
	}
	document, err := premailer.NewPremailerFromBytes(drawn.Bytes(), &premailer.Options{})
	if err != nil {
		return "", fmt.Errorf("inline styles: %w", err)
	}
	html, err := document.Transform()
	if err != nil {
		return "", fmt.Errorf("inline styles: %w", err)
	}
	return strings.ReplaceAll(html, ` data-premailer="ignore"`, ""), nil
}

// head is the style blocks of the page.
func (f frame) head() string {
	dark := f.tokens(darkPage, darkCard, darkInk, darkMuted, darkLine,
		f.palette.darkAccent, f.palette.darkAccentInk, f.palette.darkAccent, f.palette.darkLinkAccent).Replace(darkStyles)
	return "<style>" + f.light().Replace(styles) + "</style>\n" +
		kept(phoneStyles) +
		kept(":root { color-scheme: light dark; supported-color-schemes: light dark; }\n") +
		kept("@media (prefers-color-scheme: dark) {\n"+dark+"}\n") +
		kept(outlookDark(dark))
}

func kept(css string) string { return `<style data-premailer="ignore">` + "\n" + css + "</style>\n" }

func (f frame) light() *strings.Replacer {
	p := f.palette
	return f.tokens(lightPage, lightCard, lightInk, lightMuted, lightLine, p.accent, p.accentInk, p.edge, p.link)
}

// tokens fills the names in the style sheets; the longer name stands before its own beginning.
func (f frame) tokens(page, card, ink, muted, line, accent, accentInk, edge, link string) *strings.Replacer {
	start := "left"
	if f.Dir == "rtl" {
		start = "right"
	}
	return strings.NewReplacer(
		"$page", page, "$card", card, "$ink", ink, "$muted", muted, "$line", line,
		"$accentInk", accentInk, "$accent", accent, "$edge", edge, "$link", link,
		"$start", start, "$font", fonts,
	)
}

var ruleForm = regexp.MustCompile(`(?m)^([^{}\n]+)\{([^{}\n]*)\}$`)

// outlookDark repeats the dark rules for Outlook.com and its apps, which know no media query for it but mark what
// they have recolored: data-ogsc an element's text, data-ogsb its ground.
func outlookDark(dark string) string {
	var out strings.Builder
	for _, rule := range ruleForm.FindAllStringSubmatch(dark, -1) {
		var selectors []string
		for selector := range strings.SplitSeq(rule[1], ",") {
			selector = strings.TrimSpace(selector)
			if strings.HasPrefix(selector, ".") {
				selectors = append(selectors, "[data-ogsc] "+selector)
				if strings.Contains(rule[2], "background-color") {
					selectors = append(selectors, "[data-ogsb] "+selector)
				}
			}
		}
		fmt.Fprintf(&out, "%s {%s}\n", strings.Join(selectors, ", "), rule[2])
	}
	return out.String()
}
