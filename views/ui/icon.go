package ui

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// Icon draws one of the set, in the colour and size of the text; it says nothing to screen readers.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		shape := shapeOf(name)
		if shape == "" {
			return fmt.Errorf("ui: there is no icon %q", name)
		}
		class := "icon"
		if points(name) {
			class += " points"
		}
		_, err := io.WriteString(w, `<svg class="`+class+`" viewBox="0 0 24 24" width="20" height="20" fill="none" `+
			`stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">`+
			shape+`</svg>`)
		return err
	})
}

// points tells whether an icon shows the direction of reading, and so turns round where that does.
func points(name string) bool {
	switch name {
	case "send", "back", "forward", "right", "reopen", "sign-out":
		return true
	}
	return false
}

// HasIcon tells whether the set has an icon of that name.
func HasIcon(name string) bool { return shapeOf(name) != "" }
