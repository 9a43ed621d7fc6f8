package e2e

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
)

func TestFilesGoBothWays(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	t.Run("a picture is dropped and a paper comes back", func(t *testing.T) { aPictureAndAPaper(h.in(t)) })
	t.Run("files wait for the network and count once", func(t *testing.T) { filesOutliveTheNetwork(h.in(t)) })
	for _, one := range looks() {
		t.Run("they are good to look at: "+one.name, func(t *testing.T) {
			options := append([]browser.Option{browser.Named(one.name)}, one.options...)
			lookAtFiles(&gallery{house: h.in(t), person: chromium.Person(t, options...), look: one})
		})
	}
}

// sunset is a picture of a size.
func sunset(width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.Set(x, y, color.RGBA{R: uint8(255 - y*90/height), G: uint8(110 + x*90/width), B: uint8(60 + y*170/height), A: 255})
		}
	}
	var sheet bytes.Buffer
	if err := png.Encode(&sheet, picture); err != nil {
		panic(err)
	}
	return sheet.Bytes()
}

// held is what a hand holds over a page: a file as the browser has it.
func held(name, media string, content []byte) string {
	return `const held = new DataTransfer(); held.items.add(new File([Uint8Array.from(atob("` + base64.StdEncoding.EncodeToString(content) +
		`"), c => c.charCodeAt(0))], ` + quote(name) + `, { type: ` + quote(media) + ` }));`
}

// drops lets a file go over an element, as soon as the page listens to what is held over it.
func drops(where browser.Place, selector, name, media string, content []byte) {
	browser.Eval[bool](where, `(async () => { `+held(name, media, content)+`
		const unheard = (step) => document.querySelector(`+quote(selector)+`).dispatchEvent(new DragEvent(step, { bubbles: true, cancelable: true, dataTransfer: held }));
		while (unheard("dragover")) await new Promise(requestAnimationFrame);
		for (const step of ["dragenter", "dragover", "drop"]) unheard(step);
		return true })()`)
}

// pastes puts a file from the clipboard into a field.
func pastes(where browser.Place, selector, name, media string, content []byte) {
	browser.Eval[bool](where, `(() => { `+held(name, media, content)+`
		document.querySelector(`+quote(selector)+`).dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: held }));
		return true })()`)
}

const inTray = `.tray-file[data-key]`

func aPictureAndAPaper(h *house) {
	a := h.signIn(chromium.Person(h.t, browser.Named("Maya")), maya)
	c := h.visit(chromium.Person(h.t, browser.Named("home")), "/demo")
	c.opens()
	drops(c.chat, "#scroll", "sunset.png", "image/png", sunset(900, 600))
	c.chat.Wait(inTray + " canvas")
	c.chat.Press("Tab")
	c.chat.Click(".send") // a first message may be a picture alone
	c.chat.Until("the picture is in the thread", `document.querySelector(".message.customer[data-seq] .file.shown img")?.naturalWidth === 900`)
	c.chat.WaitGone("#tray .tray-file")
	c.chat.Axe()

	a.opensRow("sunset.png")
	a.Until("the agent sees it small", `(() => { const seen = document.querySelector(".message[data-by=customer] .file.shown img");
		return seen?.naturalWidth === 900 && seen.clientWidth <= 280 && seen.clientHeight <= 240 })()`)
	pastes(a, ".composer-text", "offer.pdf", "application/pdf", []byte("%PDF-1.7 an offer"))
	a.Wait(inTray)
	drops(a, "#thread-scroll", "note.txt", "text/plain", []byte("for you"))
	a.WaitCount(inTray, 2)
	a.Click(`.tray-remove[aria-label="Remove note.txt"]`)
	a.WaitCount(inTray, 1)
	a.Axe()
	a.answers("Here is our offer")
	a.WaitText(".message.from-agent[data-seq] .file-name", "offer.pdf")

	c.reads("Here is our offer")
	c.chat.WaitText(".message.agent .file-name", "offer.pdf")
	link := c.chat.Attr(".message.agent a.file", "href")
	if status, body := h.ask(http.MethodGet, link, nil); status != http.StatusOK || body != "%PDF-1.7 an offer" {
		h.t.Errorf("the customer gets %d %q", status, body)
	}
	if status, _ := h.ask(http.MethodGet, strings.Replace(link, "sig=", "sig=x", 1), nil); status != http.StatusNotFound {
		h.t.Errorf("a forged link is answered by %d", status)
	}
	h.advance("1h")
	if status, _ := h.ask(http.MethodGet, link, nil); status != http.StatusGone {
		h.t.Errorf("an old link is answered by %d", status)
	}
}

func filesOutliveTheNetwork(h *house) {
	dir := h.t.TempDir()
	large := filepath.Join(dir, "large.bin")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Truncate(large, 21<<20); err != nil {
		h.t.Fatal(err)
	}
	p := chromium.Person(h.t, browser.Named("home"))
	c := h.visit(p, "/demo")
	c.begins("I have lost my way home")
	c.chat.Upload("#files", large)
	c.chat.WaitText(".tray-file.refused .tray-state", "large.bin is too large. A file may have at most 20 MB.")
	c.chat.Click(".tray-remove")
	c.chat.WaitGone(".tray-file")
	p.Offline()
	drops(c.chat, "#scroll", "map.png", "image/png", sunset(300, 200))
	c.chat.WaitText(".tray-state", "Waiting for the network")
	c.chat.Fill("#text", "Here is a map")
	c.chat.Press("Enter")
	c.chat.WaitText(".tray-note", "Your message goes as soon as its files are here.")
	p.Online()
	c.chat.WaitText(".message.customer[data-seq] .bubble", "Here is a map")
	c.chat.Wait(".message.customer[data-seq] .file.shown img")
	if n := h.value("select count(*)::text from uploads where name = 'map.png'"); n != "1" {
		h.t.Errorf("the file was taken %s times", n)
	}
	drops(c.chat, "#scroll", "kept.txt", "text/plain", []byte("kept"))
	c.chat.Wait(inTray)
	c.Reload()
	c.Click(launcher)
	c.chat.WaitText(inTray+" .tray-name", "kept.txt")
}

// lookAtFiles shows the trays and the messages of both sides on one kind of device.
func lookAtFiles(g *gallery) {
	h := g.house
	c := h.visit(chromium.Person(h.t, append([]browser.Option{browser.Named("guest " + g.look.name)}, g.look.options...)...), "/demo")
	c.opens()
	drops(c.chat, "#scroll", "sunset-over-the-sea.png", "image/png", sunset(900, 600))
	drops(c.chat, "#scroll", "a-rather-long-name-of-a-bill-from-last-november.pdf", "application/pdf", []byte("%PDF-1.7"))
	drops(c.chat, "#scroll", "nothing.txt", "text/plain", nil)
	c.chat.WaitCount(inTray, 2)
	c.chat.Fill("#text", "Look at "+g.look.name)
	g.check("files-tray-widget", c.Tab, c.chat)
	c.chat.Press("Enter")
	c.chat.Wait(".message.customer[data-seq] .file.shown img")
	a := h.signIn(g.person, maya)
	a.opensRow("Look at " + g.look.name)
	drops(a, "#thread-scroll", "tall.png", "image/png", sunset(200, 900))
	drops(a, "#thread-scroll", "offer.pdf", "application/pdf", []byte("%PDF-1.7"))
	a.WaitCount(inTray, 2)
	g.check("files-tray-inbox", a.Tab)
	a.answers("Lovely. Here is ours")
	a.Until("the agent sees all of it", `(() => { const box = document.getElementById("thread-scroll");
		return !document.querySelector(".message.pending") && box.scrollHeight - box.scrollTop - box.clientHeight < 2 })()`)
	c.chat.WaitText(".message.agent .file-name", "offer.pdf")
	c.chat.Until("its picture is there", `document.querySelector(".message.agent .file.shown img")?.naturalWidth === 200`)
	g.check("files-thread-inbox", a.Tab)
	g.check("files-thread-widget", c.Tab, c.chat)
}
