package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"rejoin/app/chat"
	"rejoin/mail"
)

const (
	keepTime   = 20 * time.Second // to write one mail down
	judgeTime  = 5 * time.Second
	deepPages  = 10 // of the provider's list that the first look compares
	usualPages = 1
	unfinished = time.Hour // a file that is still being written after it never will be
)

// openDoor listens for the mail of INBOUND_DOMAIN; nil where nothing is to be listened to.
func (h *house) openDoor() (*mail.Door, error) {
	if h.config.InboundAddr == "" {
		return nil, nil
	}
	o := mail.DoorOptions{
		Addr: h.config.InboundAddr, Name: h.config.hostName(), Domain: h.config.InboundDomain,
		Judge: mail.NewJudge(nil, judgeTime), Take: h.takeMail, Log: h.log, Now: h.now, Trusted: h.config.InboundTrusted,
	}
	if h.slack > 0 { // one address does here what a crowd of strangers does
		o.PerHost, o.MaxPerHost = -1, -1
	}
	if h.config.InboundCert != "" {
		certificate, err := mail.LoadTLS(h.config.InboundCert, h.config.InboundKey)
		if err != nil {
			return nil, fmt.Errorf("read INBOUND_TLS_CERT: %w", err)
		}
		o.TLS = certificate
	}
	door, err := mail.OpenDoor(o)
	if err != nil {
		return nil, fmt.Errorf("open INBOUND_SMTP_ADDR: %w", err)
	}
	return door, nil
}

// doorAddress is where mail is taken, empty where none is.
func (h *house) doorAddress() string {
	if h.door == nil {
		return ""
	}
	return h.door.Addr().String()
}

// takeMail keeps a mail; who hands it over hears "taken" only when it is written down.
func (h *house) takeMail(ctx context.Context, a mail.Arrival) error {
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	_, err := h.desk.KeepMail(ctx, chat.Arrival{
		Door: "smtp", DoorID: fingerprint(a), From: a.From, To: a.To, Raw: a.Raw,
		Verdict: chat.Verdict{SPF: a.Verdict.SPF, DKIM: a.Verdict.DKIM, DMARC: a.Verdict.DMARC, Forged: a.Verdict.Forged(), Proven: a.Verdict.Proven()},
	})
	return err
}

// fingerprint is the same for a mail that is handed over again, because the sender did not hear our answer. What the door
// wrote above it, which ends with its own Received header, is left out.
func fingerprint(a mail.Arrival) string {
	raw := a.Raw
	if at := bytes.Index(raw, []byte("\r\nReceived:")); at >= 0 {
		raw = raw[at+2:]
		for {
			line, rest, found := bytes.Cut(raw, []byte("\r\n"))
			if raw = rest; !found || len(rest) == 0 || rest[0] != '\t' || len(line) == 0 {
				break
			}
		}
	}
	sum := sha256.New()
	for _, part := range append([]string{a.From}, slices.Sorted(slices.Values(a.To))...) {
		sum.Write([]byte(part + "\x00"))
	}
	sum.Write(raw)
	return hex.EncodeToString(sum.Sum(nil))
}

// reconcile compares what the provider holds with what has come: far back at first, since we may have been away.
func (h *house) reconcile() func(context.Context) error {
	pages := deepPages
	return func(ctx context.Context) error {
		err := h.desk.Reconcile(ctx, pages)
		if err == nil {
			pages = usualPages
		}
		return err
	}
}

// sweepFiles forgets files that no message carries, mails that nobody needs, and bytes that no row tells of.
func (h *house) sweepFiles(ctx context.Context) error {
	_, swept := h.blobs.Sweep(ctx, time.Now().Add(-unfinished))
	return errors.Join(h.desk.SweepUploads(ctx), h.desk.ForgetMails(ctx), swept)
}

// resendInbox is the mail that Resend receives for us.
type resendInbox struct {
	inbox  *mail.ResendInbox
	domain string // INBOUND_DOMAIN: an account may receive for others too
}

// Fetch gives one mail.
func (r resendInbox) Fetch(ctx context.Context, id string) (chat.Arrival, error) {
	received, err := r.inbox.Received(ctx, id)
	var failure *mail.Failure
	if errors.As(err, &failure) && failure.Status == 404 {
		return chat.Arrival{}, chat.Refuse(chat.Missing, "error.missing")
	}
	if err != nil {
		return chat.Arrival{}, fmt.Errorf("fetch from Resend: %w", err)
	}
	to := r.ours(received.To)
	if len(to) == 0 {
		return chat.Arrival{}, chat.Refuse(chat.Forbidden, "error.forbidden")
	}
	// Resend is the first hop, and tells nothing of what it has judged but in the mail's own headers, which anybody writes.
	return chat.Arrival{From: received.From, To: to, Raw: received.Raw}, nil
}

// Newest lists the mails behind one.
func (r resendInbox) Newest(ctx context.Context, behind string, limit int) (ids []string, more bool, err error) {
	heads, more, err := r.inbox.List(ctx, behind, limit)
	if err != nil {
		return nil, false, fmt.Errorf("list what Resend has received: %w", err)
	}
	for _, head := range heads {
		ids = append(ids, head.ID)
	}
	return ids, more, nil
}

// ours are those of the addresses that are at our domain, bare: a provider may tell them with names, and the domain in
// another writing than we do.
func (r resendInbox) ours(addresses []string) []string {
	var found []string
	for _, address := range addresses {
		if named, err := netmail.ParseAddress(address); err == nil {
			address = named.Address
		}
		address = strings.Trim(strings.TrimSpace(address), "<>")
		if at := strings.LastIndexByte(address, '@'); at >= 0 && strings.EqualFold(asciiDomain(address[at+1:]), asciiDomain(r.domain)) {
			found = append(found, address)
		}
	}
	return found
}

// asciiDomain is a domain as DNS has it; what IDNA refuses stays as it is.
func asciiDomain(domain string) string {
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}
