package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"log" //nolint:depguard // what net/http asks for
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/mail"
)

func noon() time.Time { return time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC) }

// zone is a DNS of our own; a name of none of its maps is not found.
type zone struct {
	txt    map[string][]string
	mx     map[string][]*net.MX
	hosts  map[string]string
	broken map[string]bool // names whose server fails
	hangs  bool            // no answer to anything, ever
}

func (z *zone) answer(ctx context.Context, name string, found bool) error {
	switch {
	case z.hangs:
		<-ctx.Done()
		return &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
	case z.broken[name]:
		return &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	case !found:
		return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return nil
}

func (z *zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if err := z.answer(ctx, name, z.txt[name] != nil); err != nil {
		return nil, err
	}
	return z.txt[name], nil
}

func (z *zone) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	if err := z.answer(ctx, name, z.mx[name] != nil); err != nil {
		return nil, err
	}
	return z.mx[name], nil
}

func (z *zone) LookupIPAddr(ctx context.Context, name string) ([]net.IPAddr, error) {
	if err := z.answer(ctx, name, z.hosts[name] != ""); err != nil {
		return nil, err
	}
	return []net.IPAddr{{IP: net.ParseIP(z.hosts[name])}}, nil
}

func (z *zone) LookupAddr(ctx context.Context, name string) ([]string, error) {
	return nil, z.answer(ctx, name, false)
}

// world is a healthy installation by a mail server of the operator's, with its own door; tests break one thing of it.
type world struct {
	zone    *zone
	patient doctor.Patient
	options doctor.Options
	door    *mail.Door
	trip    *trip
	web     http.HandlerFunc // before the answer to a ping
	pong    func(nonce string) string
	until   time.Time // end of the certificate
	names   []string  // of the certificate
	lost    map[string]bool
	doorTLS bool
	date    time.Time // of the web server
}

const pingKey = "ping key"

func newWorld() *world {
	w := &world{
		zone: &zone{
			txt: map[string][]string{
				"shop.example":                   {"google-site-verification=x", "v=spf1 ip4:192.0.2.25 ~all"},
				"send.shop.example":              {"v=spf1 include:amazonses.com ~all"},
				"amazonses.com":                  {"v=spf1 ip4:199.255.192.0/22 ip4:199.127.232.0/22 -all"},
				"resend._domainkey.shop.example": {"p=" + rsaKey(2048)},
				"s1._domainkey.shop.example":     {"v=DKIM1; k=rsa; p=" + rsaKey(2048)},
				"_dmarc.shop.example":            {"v=DMARC1; p=quarantine; rua=mailto:d@shop.example"},
			},
			mx:     map[string][]*net.MX{"reply.shop.example": {{Host: "backup.example.", Pref: 20}, {Host: "chat.shop.example.", Pref: 10}}},
			hosts:  map[string]string{"chat.shop.example": "203.0.113.5", "mail.shop.example": "192.0.2.25", "backup.example": "198.51.100.9"},
			broken: map[string]bool{},
		},
		trip:    &trip{back: 2, verdict: chat.Verdict{SPF: "pass", DKIM: "pass", DMARC: "pass"}},
		pong:    func(nonce string) string { return doctor.Pong(pingKey, nonce) },
		until:   noon().AddDate(0, 2, 0),
		names:   []string{"chat.shop.example"},
		lost:    map[string]bool{},
		doorTLS: true,
		date:    noon(),
	}
	w.patient = doctor.Patient{
		BaseURL: "https://chat.shop.example", Ping: pingKey, From: mail.Address{Email: "chat@shop.example"},
		Way: doctor.SMTP, SMTPHost: "mail.shop.example", Verify: func(context.Context) error { return nil },
		InboundDomain: "reply.shop.example", InboundDoor: doctor.SMTPDoor, InboundAddr: "0.0.0.0:25", DKIMSelectors: []string{"s1"},
		Trip: w.trip,
	}
	w.options = doctor.Options{
		Now: noon, DatabaseNow: func(context.Context) (time.Time, error) { return noon().Add(2 * time.Second), nil },
		CheckTime: 5 * time.Second, TripTime: 5 * time.Second, Poll: time.Millisecond,
	}
	return w
}

// byResend makes the way Resend's.
func (w *world) byResend() {
	at := noon().Add(-time.Minute)
	w.patient.Way, w.patient.SMTPHost, w.patient.DKIMSelectors = doctor.Resend, "", nil
	w.patient.Webhook, w.patient.LastWebhookAt, w.patient.LastSentAt = true, &at, &at
}

// demo makes it one whose emails stay on the machine.
func (w *world) demo() {
	w.patient.Way, w.patient.SMTPHost, w.patient.Verify, w.patient.BaseURL = doctor.Mailbox, "", nil, "http://127.0.0.1:8080"
}

// examine opens the servers and looks.
func (w *world) examine(t *testing.T, report func(chat.Finding)) []chat.Finding {
	t.Helper()
	issuer := newIssuer(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(w.serve))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{issuer.issue(t, w.until, w.names...)}}
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	t.Cleanup(server.Close)
	w.openDoor(t, issuer)
	w.options.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if w.lost[address] {
			return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError("no route")}
		}
		return (&net.Dialer{}).DialContext(ctx, network, w.door.Addr().String())
	}
	if w.options.HTTP == nil {
		w.options.HTTP = &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if w.lost[address] {
					return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError("no route")}
				}
				return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
			},
			TLSClientConfig: &tls.Config{RootCAs: issuer.roots, Time: noon},
		}}
	}
	w.options.Resolver = w.zone
	return doctor.New(w.options).Examine(t.Context(), w.patient, report)
}

func (w *world) serve(out http.ResponseWriter, in *http.Request) {
	if !w.date.IsZero() {
		out.Header().Set("Date", w.date.Format(http.TimeFormat))
	} else {
		out.Header()["Date"] = nil
	}
	switch {
	case w.web != nil:
		w.web(out, in)
	case in.URL.Path == doctor.PingPath:
		_, _ = out.Write([]byte(w.pong(in.URL.Query().Get("nonce")))) // the client sees what came
	}
}

func (w *world) openDoor(t *testing.T, issuer *issuer) {
	t.Helper()
	options := mail.DoorOptions{
		Addr: "127.0.0.1:0", Domain: "reply.shop.example", Name: "chat.shop.example",
		Take: func(context.Context, mail.Arrival) error { return nil },
	}
	if w.doorTLS {
		options.TLS = &tls.Config{Certificates: []tls.Certificate{issuer.issue(t, w.until, "chat.shop.example")}}
	}
	if w.door != nil {
		return
	}
	var err error
	if w.door, err = mail.OpenDoor(options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.door.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// trip is a test email that comes back with the answer to the question numbered back.
type trip struct {
	sendErr, askErr error
	back, asked     int // back 0 = never
	verdict         chat.Verdict
}

func (t *trip) Send(context.Context) (string, error) { return "key", t.sendErr }

func (t *trip) Arrived(_ context.Context, key string) (time.Time, chat.Verdict, bool, error) {
	t.asked++
	if t.askErr != nil || key != "key" || t.back == 0 || t.asked < t.back {
		return time.Time{}, chat.Verdict{}, false, t.askErr
	}
	return noon().Add(1200 * time.Millisecond), t.verdict, true, nil
}

// issuer signs certificates that the world trusts.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	roots       *x509.CertPool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tests"}, NotBefore: noon().AddDate(-1, 0, 0), NotAfter: noon().AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &issuer{certificate, key, roots}
}

func (i *issuer) issue(t *testing.T, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: names, NotBefore: noon().AddDate(0, -1, 0), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, i.certificate, &key.PublicKey, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// rsaKey has the form of a public key of that many bits, as DNS carries it; nobody could sign with it.
func rsaKey(bits int) string {
	modulus := new(big.Int).SetBit(big.NewInt(1), bits-1, 1)
	raw := x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: modulus, E: 65537})
	return base64.StdEncoding.EncodeToString(raw)
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func lineOf(t *testing.T, findings []chat.Finding, check string) chat.Finding {
	t.Helper()
	for _, f := range findings {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("there is no line %q", check)
	return chat.Finding{}
}

func said(f chat.Finding) string {
	return strings.Join([]string{f.Check, f.Outcome, string(f.State)}, " ")
}
