package static

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// types is the content type of every kind of file; a file of another kind is refused.
var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".ico":  "image/x-icon",
	".json": "application/json",
	".mp3":  "audio/mpeg",
}

// Handler serves GET and HEAD below Prefix: for ever under the hashed name, revalidated by ETag under
// the plain one. A hash of an older release is answered with the current file, not to be kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		found, current := lookup(strings.TrimPrefix(r.URL.Path, Prefix))
		if found == nil {
			http.NotFound(w, r)
			return
		}
		found.serve(w, r, current)
	})
}

// lookup finds a file by either name and tells whether the name was that of its present content.
func lookup(name string) (*asset, bool) {
	s := shelf()
	if sheet, ok := accentSheet(name); ok {
		return newAsset(name, sheet), false
	}
	if found := s.byHashed[name]; found != nil {
		return found, true
	}
	if found := s.byName[name]; found != nil {
		return found, false
	}
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return s.byName[strings.TrimSuffix(stem, path.Ext(stem))+ext], false
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request, current bool) {
	kind, known := types[path.Ext(a.name)]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "public, no-cache")
	if current {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := a.body, `"`+a.hash+`"`
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if small := a.gzip(); small != nil {
			body, tag = small, `"`+a.hash+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the browser left: nothing to do about it
	}
}
