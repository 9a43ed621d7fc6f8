package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
)

var chromium *browser.Browser

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		serveUntilInterrupted()
		return
	}
	os.Exit(browser.Main(m, &chromium, browser.Hosts("shop.test", "chat.test", "shop.localhost", "chat.localhost")))
}

// site serves pages under two names that are strangers to each other.
type site struct{ port string }

func (s site) shop(path string) string { return "http://shop.test:" + s.port + path }
func (s site) chat(path string) string { return "http://chat.test:" + s.port + path }

const page = `<!doctype html><html lang="en"><head><title>%s</title><meta name="viewport" content="width=device-width">
<style>body { background: #fff; color: #111 } @media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style>
</head><body><main><h1>%s</h1>%s</main></body></html>`

func newSite(t *testing.T) site {
	t.Helper()
	mux := http.NewServeMux()
	serve := func(path, title, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, port, _ := strings.Cut(r.Host, ":")
			fmt.Fprintf(w, page, title, title, strings.ReplaceAll(body, "PORT", port))
		})
	}
	serve("/shop", "Shop", `<p style="height:1500px">Mugs</p><iframe id="chat" title="Chat" width="300" height="200" src="http://chat.test:PORT/chat"></iframe>`)
	serve("/near", "Near", `<iframe id="chat" title="Chat" style="border:7px solid; padding:5px" src="/chat"></iframe>`)
	serve("/chat", "Chat", `<label>Message <textarea id="text"></textarea></label><button id="send">Send</button><ol></ol>
		<script>const post = e => { if (!e.isTrusted) return; const li = document.createElement("li"); li.textContent = text.value; document.querySelector("ol").append(li); text.value = "" }
		send.onclick = post; text.onkeydown = e => { if (e.key === "Enter" && e.ctrlKey) post(e) }</script>`)
	serve("/late", "Late", `<button id="b" disabled>Wait</button><p id="said" hidden>done</p>
		<script>setTimeout(() => { b.disabled = false; b.textContent = "Go" }, 150); b.onclick = () => { setTimeout(() => { said.hidden = false }, 100) }</script>`)
	serve("/stream", "Stream", `<p id="state">none</p><p id="line"></p><script>
		addEventListener("offline", () => { line.textContent = "offline" }); addEventListener("online", () => { line.textContent = "online"; go() })
		const go = async () => { try { const r = await fetch("/events"); state.textContent = "open"; for await (const _ of r.body); state.textContent = "ended" } catch { state.textContent = "cut" } }
		go()</script>`)
	serve("/scripts", "Scripts", `<p id="p">plain</p><noscript><p id="n">No scripts here</p></noscript><form action="/scripts"><button>Again</button></form><script>p.textContent = "alive"</script>`)
	serve("/hidden", "Hidden", `<ol id="seen"></ol><script>document.addEventListener("visibilitychange", () => { const li = document.createElement("li"); li.textContent = document.visibilityState; seen.append(li) })</script>`)
	serve("/never", "Never", `<button id="off" disabled>Off</button><p id="unseen" hidden>Unseen</p>
		<div style="position:relative; height:50px"><button id="under">Under</button><div id="over" style="position:absolute; inset:0"></div></div>`)
	serve("/link", "Link", `<a href="/scripts?new" target="_blank">New window</a>`)
	serve("/shadow", "Shadow", `<div id="host"></div><script>const root = host.attachShadow({ mode: "open" }); root.innerHTML = '<button aria-label="Open the chat">o</button>'; root.firstChild.onclick = () => { root.innerHTML = "<p>opened</p>" }</script>`)
	serve("/storage", "Storage", `<p id="p"></p><script>try { localStorage.setItem("a", "b"); p.textContent = "kept" } catch { p.textContent = "refused" }</script>`)
	serve("/embeds", "Embeds", `<iframe id="f" title="Storage" src="http://chat.test:PORT/storage"></iframe>`)
	serve("/safe", "Safe", `<iframe id="f" title="Storage" src="http://chat.localhost:PORT/storage"></iframe>`)
	serve("/bad", "Bad", `<img src="x.jpg"><script>console.error("told", 7); fetch("/fails"); setTimeout(() => { throw new Error("thrown") })</script>`)
	serve("/frame-bad", "Frame", `<iframe id="f" title="Bad" src="http://chat.test:PORT/bad"></iframe>`)
	serve("/select", "Select", `<label>Zone <select id="zone"><option value="a">Alpha</option><option value="b">Beta</option></select></label>
		<label>Logo <input type="file" id="logo"></label><label><input type="checkbox" id="tick"> Tick</label><p id="p"></p>
		<script>zone.onchange = () => { p.textContent = zone.value }; logo.onchange = () => { p.textContent = logo.files[0].name }</script>`)
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	})
	mux.HandleFunc("GET /fails", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return site{port: server.URL[strings.LastIndex(server.URL, ":")+1:]}
}
