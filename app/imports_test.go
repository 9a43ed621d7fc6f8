package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// rooms says who may import whom; what is not listed is forbidden, and a folder
// without a row is no room. "…" stands for every room.
func rooms() map[string]string {
	return map[string]string{
		"app":             "…",
		"app/web/inbox":   "app/web app/chat app/followup app/live views views/ui locales",
		"app/web/widget":  "app/web app/chat app/followup app/live views views/ui locales static", // static holds the loader
		"app/web/hooks":   "app/web app/chat",
		"app/web/api":     "app/web app/chat",
		"app/web/files":   "app/web app/chat",
		"app/web":         "app/chat views locales static",
		"app/work":        "app/chat",
		"app/channel":     "app/chat mail locales",
		"app/demo":        "app/web app/chat mail views locales",
		"app/doctor":      "app/chat mail locales",
		"app/bench":       "app/chat app/followup db mail mail/resendtest db/embedded",
		"app/chat":        "app/followup",
		"app/followup":    "",
		"app/live":        "",
		"app/blob":        "",
		"app/blob/s3test": "",
		"app/e2e":         "", // tests only
		"app/e2e/browser": "",
		"db":              "app/chat app/followup",
		"db/embedded":     "",
		"db/dbtest":       "db db/embedded",
		"views":           "app/chat app/followup views/ui locales static",
		"views/ui":        "locales static",
		"mail":            "locales",
		"mail/resendtest": "",
		"mail/smtptest":   "",
		"locales":         "",
		"static":          "",
	}
}

// inTests is what the tests of every room may import beside its own row.
const inTests = "app/chat db db/dbtest db/embedded mail/resendtest mail/smtptest"

// inItsTests adds what the tests of single rooms may import besides.
func inItsTests() map[string]string {
	return map[string]string{
		"app/blob":       "app/blob/s3test",
		"app/e2e":        "app/e2e/browser mail views locales static app/followup",
		"app/chat":       "app/channel app/blob mail locales",
		"app/work":       "app/channel mail",
		"app/demo":       "static",
		"app/web/inbox":  "app/channel mail app/blob",
		"app/web/widget": "app/blob",
		"app/web/files":  "app/blob",
	}
}

// homes says where a vendor or a part of the standard library may be imported;
// what is no vendor's name here is free to no one. "… but" stands for every room except those that follow.
func homes() map[string]string {
	return map[string]string{
		"github.com/labstack/echo/":       "app app/web app/web/inbox app/web/widget app/web/hooks app/web/api app/web/files app/demo",
		"github.com/labstack/gommon/":     "app/web",
		"github.com/gorilla/":             "app app/web app/web/inbox app/web/widget app/demo",
		"github.com/alexedwards/argon2id": "app/web",
		"github.com/a-h/templ":            "app app/web app/web/inbox app/web/widget app/demo views views/ui mail",
		"github.com/uptrace/bun":          "db",
		"github.com/pressly/goose/":       "db",
		"github.com/jackc/":               "app app/bench app/live app/work db db/embedded db/dbtest",
		"database/sql":                    "app app/bench db db/embedded db/dbtest",
		"database/sql/driver":             "app/web db",      // the web tells a lost database from other faults
		"github.com/riverqueue/":          "app app/work db", // db migrates its tables and enqueues inside the transaction
		"github.com/resend/":              "mail",
		"github.com/wneessen/":            "mail",
		"blitiri.com.ar/go/":              "mail app/doctor",
		"github.com/emersion/":            "mail mail/smtptest app/doctor",
		"github.com/jhillyerd/":           "mail",
		"github.com/vanng822/":            "mail",
		"github.com/microcosm-cc/":        "mail",
		"github.com/inbucket/":            "mail",
		"github.com/minio/":               "app/blob",
		"github.com/nicksnyder/":          "locales",
		"github.com/abadojack/":           "app locales",
		"github.com/nyaruka/":             "app app/channel",
		"github.com/alecthomas/kong":      "app",
		"github.com/caarlos0/env/":        "app",
		"github.com/chromedp/":            "app/e2e app/e2e/browser app/bench",
		"golang.org/x/":                   "… but app/chat app/followup", // the domain and its judgement stand on the standard library
		"net/http":                        "app app/web app/web/inbox app/web/widget app/web/hooks app/web/api app/web/files app/demo app/doctor app/bench app/e2e app/e2e/browser mail mail/resendtest app/blob/s3test static views",
	}
}

// inTestsOnly are vendors that every test may use and nothing else.
const inTestsOnly = "github.com/PuerkitoBio/goquery pgregory.net/rapid net/http"

func TestNoRoomImportsWhatItMayNot(t *testing.T) {
	for _, breach := range breaches(t, os.DirFS("..")) {
		t.Error(breach)
	}
}

func TestAWrongImportIsFound(t *testing.T) {
	file := func(imports ...string) *fstest.MapFile {
		text := "package x\n"
		for _, one := range imports {
			text += "import " + strconv.Quote(one) + "\n"
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	for _, test := range []struct {
		name, path, imports, want string
	}{
		{"a right one", "app/web/inbox/a.go", "rejoin/app/chat", ""},
		{"the domain reaches the web", "app/chat/a.go", "rejoin/app/web", "app/chat/a.go: app/chat may not import app/web"},
		{"one audience imports another", "app/web/inbox/a.go", "rejoin/app/web/widget", "app/web/inbox/a.go: app/web/inbox may not import app/web/widget"},
		{"so does its test", "app/web/inbox/a_test.go", "rejoin/app/web/widget", "app/web/inbox/a_test.go: app/web/inbox may not import app/web/widget"},
		{"someone imports main", "app/bench/a.go", "rejoin/app", "app/bench/a.go: app/bench may not import app"},
		{"a test takes a database", "app/live/a_test.go", "rejoin/db/dbtest", ""},
		{"the program takes the tests' one", "app/live/a.go", "rejoin/db/dbtest", "app/live/a.go: app/live may not import db/dbtest"},
		{"a vendor out of its home", "app/chat/a.go", "github.com/uptrace/bun", "app/chat/a.go: app/chat is no home of github.com/uptrace/bun"},
		{"SQL in the domain", "app/chat/a.go", "database/sql", "app/chat/a.go: app/chat is no home of database/sql"},
		{"HTTP in the judgement", "app/followup/a.go", "net/http", "app/followup/a.go: app/followup is no home of net/http"},
		{"a vendor of tests in the program", "app/web/a.go", "pgregory.net/rapid", "app/web/a.go: app/web is no home of pgregory.net/rapid"},
		{"a vendor without a home", "app/web/a.go", "example.org/new", "app/web/a.go: app/web is no home of example.org/new"},
		{"a folder that is no room", "app/util/a.go", "fmt", "app/util/a.go: app/util has no row in the table of rooms"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(breaches(t, fstest.MapFS{test.path: file("fmt", test.imports)}), "\n")
			if got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheTableOfRoomsHasNoDeadRows(t *testing.T) {
	named := map[string]bool{}
	for _, row := range []map[string]string{rooms(), inItsTests(), homes()} {
		for _, list := range row {
			for _, room := range strings.Fields(list) {
				named[room] = true
			}
		}
	}
	for room := range named {
		if _, known := rooms()[room]; !known && room != "…" && room != "but" {
			t.Errorf("%s is named in a table but is no room", room)
		}
	}
}

// breaches reads the imports of every Go file below a module's root and tells
// which of them the tables forbid.
func breaches(t *testing.T, module fs.FS) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(module, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		for _, one := range file.Imports {
			imported, err := strconv.Unquote(one.Path.Value)
			if err != nil {
				return fmt.Errorf("read an import of %s: %w", name, err)
			}
			if why := refusal(name, imported); why != "" && !slices.Contains(all, why) {
				all = append(all, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// refusal says why a file may not import something, or nothing.
func refusal(file, imported string) string {
	room, test := path.Dir(file), strings.HasSuffix(file, "_test.go")
	row, known := rooms()[room]
	if !known {
		return fmt.Sprintf("%s: %s has no row in the table of rooms", file, room)
	}
	if ours, found := strings.CutPrefix(imported, "rejoin/"); found {
		if row == "…" || test && ours == room || among(row, ours) || test && among(inTests+" "+inItsTests()[room], ours) {
			return ""
		}
		return fmt.Sprintf("%s: %s may not import %s", file, room, ours)
	}
	if test && amongPrefixes(inTestsOnly, imported) || atHome(room, imported) {
		return ""
	}
	if test && !strings.HasPrefix(room, "app/chat") && !strings.HasPrefix(room, "app/followup") && vendorOf(imported) != "" {
		return "" // tests may look at what the program's own room hides
	}
	return fmt.Sprintf("%s: %s is no home of %s", file, room, imported)
}

// atHome reports whether a room may import what is not ours.
func atHome(room, imported string) bool {
	vendor := vendorOf(imported)
	if vendor == "" {
		standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
		return standard
	}
	if but, found := strings.CutPrefix(homes()[vendor], "… but"); found {
		return !among(but, room)
	}
	return among(homes()[vendor], room)
}

// vendorOf returns the longest name in the table of homes that the import begins with.
func vendorOf(imported string) string {
	longest := ""
	for vendor := range homes() {
		if len(vendor) > len(longest) && begins(imported, vendor) {
			longest = vendor
		}
	}
	return longest
}

func begins(imported, vendor string) bool {
	return imported == vendor || strings.HasPrefix(imported, strings.TrimSuffix(vendor, "/")+"/")
}

func among(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

func amongPrefixes(list, imported string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(vendor string) bool { return begins(imported, vendor) })
}
