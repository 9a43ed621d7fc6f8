// Package static owns the files that browsers fetch: style sheets, scripts, the widget, the vendored
// libraries. It names each by its content, so that browsers keep it for ever, and refuses every
// path that is not one of its files.
package static

import (
	"embed"
	"fmt"
	"sync"
)

// Prefix is where the handler is mounted.
const Prefix = "/static/"

//go:embed all:css all:js all:widget all:vendor all:img
var files embed.FS

// sheets is the order of app.css, one file for every page of ours; those of single pages
// (css/pages/*.css) follow by name.
var sheets = [...]string{"css/tokens.css", "css/base.css", "css/layout.css", "css/components.css", "css/blocks.css", "css/files.css", "css/thread.css"}

const appSheet = "css/app.css"

var shelf = sync.OnceValue(func() *set {
	s, err := read()
	if err != nil {
		panic(fmt.Sprintf("read the static files: %v", err)) // embedded, so a defect of the build
	}
	return s
})

// Path returns the URL path of a file, "css/app.css" to "/static/css/app.1a2b3c4d5e.css". An unknown
// name is a defect and panics.
func Path(name string) string {
	if found := shelf().byName[name]; found != nil {
		return Prefix + found.hashed
	}
	panic("static: there is no " + name)
}

// Has tells whether there is a file of that name.
func Has(name string) bool { return shelf().byName[name] != nil }

// Bytes returns a copy-on-write view of a file as it is served: the caller must not change it. An
// unknown name is a defect and panics.
func Bytes(name string) []byte {
	if found := shelf().byName[name]; found != nil {
		return found.body
	}
	panic("static: there is no " + name)
}
