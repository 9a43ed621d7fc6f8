package files_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"rejoin/app/blob"
	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/app/web/files"
	"rejoin/db"
	"rejoin/db/dbtest"
)

// house is the room behind the real router, over a real PostgreSQL and files on disk.
type house struct {
	*testing.T
	desk  *chat.Desk
	now   time.Time
	agent *chat.AgentCaller
	http  *httptest.Server
}

// forward hides that files on disk can be read from any place, as those in a bucket cannot.
type forward struct{ blob.Store }

func (f forward) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	content, size, err := f.Store.Open(ctx, key)
	return struct{ io.ReadCloser }{content}, size, err
}

func newHouse(t *testing.T, bucket bool) *house {
	t.Helper()
	pools, err := db.OpenPools(t.Context(), dbtest.URL(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	store := db.New(pools, db.Options{})
	var blobs blob.Store
	if blobs, err = blob.Open("", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	if bucket {
		blobs = forward{blobs}
	}
	h := &house{T: t, now: time.Date(2026, time.March, 2, 10, 7, 0, 0, time.UTC)}
	h.desk = chat.NewDesk(chat.Options{
		Store: store, Blobs: blobs, Secret: []byte("a secret of the tests"), Now: func() time.Time { return h.now }, Random: rand.Reader,
	})
	org := &chat.Organization{Key: "org", Name: "Maison Lune", Language: "en", CreatedAt: h.now}
	agent := &chat.Agent{Key: "agent", Name: "Zoe", Email: "zoe@lune.example", Role: chat.RoleAgent, CreatedAt: h.now}
	err = store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Insert(ctx, org); err != nil {
			return err
		}
		agent.OrganizationID = org.ID
		return tx.Insert(ctx, agent)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.agent = &chat.AgentCaller{Organization: org, Agent: agent}
	server := web.NewServer(web.Options{BaseURL: "https://chat.example", Log: slog.New(slog.DiscardHandler), Now: h.desk.Now, Secure: true})
	files.Routes(server, files.Options{Desk: h.desk})
	handler, err := server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(handler)
	t.Cleanup(h.http.Close)
	return h
}

// keeps takes a file and returns its link.
func (h *house) keeps(name, content string) string {
	h.Helper()
	u, err := h.desk.UploadAsAgent(h.Context(), h.agent, chat.NewFile{Name: name, Content: strings.NewReader(content), Size: int64(len(content))})
	if err != nil {
		h.Fatal(err)
	}
	return h.desk.FileURL(u.OrganizationID, u.Key)
}

func (h *house) get(link string, headers ...string) (*http.Response, string) {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), http.MethodGet, h.http.URL+link, nil)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,image/*")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return res, string(body)
}

func picture() string {
	var sheet bytes.Buffer
	if err := png.Encode(&sheet, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		panic(err)
	}
	return sheet.String()
}

func TestAFileIsNeverAPage(t *testing.T) {
	h := newHouse(t, false)
	for _, test := range []struct{ name, content, media, how string }{
		{"cat.png", picture(), "image/png", "inline; filename=cat.png"},
		{"poly.html", picture() + "<script>alert(1)</script>", "image/png", "inline; filename=poly.html.png"},
		{"page.html", "<!doctype html><script>alert(1)</script>", "application/octet-stream", "attachment; filename=page.html"},
		{"drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "application/octet-stream", "attachment; filename=drawing.svg"},
		{"feed.xml", `<?xml version="1.0"?><x/>`, "application/octet-stream", "attachment; filename=feed.xml"},
		{"words.txt", "words", "text/plain; charset=utf-8", "attachment; filename=words.txt"},
		{"bill.pdf", "%PDF-1.7", "application/pdf", "attachment; filename=bill.pdf"},
		{"été.txt", "words", "text/plain; charset=utf-8", "attachment; filename*=utf-8''%C3%A9t%C3%A9.txt"},
		{"a\"; x=y.txt", "words", "text/plain; charset=utf-8", `attachment; filename="a_; x=y.txt"`},
	} {
		res, body := h.get(h.keeps(test.name, test.content))
		if res.StatusCode != http.StatusOK || body != test.content {
			t.Errorf("%s: %d %.60q", test.name, res.StatusCode, body)
		}
		for header, want := range map[string]string{
			"Content-Type": test.media, "Content-Disposition": test.how, "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control": "private, immutable, max-age=1380", "Referrer-Policy": "no-referrer", "Accept-Ranges": "bytes",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, header, got, want)
			}
		}
	}
}

func TestAPartOfAFileIsAnswered(t *testing.T) {
	for _, bucket := range []bool{false, true} {
		h := newHouse(t, bucket)
		link := h.keeps("words.txt", "0123456789")
		for _, test := range []struct {
			ask, body string
			status    int
		}{
			{"bytes=2-4", "234", http.StatusPartialContent}, {"bytes=7-", "789", http.StatusPartialContent},
			{"bytes=-2", "89", http.StatusPartialContent}, {"bytes=0-1,5-6", "0123456789", http.StatusOK},
			{"bytes=20-30", "invalid range: failed to overlap\n", http.StatusRequestedRangeNotSatisfiable},
		} {
			if res, body := h.get(link, "Range", test.ask); res.StatusCode != test.status || body != test.body {
				t.Errorf("in a bucket %t, %s: %d %q, want %d %q", bucket, test.ask, res.StatusCode, body, test.status, test.body)
			}
		}
		first, _ := h.get(link)
		if res, _ := h.get(link, "If-None-Match", first.Header.Get("Etag")); res.StatusCode != http.StatusNotModified {
			t.Errorf("what the browser has is answered by %d", res.StatusCode)
		}
		if res, err := http.Head(h.http.URL + link); err != nil || res.ContentLength != 10 {
			t.Errorf("its head says %v: %v", res, err)
		}
	}
}

func TestALinkThatHasEndedSaysSoAndAForgedOneSaysNothing(t *testing.T) {
	h := newHouse(t, false)
	link := h.keeps("words.txt", "words")
	key := link[strings.Index(link, "-")+1 : strings.Index(link, "?")]
	forged, forgedBody := h.get(strings.Replace(link, "sig=", "sig=A", 1))
	unknown, unknownBody := h.get(strings.Replace(link, key, strings.Repeat("A", len(key)), 1))
	if forged.StatusCode != http.StatusNotFound || unknown.StatusCode != forged.StatusCode || strip(unknownBody, unknown) != strip(forgedBody, forged) {
		t.Errorf("a forged link to a file is answered by %d, one to no file by %d", forged.StatusCode, unknown.StatusCode)
	}
	h.now = h.now.Add(24 * time.Minute)
	res, body := h.get(link, "Accept-Language", "fr-FR")
	if res.StatusCode != http.StatusGone || !strings.Contains(body, "Ce lien vers un fichier a expiré") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an ended link is answered by %d: %s", res.StatusCode, body)
	}
	if strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Error("the page that says so is dressed as a file")
	}
}

// strip leaves out the id of the request.
func strip(page string, res *http.Response) string {
	return strings.ReplaceAll(page, res.Header.Get("X-Request-Id"), "")
}

func TestALargeFileTakesLittleMemoryBothWays(t *testing.T) {
	h := newHouse(t, false)
	h.keeps("warm.txt", "words") // what every first time takes
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	u, err := h.desk.UploadAsAgent(t.Context(), h.agent, chat.NewFile{Name: "large.bin", Content: io.LimitReader(rand.Reader, chat.MaxFile), Size: chat.MaxFile})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(h.http.URL + h.desk.FileURL(u.OrganizationID, u.Key))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); err != nil || n != chat.MaxFile {
		t.Errorf("%d bytes came back: %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > chat.MaxFile/4 {
		t.Errorf("%d bytes of memory were taken for a file of %d", taken, chat.MaxFile)
	}
}
