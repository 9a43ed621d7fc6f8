package static

import (
	"bufio"
	"compress/gzip"
	"crypto/sha512"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestAHashedFileIsKeptForEver(t *testing.T) {
	w := get(t, Path("css/app.css"))
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%d, %q", w.Code, w.Header().Get("Cache-Control"))
	}
	if got := w.Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
}

func TestAPlainOrOutdatedNameIsAskedAgain(t *testing.T) {
	for _, path := range []string{"/static/css/app.css", "/static/css/app.000000000000.css"} {
		w := get(t, path)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
		again := get(t, path, "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s asked again: %d with %d bytes", path, again.Code, again.Body.Len())
		}
	}
}

func TestAFileIsSqueezedForThoseWhoTakeIt(t *testing.T) {
	w := get(t, Path("css/app.css"), "Accept-Encoding", "br, gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not squeezed")
	}
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil || string(body) != string(Bytes("css/app.css")) {
		t.Errorf("another content came out: %v", err)
	}
}

func TestOnlyFilesOfOursAreServed(t *testing.T) {
	for _, path := range []string{
		"/static/", "/static/css/", "/static/../go.mod", "/static/static.go", "/static/css/none.css",
		"/static/vendor/VERSIONS", "/static/css/pages/.keep", "/static/accent/red.css", "/static/accent/12345g.css",
	} {
		if w := get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	r := httptest.NewRequest(http.MethodPost, Path("css/app.css"), nil)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestModulesImportHashedNeighbours(t *testing.T) {
	app := string(Bytes("js/app.js"))
	if !strings.Contains(app, `import "`+Path("js/time.js")+`"`) {
		t.Errorf("app.js imports\n%s", app)
	}
	for name, made := range shelf().byName {
		if !strings.HasPrefix(name, "vendor/") && imports.Match(made.body) {
			t.Errorf("%s still has a plain import", name)
		}
	}
}

func TestVendoredFilesAreTheRecordedOnes(t *testing.T) {
	lines := bufio.NewScanner(strings.NewReader(string(Bytes("vendor/VERSIONS"))))
	recorded := map[string]string{}
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) == 5 && fields[0] != "#" {
			recorded["vendor/"+fields[2]] = fields[3]
		}
	}
	for name, made := range shelf().byName {
		if !strings.HasPrefix(name, "vendor/") || !strings.HasSuffix(name, ".js") {
			continue
		}
		sum := sha512.Sum512(made.body)
		if recorded[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the file that VERSIONS records", name)
		}
	}
	if len(recorded) == 0 {
		t.Error("nothing is recorded")
	}
}

func TestEveryAccentCanBeRead(t *testing.T) {
	for _, hex := range []string{"#000000", "#ffffff", "#f5c518", "#ff0000", "#00ff00", "#0000ff", "#777777", "#4452d6", "#1f9d5b"} {
		c, ok := parse(hex)
		if !ok {
			t.Fatalf("%s is no colour", hex)
		}
		if got := contrast(c, c.over()); got < 4.5 {
			t.Errorf("text on %s has a contrast of %.2f", hex, got)
		}
		if got := contrast(c.readable(white, black), white); got < 4.5 {
			t.Errorf("%s as text on white has a contrast of %.2f", hex, got)
		}
		if got := contrast(c.readable(darkSurface, white), darkSurface); got < 4.5 {
			t.Errorf("%s as text on dark has a contrast of %.2f", hex, got)
		}
		if w := get(t, AccentPath(hex)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "--accent:"+hex) {
			t.Errorf("the sheet of %s: %d %s", hex, w.Code, w.Body)
		}
	}
	if got := AccentPath(`red;}body{`); got != "/static/accent/4452d6.css" {
		t.Errorf("no colour leads to %s", got)
	}
}

func TestTokensAreReadableInLightAndDark(t *testing.T) {
	light, dark, found := strings.Cut(string(Bytes("css/tokens.css")), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there are no dark tokens")
	}
	for name, sheet := range map[string]string{"light": light, "dark": dark} {
		colours := tokens(sheet)
		for _, pair := range [][2]string{
			{"ink", "page"}, {"ink", "surface"}, {"ink", "sunk"}, {"ink", "raised"}, {"ink", "bubble"},
			{"ink-soft", "page"}, {"ink-soft", "surface"}, {"ink-soft", "sunk"},
			{"ink-faint", "page"}, {"ink-faint", "surface"}, {"ink-faint", "sunk"},
			{"accent-text", "page"}, {"accent-text", "surface"}, {"good", "good-soft"}, {"good", "surface"},
			{"warn", "warn-soft"}, {"bad", "bad-soft"}, {"bad", "surface"}, {"note-ink", "note"},
			{"ink", "warn-soft"}, {"ink", "bad-soft"}, {"ink", "good-soft"},
		} {
			a, b := colours[pair[0]], colours[pair[1]]
			if got := contrast(a, b); got < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, pair[0], pair[1], got)
			}
		}
		if got := contrast(colours["accent"], white); got < 4.5 {
			t.Errorf("%s: white on the accent has a contrast of %.2f", name, got)
		}
		if got := contrast(colours["line-control"], colours["surface"]); got < 3 {
			t.Errorf("%s: the border of inputs has a contrast of %.2f", name, got)
		}
	}
}

var token = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)

func tokens(sheet string) map[string]colour {
	found := map[string]colour{}
	for _, m := range token.FindAllStringSubmatch(sheet, -1) {
		found[m[1]], _ = parse(m[2])
	}
	return found
}
