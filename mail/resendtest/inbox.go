package resendtest

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	maxReceived = 5_000
	maxNotified = 10_000
	fileTime    = time.Hour // for which the address of a file is good
	hookTime    = 15 * time.Second
)

// inbox is the receiving half of the server.
type inbox struct {
	mails              []*received // oldest first
	withoutRaw         bool
	secret             []byte // signs the addresses of files
	generation         int    // of those addresses; older ones have expired
	target, hookSecret string // of the webhook
	notified           []Notification
}

// Notification is one telling of a received mail, and what became of it.
type Notification struct {
	Webhook Webhook
	Status  int // of the answer; 0 without one
	Err     error
}

func newInbox() inbox {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return inbox{secret: secret}
}

func (s *Server) inboxRoutes(mux *http.ServeMux) {
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /emails/receiving":                        s.listReceived,
		"GET /emails/receiving/{id}":                   s.showReceived,
		"GET /emails/receiving/{id}/attachments":       s.listFiles,
		"GET /emails/receiving/{id}/attachments/{one}": s.showFile,
	} {
		mux.HandleFunc(pattern, s.authorized(s.faulty(handler)))
	}
	mux.HandleFunc("GET /inbound-files/{id}/{one}", s.faulty(s.download)) // without the key: the signature opens it
}

// Notify posts an event of every mail received from now on to a webhook; an empty url ends that.
func (s *Server) Notify(url, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox.target, s.inbox.hookSecret = url, secret
}

// Notified lists what was told, oldest first.
func (s *Server) Notified() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.inbox.notified)
}

// Receive puts a mail into the inbox, for these addresses or else for those of its header, and tells the webhook once,
// where there is one. It gives the id under which the API knows the mail.
func (s *Server) Receive(raw []byte, to ...string) (id string) {
	m := readMail(raw)
	m.id, m.at = newID(), time.Now().UTC()
	m.receivedFor = to
	if len(to) == 0 {
		m.receivedFor = addressesOf(m.to)
	}
	s.mu.Lock()
	m.rawGone = s.inbox.withoutRaw
	s.inbox.mails = append(s.inbox.mails, m)
	if over := len(s.inbox.mails) - maxReceived; over > 0 {
		s.inbox.mails = s.inbox.mails[over:]
	}
	target, secret := s.inbox.target, s.inbox.hookSecret
	s.mu.Unlock()
	if target != "" {
		s.tell(m.event("msg_"+newID()), target, secret)
	}
	return m.id
}

// Event is the webhook of a mail in the inbox, to be told again, late or out of order; false when there is none.
func (s *Server) Event(id string) (Webhook, bool) {
	m := s.received(id)
	if m == nil {
		return Webhook{}, false
	}
	return m.event("msg_" + m.id), true
}

func (s *Server) tell(w Webhook, target, secret string) {
	ctx, cancel := context.WithTimeout(context.Background(), hookTime)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() { // a server that closes waits for no webhook
		select {
		case <-s.closing:
			cancel()
		case <-ended:
		}
	}()
	status, err := w.Post(ctx, http.DefaultClient, target, secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox.notified = append(s.inbox.notified, Notification{Webhook: w, Status: status, Err: err})
	if over := len(s.inbox.notified) - maxNotified; over > 0 {
		s.inbox.notified = s.inbox.notified[over:]
	}
}

// KeepRaw says whether the mails received from now on offer their raw bytes; at first they do.
func (s *Server) KeepRaw(keep bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox.withoutRaw = !keep
}

// ExpireFiles ends the addresses of files that were given until now; new questions bring new ones.
func (s *Server) ExpireFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox.generation++
}

func (s *Server) received(id string) *received {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := slices.IndexFunc(s.inbox.mails, func(m *received) bool { return m.id == id }); at >= 0 {
		return s.inbox.mails[at]
	}
	return nil
}

func (s *Server) listReceived(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	newest := slices.Clone(s.inbox.mails)
	s.mu.Unlock()
	slices.Reverse(newest)
	page, more, wrong := pageOf(r, newest, func(m *received) string { return m.id })
	if wrong != nil {
		fail(w, *wrong)
		return
	}
	data := make([]map[string]any, 0, len(page))
	for _, m := range page {
		data = append(data, m.head())
	}
	answer(w, 200, map[string]any{"object": "list", "has_more": more, "data": data})
}

func (s *Server) showReceived(w http.ResponseWriter, r *http.Request) {
	m := s.received(r.PathValue("id"))
	if m == nil {
		fail(w, problem{404, "Email not found", "not_found"})
		return
	}
	shown := m.head()
	shown["object"], shown["headers"], shown["received_for"], shown["html_format"] = "email", m.headers, m.receivedFor, "cid"
	shown["html"], shown["text"], shown["raw"] = orNull(m.html), orNull(m.text), nil
	if !m.rawGone {
		address, expires := s.fileAddress(m.id, "raw")
		shown["raw"] = map[string]string{"download_url": address, "expires_at": expires}
	}
	answer(w, 200, shown)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *Server) listFiles(w http.ResponseWriter, r *http.Request) {
	m := s.received(r.PathValue("id"))
	if m == nil {
		fail(w, problem{404, "Email not found", "not_found"})
		return
	}
	page, more, wrong := pageOf(r, m.files, func(f file) string { return f.ID })
	if wrong != nil {
		fail(w, *wrong)
		return
	}
	for i := range page {
		page[i].DownloadURL, page[i].ExpiresAt = s.fileAddress(m.id, page[i].ID)
	}
	answer(w, 200, map[string]any{"object": "list", "has_more": more, "data": page})
}

func (s *Server) showFile(w http.ResponseWriter, r *http.Request) {
	if m := s.received(r.PathValue("id")); m != nil {
		if found, ok := m.file(r.PathValue("one")); ok {
			found.Object = "attachment"
			found.DownloadURL, found.ExpiresAt = s.fileAddress(m.id, found.ID)
			answer(w, 200, found)
			return
		}
	}
	fail(w, problem{404, "Attachment not found", "not_found"})
}

// fileAddress signs the address of a file for an hour.
func (s *Server) fileAddress(id, one string) (address, expires string) {
	s.mu.Lock()
	generation := s.inbox.generation
	s.mu.Unlock()
	until := time.Now().Add(fileTime)
	stamp := strconv.FormatInt(until.Unix(), 10)
	return fmt.Sprintf("%s/inbound-files/%s/%s?Expires=%s&Key-Pair-Id=%d&Signature=%s", s.URL(), id, one, stamp, generation, s.sign(id, one, stamp, generation)),
		until.UTC().Format("2006-01-02T15:04:05.000Z")
}

func (s *Server) sign(id, one, stamp string, generation int) string {
	mac := hmac.New(sha256.New, s.inbox.secret)
	fmt.Fprintf(mac, "%s/%s/%s/%d", id, one, stamp, generation)
	return hex.EncodeToString(mac.Sum(nil))
}

// download answers as the content network does: without JSON, and 403 for whatever it does not like.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	generation := s.inbox.generation
	s.mu.Unlock()
	id, one, stamp := r.PathValue("id"), r.PathValue("one"), r.URL.Query().Get("Expires")
	until, err := strconv.ParseInt(stamp, 10, 64)
	m := s.received(id)
	isSigned := hmac.Equal([]byte(r.URL.Query().Get("Signature")), []byte(s.sign(id, one, stamp, generation)))
	if err != nil || m == nil || !isSigned || time.Now().Unix() > until || r.Header.Get("Authorization") != "" {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>`)
		return
	}
	content, kind := m.raw, "message/rfc822"
	if one != "raw" {
		found, _ := m.file(one) // only what is there was signed
		content, kind = found.content, found.ContentType
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}
