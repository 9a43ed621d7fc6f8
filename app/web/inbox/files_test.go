package inbox_test

import (
	"bytes"
	"encoding/json"
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

// attaches sends a file as the composer does, and returns its key.
func (b *browser) attaches(name, content string) string {
	b.house.Helper()
	said := b.ask(http.MethodPost, "/inbox/files?"+url.Values{"name": {name}, "id": {"id-of-" + name}}.Encode(), content,
		"HX-Request", "true", "Accept", "application/json").wants(http.StatusCreated)
	var k struct{ Key, URL string }
	b.house.must(json.Unmarshal([]byte(said.body), &k))
	if !strings.HasPrefix(k.URL, "/files/") {
		b.house.Errorf("it can be seen at %q", k.URL)
	}
	return k.Key
}

func TestAnAnswerAndANoteCarryFiles(t *testing.T) {
	h := newHouse(t)
	cat, bill := h.agent.attaches("cat.png", picture(560, 480)), h.agent.attaches("bill.pdf", "%PDF-1.4")
	drawn := h.agent.post(h.jo.at("messages"), url.Values{"client": {"one-answer"}, "file": {cat, bill}}, "HX-Request", "true").wants(http.StatusOK).page()
	image := drawn.Find(".file.shown img")
	if drawn.Find(".bubble").Length() != 0 || image.AttrOr("width", "") != "280" || image.AttrOr("height", "") != "240" {
		t.Errorf("the picture is drawn as %s × %s", image.AttrOr("width", ""), image.AttrOr("height", ""))
	}
	if href := drawn.Find("a.file").Last().AttrOr("href", ""); href != "/inbox/files/"+bill {
		t.Errorf("the bill is at %q", href)
	}
	note := h.agent.attaches("inside.txt", "for us alone")
	drawn = h.agent.post(h.jo.at("messages"), url.Values{"client": {"one-note"}, "file": {note}, "note": {"on"}}, "HX-Request", "true").wants(http.StatusOK).page()
	if drawn.Find("article.note a.file").Length() != 1 {
		t.Error("the note carries no file")
	}
	again := h.admin.get(h.jo.at("")).wants(http.StatusOK).page()
	if n := again.Find("#thread a.file").Length(); n != 3 {
		t.Errorf("a colleague sees %d files, want 3", n)
	}
	if n := again.Find("#composer input[type=file][name=files][multiple]").Length(); n != 1 {
		t.Error("files cannot be chosen")
	}
	way := h.admin.get("/inbox/files/" + bill).wants(http.StatusSeeOther).Header.Get("Location")
	if !strings.HasPrefix(way, "/files/") || !strings.Contains(way, bill) {
		t.Errorf("the way to a file leads to %q", way)
	}
}

func TestFilesStayWithinTheOrganization(t *testing.T) {
	h := newHouse(t)
	mine := h.agent.attaches("mine.txt", "x")
	_, eve := h.found("Maison Sud", "eve@sud.example", "Eve")
	eve.get("/inbox/files/" + mine).wants(http.StatusNotFound)
	h.admin.get("/inbox/files/" + mine).wants(http.StatusNotFound) // it is not sent yet
	h.nobody().get("/inbox/files/" + mine).wants(http.StatusSeeOther)
	h.nobody().post("/inbox/files?name=a.txt", url.Values{}, "HX-Request", "true").wants(http.StatusUnauthorized)
	eve.ask(http.MethodDelete, "/inbox/files/"+mine, "").wants(http.StatusNotFound)
	h.agent.get("/inbox/files/" + mine).wants(http.StatusSeeOther)
	h.agent.ask(http.MethodDelete, "/inbox/files/"+mine, "").wants(http.StatusNoContent)
	h.agent.get("/inbox/files/" + mine).wants(http.StatusNotFound)
	h.agent.ask(http.MethodPost, "/inbox/files?name=a.txt", "x", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").wants(http.StatusForbidden)
}

func TestAPlainFormCarriesFilesAndKeepsThemWhenItIsRefused(t *testing.T) {
	h := newHouse(t)
	send := func(text, key string, files ...string) answer {
		var sheet bytes.Buffer
		form := multipart.NewWriter(&sheet)
		h.must(form.WriteField("client", "plain-form-answer"))
		h.must(form.WriteField("text", text))
		if key != "" {
			h.must(form.WriteField("file", key))
		}
		for i := 0; i+1 < len(files); i += 2 {
			part, err := form.CreateFormFile("files", files[i])
			h.must(err)
			_, err = part.Write([]byte(files[i+1]))
			h.must(err)
		}
		h.must(form.Close())
		return h.agent.ask(http.MethodPost, h.jo.at("messages"), sheet.String(), "Content-Type", form.FormDataContentType())
	}
	long := strings.Repeat("a", chat.MaxText+1)
	refused := send(long, "", "cat.png", picture(2, 2)).wants(http.StatusUnprocessableEntity).page()
	if refused.Find("#tray .tray-name").Text() != "cat.png" || refused.Find(".composer-text").Text() != long {
		t.Error("what was refused is lost")
	}
	key := refused.Find("#tray input[name=file]").AttrOr("value", "")
	send("short", key, "bill.pdf", "%PDF-1.4").wants(http.StatusSeeOther)
	if n := h.agent.get(h.jo.at("")).wants(http.StatusOK).page().Find("#thread a.file").Length(); n != 2 {
		t.Errorf("the answer carries %d files, want 2", n)
	}
	var many []string
	for range chat.MaxFiles + 1 {
		many = append(many, "a.txt", "a")
	}
	said := send("too many", "", many...).wants(http.StatusUnprocessableEntity).page().Find("#composer-error").Text()
	if said != "A message takes at most 10 files." {
		t.Errorf("too many files are answered by %q", said)
	}
}
