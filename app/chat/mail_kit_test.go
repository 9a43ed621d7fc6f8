package chat_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/blob"
	"rejoin/app/channel"
	"rejoin/app/chat"
)

// mailHouse is a house that mail comes into, with the blobs that its desk keeps.
func mailHouse(t *testing.T) (*house, blob.Store) {
	t.Helper()
	h := newHouse(t)
	blobs := h.tempBlobs()
	h.desk = h.deskWith(blobs)
	return h, blobs
}

// tempBlobs is a place for blobs that ends with the test.
func (h *house) tempBlobs() blob.Store {
	h.Helper()
	blobs, err := blob.Open("", h.TempDir())
	h.must(err)
	h.Cleanup(func() { _ = blobs.Close() })
	return blobs
}

// deskWith is a desk that keeps mails in a place of its own.
func (h *house) deskWith(blobs chat.Blobs) *chat.Desk {
	options := h.options(h.store, rand.Text(), h.channels)
	options.Blobs, options.ReadMail = blobs, channel.ReadMail
	return chat.NewDesk(options)
}

// writing is a mail before it is sent.
type writing struct {
	from, to, text string
	subject        string
	answers        string // Message-ID
	id             string // its own; empty is a fresh one
	headers        []string
	body           string // a whole one, with its type; empty is text and files
	files          []chat.IncomingFile
	verdict        chat.Verdict
	doorID         string
	envelope       []string // empty is to
}

// raw writes it as a mail program does.
func (w writing) raw() []byte {
	var out strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%s: %s\r\n", name, value)
		}
	}
	line("From", w.from)
	line("To", w.to)
	line("Subject", w.subject)
	line("Message-ID", w.id)
	line("In-Reply-To", w.answers)
	for _, header := range w.headers {
		out.WriteString(header + "\r\n")
	}
	out.WriteString("MIME-Version: 1.0\r\n")
	if w.body != "" {
		return []byte(out.String() + w.body)
	}
	if len(w.files) == 0 {
		out.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n" + w.text + "\r\n")
		return []byte(out.String())
	}
	out.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + w.text + "\r\n")
	for _, f := range w.files {
		how := "attachment"
		if f.Inline {
			how = "inline"
		}
		fmt.Fprintf(&out, "--b\r\nContent-Type: %s\r\nContent-Disposition: %s; filename=%q\r\nContent-ID: <%s>\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
			f.Type, how, f.Name, f.Name, base64.StdEncoding.EncodeToString(f.Content))
	}
	out.WriteString("--b--\r\n")
	return []byte(out.String())
}

func (w writing) arrival() chat.Arrival {
	if w.id == "" {
		w.id = "<" + rand.Text() + "@mail.example>"
	}
	if w.doorID == "" {
		w.doorID = rand.Text()
	}
	to := w.envelope
	if to == nil {
		to = []string{w.to}
	}
	return chat.Arrival{Door: "smtp", DoorID: w.doorID, From: w.from, To: to, Verdict: w.verdict, Raw: w.raw()}
}

// keep takes a mail in without reading it.
func (h *house) keep(w writing) *chat.Mail {
	h.Helper()
	a := w.arrival()
	fresh, err := h.desk.KeepMail(h.ctx, a)
	h.must(err)
	if !fresh {
		h.Fatal("the mail is not fresh")
	}
	m, err := h.store.MailByDoor(h.ctx, a.Door, a.DoorID)
	h.must(err)
	return m
}

// receive takes a mail in and settles it.
func (h *house) receive(w writing) *chat.Mail {
	h.Helper()
	m := h.keep(w)
	h.settle(h.desk, m)
	return h.mail(m.ID)
}

func (h *house) settle(desk *chat.Desk, m *chat.Mail) {
	h.Helper()
	again, err := desk.Receive(h.ctx, m.ID)
	h.must(err)
	if again != 0 {
		h.Fatalf("it asks for another attempt in %s", again)
	}
}

func (h *house) mail(id int64) *chat.Mail {
	h.Helper()
	var found *chat.Mail
	h.must(h.store.Tx(h.ctx, func(ctx context.Context, tx chat.Tx) (err error) {
		found, err = tx.LockMail(ctx, id)
		return err
	}))
	return found
}

// became checks what became of a mail.
func (h *house) became(why string, m *chat.Mail, state chat.MailState, reason string) {
	h.Helper()
	if !slices.Contains(chat.MailReasons(), m.Reason) && m.Reason != "" {
		h.Errorf("%s: the reason %q has no text", why, m.Reason)
	}
	if m.State != state || m.Reason != reason {
		h.Errorf("%s: it is %s, %q, want %s, %q; kind %s because %v", why, m.State, m.Reason, state, reason, m.Kind, m.Reasons)
	}
}

// replyTo is the address of the conversation that the newest email names.
func (h *house) replyTo() string {
	h.Helper()
	return "reply+" + h.replyToken(h.followed()) + "@" + inbound
}

// newestMessage is the last entry of a conversation.
func (h *house) newestEntry(c *chat.Conversation) chat.Message {
	h.Helper()
	all := h.entries(c)
	return all[len(all)-1]
}

// byMail are a conversation's public messages that came by email.
func (h *house) byMail(c *chat.Conversation) []chat.Message {
	h.Helper()
	var came []chat.Message
	for _, m := range h.entries(c) {
		if m.Kind == chat.Public && m.Via == chat.ViaEmail {
			came = append(came, m)
		}
	}
	return came
}

// receives counts the jobs that work on mail.
func (h *house) receives() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, job := range h.jobs {
		if job.Kind == chat.JobReceive {
			n++
		}
	}
	return n
}

// blobCount counts what a place holds.
func (h *house) blobCount(blobs chat.Blobs) int {
	h.Helper()
	keys, _, err := blobs.List(h.ctx, "", "", 1000)
	h.must(err)
	return len(keys)
}

const daysLater = 24 * time.Hour
