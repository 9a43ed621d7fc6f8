package web

import (
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"
)

// plainPage is the error page of a server that was given none.
func plainPage(v ErrorView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<!doctype html><html lang=%q dir=%q><meta charset="utf-8"><title>%s</title>`+
			`<meta name="viewport" content="width=device-width"><main><h1>%s</h1><p>%s</p><p><small>%s</small></p></main></html>`,
			v.Locale.Tag(), v.Locale.Dir(), html.EscapeString(v.Title), html.EscapeString(v.Title), html.EscapeString(v.Text),
			html.EscapeString(v.RequestID))
		return err
	})
}

// plainToast is the error fragment of a server that was given none.
func plainToast(v ErrorView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<p role="alert">%s</p>`, html.EscapeString(v.Text))
		return err
	})
}
