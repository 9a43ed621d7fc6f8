package views

import (
	"context"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"
)

var webAddress = regexp.MustCompile(`https?://[^\s<>"'\x60]+`)

// WidgetText draws what a person typed: as text, with its web addresses as links that tell nobody where they were found.
func WidgetText(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var drawn strings.Builder
		rest := text
		for rest != "" {
			at := webAddress.FindStringIndex(rest)
			if at == nil {
				break
			}
			address := strings.TrimRight(rest[at[0]:at[1]], ".,;:!?)]}*_")
			drawn.WriteString(html.EscapeString(rest[:at[0]]))
			escaped := html.EscapeString(address)
			drawn.WriteString(`<a href="` + escaped + `" target="_blank" rel="noopener noreferrer nofollow ugc">` + escaped + `</a>`)
			rest = rest[at[0]+len(address):]
		}
		drawn.WriteString(html.EscapeString(rest))
		_, err := io.WriteString(w, drawn.String())
		return err
	})
}
