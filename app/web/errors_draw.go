package web

import (
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"

	"rejoin/views"
)

// drawPage is the error page unless another was given. It leads home those who have a home here.
func drawPage(v ErrorView) templ.Component {
	var next views.Action
	if v.Home {
		next = views.Action{Label: v.Locale.T("error.home"), Href: views.Home()}
	}
	return views.ErrorPage(v.Locale, v.Status, v.Title, v.Text, v.RequestID, next)
}

// drawToast is the error fragment unless another was given.
func drawToast(v ErrorView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<div class="toast error" data-toast role="alert"><span class="toast-text">%s</span></div>`,
			html.EscapeString(v.Text))
		return err
	})
}
