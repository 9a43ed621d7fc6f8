package widget_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func picture(width, height int) string {
	var sheet bytes.Buffer
	if err := png.Encode(&sheet, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return sheet.String()
}

// kept is what a page is told of a file that it has sent.
type kept struct {
	Key, Name, Type, URL string
	Size                 int64
	Shown                bool
}

func (b *browser) sends(name, id, content string) kept {
	b.Helper()
	var k kept
	said := b.call("POST", "/files?"+url.Values{"name": {name}, "id": {id}}.Encode(), content).wants(http.StatusCreated)
	b.must(json.Unmarshal([]byte(said.body), &k))
	return k
}

func (b *browser) postFiles(id, text string, keys ...string) answer {
	b.Helper()
	return b.call("POST", "/messages", map[string]any{"id": id, "text": text, "files": keys, "page": pageID})
}

func TestAFirstMessageMayBeAPicture(t *testing.T) {
	b := newHouse(t).newBrowser()
	cat := b.sends("cat.png", "id-of-a-cat", picture(560, 100))
	if cat.Type != "image/png" || !cat.Shown || !strings.HasPrefix(cat.URL, "/files/") {
		t.Errorf("the page is told %+v", cat)
	}
	if again := b.sends("cat.png", "id-of-a-cat", picture(560, 100)); again.Key != cat.Key {
		t.Error("a second try of one upload is another file")
	}
	drawn := b.postFiles("first-message", "", cat.Key).wants(http.StatusOK).html()
	if drawn.Find(".bubble").Length() != 0 {
		t.Error("a message without words has a bubble")
	}
	image := drawn.Find("a.file.shown[target=_blank] img")
	if image.AttrOr("width", "") != "280" || image.AttrOr("height", "") != "50" || !strings.Contains(image.AttrOr("alt", ""), "cat.png") {
		t.Errorf("it is drawn as %v", image.Nodes)
	}
	if src := image.AttrOr("src", ""); !strings.Contains(src, cat.Key) || !strings.Contains(src, "sig=") {
		t.Errorf("it is fetched from %q", src)
	}
	if fresh := b.call("GET", "/files/"+cat.Key, nil).wants(http.StatusOK).body; fresh != cat.URL {
		t.Errorf("the fresh link is %q, want %q", fresh, cat.URL)
	}
	other := b.house.newBrowser()
	other.post("other-message", "Hello").wants(http.StatusOK)
	other.call("GET", "/files/"+cat.Key, nil).wants(http.StatusNotFound)
	text := b.call("GET", "/transcript", nil).wants(http.StatusOK).body
	if !strings.Contains(text, "Attached: cat.png (") {
		t.Errorf("the transcript says %q", text)
	}
}

func TestAFileThatIsNoPictureIsARow(t *testing.T) {
	b := newHouse(t).newBrowser()
	page := b.sends("page.html", "id-of-a-page", "<script>alert(1)</script>")
	row := b.postFiles("first-message", "look", page.Key).wants(http.StatusOK).html().Find(".files a.file")
	if row.Find("img").Length() != 0 || row.Find(".file-name").Text() != "page.html" || row.Find(".file-size").Text() != "1 KB" {
		t.Errorf("it is drawn as %q", row.Text())
	}
}

func TestAMessageWhoseFileIsGoneIsRefusedBesideIt(t *testing.T) {
	b := newHouse(t).newBrowser()
	refused := b.postFiles("first-message", "kept", "AAAAAAAAAAAAAAAAAAAAAA").wants(http.StatusUnprocessableEntity)
	var said struct {
		Error struct{ Fields map[string]string }
	}
	b.must(json.Unmarshal([]byte(refused.body), &said))
	if said.Error.Fields["files"] == "" {
		t.Errorf("it is refused by %s", refused.body)
	}
	if refused.refusal() != "chat.file.gone" {
		t.Errorf("it is refused with %s", refused.refusal())
	}
}

func TestFilesAreDroppedBeforeTheyAreSent(t *testing.T) {
	b := newHouse(t).newBrowser()
	cat := b.sends("cat.png", "id-of-a-cat", picture(3, 3))
	b.house.newBrowser().call("DELETE", "/files/"+cat.Key, nil).wants(http.StatusNotFound)
	b.sends("cat.png", "id-of-a-cat", picture(3, 3)) // it is still there
	b.call("DELETE", "/files/"+cat.Key, nil).wants(http.StatusNoContent)
	b.postFiles("first-message", "", cat.Key).wants(http.StatusUnprocessableEntity)
}

func TestAnUploadThatIsTooLargeIsNotRead(t *testing.T) {
	b := newHouse(t).newBrowser()
	for _, test := range []struct {
		name   string
		size   int64
		status int
		key    string
	}{
		{"a little too large", chat.MaxFile + 1, http.StatusUnprocessableEntity, "chat.file.large"},
		{"far too large", 1 << 40, http.StatusRequestEntityTooLarge, "error.too_large"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", b.http.URL+b.path("/files?name=a.bin&id=id-of-a-file"), endless{})
		b.must(err)
		r.ContentLength = test.size
		r.Header.Set("Authorization", "Bearer "+b.token)
		r.Header.Set("Expect", "100-continue") // so that the answer is read before the body is sent
		client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: 1 << 40}}
		res, err := client.Do(r)
		b.must(err)
		var said struct{ Error struct{ Key string } }
		b.must(json.NewDecoder(res.Body).Decode(&said))
		res.Body.Close()
		if res.StatusCode != test.status || said.Error.Key != test.key {
			t.Errorf("%s: %d %s, want %d %s", test.name, res.StatusCode, said.Error.Key, test.status, test.key)
		}
	}
	b.call("POST", "/files?name=a.bin&id="+strings.Repeat("x", 65), "x").wants(http.StatusUnprocessableEntity)
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestStrangersSendFewFilesFromOneAddress(t *testing.T) {
	h := newHouse(t)
	for i := range 40 {
		said := h.newBrowser().call("POST", fmt.Sprintf("/files?name=a.txt&id=id-of-file-%d", i), "x")
		if said.StatusCode == http.StatusTooManyRequests {
			if i < 5 {
				t.Errorf("only %d files are taken", i)
			}
			return
		}
		said.wants(http.StatusCreated)
	}
	t.Error("forty strangers of one address are let in")
}

// formOf is a form with fields (pairs of name and value) and files (pairs of name and content).
func formOf(t *testing.T, fields, files []string) (body, kind string) {
	t.Helper()
	var sheet bytes.Buffer
	form := multipart.NewWriter(&sheet)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i+1 < len(files); i += 2 {
		part, err := form.CreateFormFile("files", files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return sheet.String(), form.FormDataContentType()
}

func TestOurOwnPageTakesFilesWithoutScripts(t *testing.T) {
	b, token := left(t)
	doc := b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK).html()
	form := doc.Find("form#composer")
	if form.AttrOr("enctype", "") != "multipart/form-data" || form.Find("input[type=file][name=files][multiple]").Length() != 1 {
		t.Fatal("files cannot be chosen")
	}
	id := form.Find("input[name=id]").AttrOr("value", "")
	send := func(fields, files []string) answer {
		body, kind := formOf(t, fields, files)
		return b.ask("POST", "/r/"+token+"/page", body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin", "Accept", "text/html")
	}
	long := strings.Repeat("é", chat.MaxText)
	refused := send([]string{"id", id, "text", long}, []string{"cat.png", picture(3, 3)}).wants(http.StatusUnprocessableEntity).html()
	if got := refused.Find("#tray .tray-name").Text(); got != "cat.png" || refused.Find("#text").Text() != long {
		t.Errorf("the refused answer comes back with %q", got)
	}
	key := refused.Find("#tray input[name=file]").AttrOr("value", "")
	empty := send([]string{"id", id, "text", "hm", "file", key}, []string{"none.txt", ""}).wants(http.StatusUnprocessableEntity).html()
	if got := empty.Find("#text-error").Text(); got != "none.txt is empty." || empty.Find("#tray .tray-file").Length() != 1 {
		t.Errorf("an empty file is answered by %q", got)
	}
	for range 2 { // a double click
		send([]string{"id", id, "text", "here they are", "file", key}, []string{"bill.pdf", "%PDF-1.4"}).wants(http.StatusSeeOther)
	}
	doc = b.ask("GET", "/r/"+token+"/page", nil).wants(http.StatusOK).html()
	last := doc.Find("#thread li.message.customer").Last()
	if last.Find("a.file").Length() != 2 || last.Find("a.file.shown img").Length() != 1 || !strings.Contains(last.Text(), "bill.pdf") {
		t.Errorf("the message stands there as %q", last.Text())
	}
	if n := doc.Find("#thread li.message.customer").Length(); n != 2 {
		t.Errorf("%d messages of the customer, want 2", n)
	}
	form2, kind := formOf(t, []string{"id", id + "x", "text", "forged"}, []string{"a.txt", "x"})
	b.ask("POST", "/r/"+token+"/page", form2, "Content-Type", kind, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").wants(http.StatusForbidden)
	b.ask("POST", "/r/1-"+strings.Repeat("A", 43)+"/page", form2, "Content-Type", kind, "Sec-Fetch-Site", "same-origin").wants(http.StatusNotFound)
}
