package views

import (
	"context"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// slot stands in a sentence of a locale where something drawn belongs, such as a time that the browser says in its
// own zone; it is a character that no text has.
const slot = "\ue000"

// sentence draws a text with a component in its slot.
func sentence(text string, in templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i, part := range strings.Split(text, slot) {
			if i > 0 && in != nil {
				if err := in.Render(ctx, w); err != nil {
					return fmt.Errorf("draw in a sentence: %w", err)
				}
			}
			if _, err := io.WriteString(w, html.EscapeString(part)); err != nil {
				return fmt.Errorf("draw a sentence: %w", err)
			}
		}
		return nil
	})
}
