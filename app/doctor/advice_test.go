package doctor_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/locales"
	"rejoin/mail"
)

func TestAdviceNamesTheRecordToCreate(t *testing.T) {
	txt := func(name string, records ...string) func(w *world) {
		return func(w *world) { w.zone.txt[name] = records }
	}
	resend := func(change func(w *world)) func(w *world) {
		return func(w *world) { w.byResend(); change(w) }
	}
	for _, one := range []struct {
		check, want string
		change      func(w *world)
	}{
		{"spf", "shop.example TXT v=spf1 a:mail.shop.example ~all", txt("shop.example", "nothing")},
		{"spf", "shop.example TXT v=spf1 ip4:198.51.100.7 ~all", func(w *world) { w.zone.txt["shop.example"], w.patient.SMTPHost = nil, "198.51.100.7" }},
		{"spf", "shop.example TXT v=spf1 a:chat.shop.example ~all", func(w *world) { w.zone.txt["shop.example"], w.patient.SMTPHost = nil, "127.0.0.1" }},
		{"spf", "send.shop.example TXT v=spf1 include:amazonses.com ~all", resend(txt("send.shop.example"))},
		{"spf", "send.shop.example TXT v=spf1 ip4:192.0.2.1 include:amazonses.com -all", resend(txt("send.shop.example", "v=spf1 ip4:192.0.2.1 -all"))},
		{"spf", "shop.example TXT v=spf1 mx include:x.example ip4:192.0.2.25 a:mail.shop.example ~all", txt("shop.example", "v=spf1 mx redirect=x.example", "v=spf1 +MX ip4:192.0.2.25 ~all")},
		{"spf", "shop.example TXT v=spf1 mx a:mail.shop.example ~all", txt("shop.example", "v=spf1 mx include:gone.example ~all")},
		{"spf", "shop.example TXT v=spf1 mx a:mail.shop.example ~all", func(w *world) { // the fault is in what is included
			w.zone.txt["shop.example"] = []string{"v=spf1 mx include:x.example ~all"}
			w.zone.txt["x.example"] = []string{"v=spf1 everybody -all"}
		}},
		{"spf", "shop.example TXT v=spf1 mx a:mail.shop.example ~all", txt("shop.example", "v=spf1 mx +all")},
		{"dkim", "s1._domainkey.shop.example TXT v=DKIM1; k=rsa; p=…", txt("s1._domainkey.shop.example")},
		{"dkim", "resend._domainkey.shop.example TXT p=MIGf", resend(func(w *world) {
			w.zone.txt["resend._domainkey.shop.example"] = nil
			w.patient.Records = []doctor.Record{{Name: "resend._domainkey.shop.example", Type: "TXT", Value: "p=MIGf"}}
		})},
		{"dmarc", "_dmarc.shop.example TXT v=DMARC1; p=none", txt("_dmarc.shop.example")},
		{"dmarc", "_dmarc.shop.example TXT v=DMARC1; p=none", func(w *world) { w.zone.txt["_dmarc.shop.example"], w.patient.From.Email = nil, "a@mail.shop.example" }},
		{"dmarc", "_dmarc.shop.example TXT v=DMARC1; p=reject; adkim=s", resend(txt("_dmarc.shop.example", "v=DMARC1;p=reject; aspf=s ;adkim=s;"))},
		{"inbound", "reply.shop.example MX 10 chat.shop.example", func(w *world) { w.zone.mx = nil }},
		{"inbound", "reply.shop.example MX 10 inbound-smtp.us-east-1.amazonaws.com", resend(func(w *world) { w.patient.InboundDoor = doctor.ResendDoor })},
		{"inbound", "reply.shop.example MX 7 inbound-smtp.eu-west-1.amazonaws.com", resend(func(w *world) {
			w.patient.InboundDoor = doctor.ResendDoor
			w.patient.Records = []doctor.Record{{Name: "reply.shop.example", Type: "MX", Value: "7 inbound-smtp.eu-west-1.amazonaws.com"}}
		})},
	} {
		w := newWorld()
		one.change(w)
		f := lineOf(t, w.examine(t, nil), one.check)
		if got := fmt.Sprintf("%s %s %s", f.Values["Name"], f.Values["Type"], f.Values["Value"]); got != one.want {
			t.Errorf("%s: create %q, not %q", said(f), got, one.want)
		}
		if advice := doctor.Advice(locales.For("en"), f); !strings.Contains(advice, f.Values["Value"]) || !strings.Contains(advice, f.Values["Name"]) {
			t.Errorf("%s advises %q", said(f), advice)
		}
	}
}

func TestAGoodLineNamesNoRecordToCreate(t *testing.T) {
	for _, f := range newWorld().examine(t, nil) {
		if f.Values["Type"] != "" {
			t.Errorf("%s has %v", said(f), f.Values)
		}
	}
}

func TestTheProvidersOwnWordsAreRepeated(t *testing.T) {
	w := newWorld()
	w.trip.sendErr = fmt.Errorf("send: %w", refusal())
	said := doctor.Sentence(locales.For("en"), lineOf(t, w.examine(t, nil), "trip_out"))
	if said != "mail.shop.example refused the test email: validation_error: The shop.example domain is not verified" {
		t.Errorf("it says %q", said)
	}
	w = newWorld()
	w.trip.sendErr = &mail.Failure{Status: 550, Code: "rejected", Detail: "550 5.7.1 relaying denied"}
	if got := lineOf(t, w.examine(t, nil), "trip_out").Values["Reason"]; got != "550 5.7.1 relaying denied" {
		t.Errorf("it says %q", got)
	}
}

func TestWhatStrangersAnswerCanNeitherSteerATerminalNorFillIt(t *testing.T) {
	w := newWorld()
	w.zone.txt["shop.example"] = []string{"v=spf1 \x1b[2Jclear\u202e\u0007\r\nx" + strings.Repeat("é", 5000) + " ~all"}
	f := lineOf(t, w.examine(t, nil), "spf")
	if f.Outcome != "broken" {
		t.Fatalf("found %s", said(f))
	}
	for name, value := range f.Values {
		if strings.ContainsAny(value, "\x1b\r\n\x07\u202e") || len([]rune(value)) > 500 {
			t.Errorf("%s is %q", name, value)
		}
	}
}

func TestTheNonceIsNeitherShownNorTheSameTwice(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	for range 2 {
		w := newWorld()
		w.pong = func(nonce string) string {
			mu.Lock()
			defer mu.Unlock()
			asked[nonce]++
			return doctor.Pong(pingKey, nonce)
		}
		w.examine(t, nil)
	}
	if len(asked) != 2 || asked[""] != 0 {
		t.Errorf("asked with %v", asked)
	}
	w := newWorld()
	w.lost["chat.shop.example:443"] = true
	if f := lineOf(t, w.examine(t, nil), "link"); strings.Contains(f.Values["Reason"], "nonce") {
		t.Errorf("it shows %q", f.Values["Reason"])
	}
	if doctor.Pong("a", "n") == doctor.Pong("b", "n") || doctor.Pong("a", "n") == doctor.Pong("a", "m") {
		t.Error("an answer fits another key or nonce")
	}
}

func TestARedirectIsNamedButNotFollowed(t *testing.T) {
	w := newWorld()
	followed := false
	w.web = func(out http.ResponseWriter, in *http.Request) {
		followed = followed || in.URL.Path == "/elsewhere"
		http.Redirect(out, in, "/elsewhere", http.StatusFound)
	}
	f := lineOf(t, w.examine(t, nil), "link")
	if f.Values["To"] != "https://chat.shop.example/elsewhere" || followed {
		t.Errorf("found %v, followed %v", f.Values, followed)
	}
}

func TestTheFindingsStandAlignedInATerminal(t *testing.T) {
	findings := []chat.Finding{
		{Check: "spf", State: chat.FindingOK, Outcome: "ok", Values: map[string]string{"Domain": "shop.example", "Way": "Resend"}},
		{Check: "link", State: chat.FindingBad, Outcome: "unresolved", Values: map[string]string{"Host": "chat.shop.example"}},
		{Check: "certificate", State: chat.FindingWarn, Outcome: "ending", Values: map[string]string{"Host": "chat.shop.example", "Until": "2026-05-06"}},
		{Check: "webhook", State: chat.FindingNone, Outcome: "unneeded"},
		{Check: "trip_out", State: chat.FindingWait},
	}
	for tag, want := range map[string]string{
		"en": `✓ SPF             shop.example lets Resend send.
✗ Links           DNS does not know chat.shop.example.
                  → Create a DNS record for chat.shop.example (type A or AAAA) with the address of this server, or correct BASE_URL.
! Certificate     The certificate of chat.shop.example ends on 2026-05-06.
                  → Renew it now, and look why it was not renewed by itself.
– Webhook         This way has no webhook: bounces come back as emails.
… Test email out  Being checked…
`,
		"ja": `✓ SPF                   shop.example は Resend の送信を許可しています。
✗ リンク                DNSに chat.shop.example がありません。
                        → chat.shop.example のDNSレコード（種類AまたはAAAA）をこのサーバーのアドレスで作成するか、BASE_URL を修正してください。
! 証明書                chat.shop.example の証明書は 2026-05-06 に期限が切れます。
                        → 今すぐ更新し、自動更新されなかった理由を調べてください。
– Webhook               この方法にはWebhookがありません。不達通知はメールで届きます。
… テストメール（送信）  確認中…
`,
	} {
		var out bytes.Buffer
		if err := doctor.Print(&out, locales.For(tag), findings); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s printed\n%s\nnot\n%s", tag, out.String(), want)
		}
	}
}

// realTrip sends by SMTP to a door of ours and looks for the Message-ID there.
type realTrip struct {
	sender *mail.SMTP
	mu     sync.Mutex
	came   map[string]mail.Arrival
}

func (r *realTrip) Send(ctx context.Context) (string, error) {
	const id = "<check.1@reply.shop.example>"
	_, err := r.sender.Send(ctx, mail.Message{
		Key: "check-1", MessageID: id, Date: noon(), From: mail.Address{Email: "chat@shop.example"},
		To: mail.Address{Email: "check@reply.shop.example"}, Subject: "Check", Text: "Check", HTML: "<p>Check</p>",
	})
	return id, err
}

func (r *realTrip) Arrived(_ context.Context, key string) (time.Time, chat.Verdict, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.came[key]
	return a.At, chat.Verdict{SPF: a.Verdict.SPF, DKIM: a.Verdict.DKIM, DMARC: a.Verdict.DMARC}, ok, nil
}

func (r *realTrip) take(_ context.Context, a mail.Arrival) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if bytes.Contains(a.Raw, []byte("<check.1@reply.shop.example>")) {
		r.came["<check.1@reply.shop.example>"] = a
	}
	return nil
}

func TestARealEmailGoesOutAndComesBackThroughTheDoor(t *testing.T) {
	w, r := newWorld(), &realTrip{came: map[string]mail.Arrival{}}
	var err error
	w.door, err = mail.OpenDoor(mail.DoorOptions{Addr: "127.0.0.1:0", Domain: "reply.shop.example", Name: "chat.shop.example", Take: r.take, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.door.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	server, err := mail.ParseSMTP("smtp://" + w.door.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r.sender = mail.NewSMTP(mail.SMTPOptions{Server: server})
	defer r.sender.Close()
	w.patient.Trip = r
	findings := w.examine(t, nil)
	for _, want := range []string{"trip_out ok ok", "trip_back ok ok", "verdict unknown none"} { // a mail of our own machine is not judged
		check, _, _ := strings.Cut(want, " ")
		if f := lineOf(t, findings, check); said(f) != want {
			t.Errorf("found %s %v", said(f), f.Values)
		}
	}
}
