package doctor_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/locales"
	"rejoin/mail"
)

func refusal() error {
	return &mail.Failure{Status: 403, Code: "validation_error", Detail: "The shop.example domain is not verified"}
}

func silence() error {
	return &mail.Failure{Temporary: true, Code: "timeout", Detail: "no answer in time"}
}

// cases are every way in which a line can come out: what is changed of the healthy world, and the line then.
func cases() []struct {
	want   string
	change func(w *world)
} {
	resend := func(change func(w *world)) func(w *world) {
		return func(w *world) {
			w.byResend()
			if change != nil {
				change(w)
			}
		}
	}
	txt := func(name string, records ...string) func(w *world) {
		return func(w *world) { w.zone.txt[name] = records }
	}
	broken := func(name string) func(w *world) { return func(w *world) { w.zone.broken[name] = true } }
	fails := func(err error) func(w *world) {
		return func(w *world) { w.patient.Verify = func(context.Context) error { return err } }
	}
	verdict := func(spf, dkim, dmarc string) func(w *world) {
		return func(w *world) { w.trip.verdict = chat.Verdict{SPF: spf, DKIM: dkim, DMARC: dmarc} }
	}
	ends := func(left time.Duration) func(w *world) { return func(w *world) { w.until = noon().Add(left) } }
	database := func(ahead time.Duration) func(w *world) {
		return func(w *world) {
			w.options.DatabaseNow = func(context.Context) (time.Time, error) { return noon().Add(ahead), nil }
		}
	}
	ago := func(age time.Duration) *time.Time { at := noon().Add(-age); return &at }
	return []struct {
		want   string
		change func(w *world)
	}{
		{"way ok ok", nil},
		{"way mailbox none", (*world).demo},
		{"way unreachable bad", fails(silence())},
		{"way unreachable bad", fails(&net.OpError{Op: "dial", Err: errors.New("refused")})},
		{"way refused bad", fails(refusal())},
		{"way refused bad", resend(fails(refusal()))},
		{"way refused_own bad", func(w *world) { fails(errors.New("535 no"))(w); w.patient.Way = doctor.OwnSMTP }},

		{"spf ok ok", nil},
		{"spf ok ok", resend(nil)},
		{"spf ok ok", resend(func(w *world) { // by an include of an include, and at another return path
			w.zone.txt["send.shop.example"] = nil
			w.zone.txt["bounce.shop.example"] = []string{"v=spf1 include:all.shop.example ~all"}
			w.zone.txt["all.shop.example"] = []string{"V=SPF1 INCLUDE:AmazonSES.com -all"}
			w.patient.Records = []doctor.Record{{Name: "bounce.shop.example", Type: "TXT", Value: "v=spf1 include:amazonses.com ~all"}}
		})},
		{"spf demo none", (*world).demo},
		{"spf dns warn", broken("shop.example")},
		{"spf dns warn", resend(broken("amazonses.com"))},
		{"spf missing bad", txt("shop.example", "v=spf10 nothing")},
		{"spf missing bad", resend(func(w *world) { delete(w.zone.txt, "send.shop.example") })},
		{"spf several bad", txt("shop.example", "v=spf1 mx -all", "v=spf1 ip4:192.0.2.25 ~all")},
		{"spf broken bad", txt("shop.example", "v=spf1 ip4:192.0.2.256 ~all")},
		{"spf broken bad", txt("shop.example", "v=spf1 include:gone.example ~all")},
		{"spf broken bad", txt("shop.example", "v=spf1 permit:everything ~all")},
		{"spf lookups bad", txt("shop.example", "v=spf1 ip4:192.0.2.25 "+strings.Repeat("a mx ", 5)+"exists:x.example ~all")},
		{"spf ok ok", txt("shop.example", "v=spf1 ip4:192.0.2.25 a:mail.shop.example "+strings.Repeat("a mx ", 4)+"exists:x.example ~all")},
		{"spf open warn", txt("shop.example", "v=spf1 +all")},
		{"spf unlisted bad", resend(txt("send.shop.example", "v=spf1 ip4:192.0.2.1 ~all"))},
		{"spf host_unlisted warn", txt("shop.example", "v=spf1 ip4:192.0.2.99 ~all")},
		{"spf unseen ok", func(w *world) { w.patient.SMTPHost = "127.0.0.1" }},
		{"spf unseen ok", func(w *world) { w.patient.SMTPHost = "unknown.example" }},

		{"dkim ok ok", nil},
		{"dkim ok ok", txt("s1._domainkey.shop.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")},
		{"dkim ok ok", func(w *world) { w.patient.DKIMSelectors = []string{"old", "s1"} }},
		{"dkim ok ok", resend(nil)},
		{"dkim demo none", (*world).demo},
		{"dkim unknown none", func(w *world) { w.patient.DKIMSelectors = nil }},
		{"dkim dns warn", broken("s1._domainkey.shop.example")},
		{"dkim missing bad", func(w *world) { w.patient.DKIMSelectors = []string{"gone"} }},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; p="+rsaKey(2048), "v=DKIM1; p="+rsaKey(2048))},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; k=rsa; p=MIIB…")},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM2; p="+rsaKey(2048))},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; k=rsa")},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; k=dsa; p=AAAA")},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; k=ed25519; p=AAAA")},
		{"dkim broken bad", txt("s1._domainkey.shop.example", "v=DKIM1; p=AAAA")},
		{"dkim revoked bad", txt("s1._domainkey.shop.example", "v=DKIM1; p=")},
		{"dkim short bad", txt("s1._domainkey.shop.example", "v=DKIM1; p="+rsaKey(768))},

		{"dmarc ok ok", nil},
		{"dmarc ok ok", resend(nil)},
		{"dmarc demo none", (*world).demo},
		{"dmarc dns warn", broken("_dmarc.shop.example")},
		{"dmarc missing bad", txt("_dmarc.shop.example", "v=spf1 -all")},
		{"dmarc broken bad", txt("_dmarc.shop.example", "v=DMARC1; p=perhaps")},
		{"dmarc broken bad", txt("_dmarc.shop.example", "v=DMARC1; p=none", "v=DMARC1; p=reject")},
		{"dmarc watch ok", txt("_dmarc.shop.example", "v=DMARC1; p=none")},
		{"dmarc strict warn", resend(txt("_dmarc.shop.example", "v=DMARC1; p=reject; aspf=s"))},
		{"dmarc ok ok", resend(txt("_dmarc.shop.example", "v=DMARC1; p=reject; adkim=s"))},
		{"dmarc ok ok", txt("_dmarc.shop.example", "v=DMARC1; p=reject; aspf=s")}, // bounces go to From's own domain
		{"dmarc unaligned bad", resend(func(w *world) {
			w.zone.txt["_dmarc.shop.example"] = []string{"v=DMARC1; p=reject; aspf=s"}
			w.zone.txt["resend._domainkey.shop.example"] = nil
		})},
		{"dmarc unaligned bad", func(w *world) {
			w.zone.txt["shop.example"], w.zone.txt["s1._domainkey.shop.example"] = nil, nil
		}},
		{"dmarc watch ok", func(w *world) { // the registered domain's policy for those below it
			w.patient.From.Email = "chat@mail.shop.example"
			w.zone.txt["mail.shop.example"] = w.zone.txt["shop.example"]
			w.zone.txt["s1._domainkey.mail.shop.example"] = w.zone.txt["s1._domainkey.shop.example"]
			w.zone.txt["_dmarc.shop.example"] = []string{"v=DMARC1; p=reject; sp=none"}
		}},

		{"inbound ok ok", nil},
		{"inbound ok ok", func(w *world) { // another name of the same machine
			w.zone.mx["reply.shop.example"] = []*net.MX{{Host: "mx.shop.example.", Pref: 1}}
			w.zone.hosts["mx.shop.example"] = "203.0.113.5"
		}},
		{"inbound ok ok", resend(func(w *world) {
			w.patient.InboundDoor = doctor.ResendDoor
			w.zone.mx["reply.shop.example"] = []*net.MX{{Host: "inbound-smtp.eu-west-1.amazonaws.com.", Pref: 10}}
		})},
		{"inbound none none", func(w *world) { w.patient.InboundDomain, w.patient.InboundDoor = "", "" }},
		{"inbound demo none", (*world).demo},
		{"inbound dns warn", broken("reply.shop.example")},
		{"inbound missing bad", func(w *world) { delete(w.zone.mx, "reply.shop.example") }},
		{"inbound missing bad", func(w *world) { w.zone.mx["reply.shop.example"] = []*net.MX{{Host: "."}} }},
		{"inbound elsewhere bad", func(w *world) { w.zone.mx["reply.shop.example"] = []*net.MX{{Host: "backup.example."}} }},
		{"inbound elsewhere bad", resend(func(w *world) { w.patient.InboundDoor = doctor.ResendDoor })},

		{"door ok ok", nil},
		{"door ok ok", func(w *world) { w.patient.InboundGreeting = "chat.shop.example ESMTP Service Ready" }},
		{"door ok ok", func(w *world) { delete(w.zone.mx, "reply.shop.example") }}, // that is the line above
		{"door none none", func(w *world) { w.patient.InboundDomain, w.patient.InboundDoor = "", "" }},
		{"door resend none", resend(func(w *world) { w.patient.InboundDoor = doctor.ResendDoor })},
		{"door shut bad", func(w *world) { w.lost["127.0.0.1:25"] = true }},
		{"door stranger warn", func(w *world) { w.patient.InboundGreeting = "chat.shop.example ESMTP Postfix" }},
		{"door stranger warn", func(w *world) { // at home already
			w.demo()
			w.patient.InboundDomain, w.patient.InboundGreeting = "chat.shop.example", "another"
		}},
		{"door local ok", func(w *world) { w.demo(); w.patient.InboundDomain = "chat.shop.example" }},
		{"door unreached warn", func(w *world) { w.lost["chat.shop.example:25"] = true }},
		{"door clear warn", func(w *world) { w.doorTLS = false }},

		{"link ok ok", nil},
		{"link private warn", (*world).demo},
		{"link private bad", func(w *world) { w.patient.BaseURL = "https://192.168.0.5" }},
		{"link private bad", func(w *world) { w.patient.BaseURL = "https://100.64.3.2" }},
		{"link private bad", func(w *world) { w.patient.BaseURL = "http://[::1]:8080" }},
		{"link private bad", func(w *world) { w.patient.BaseURL = "https://chat.localhost" }},
		{"link plain bad", func(w *world) { w.patient.BaseURL = "http://chat.shop.example" }},
		{"link unresolved bad", func(w *world) { delete(w.zone.hosts, "chat.shop.example") }},
		{"link unreachable bad", func(w *world) { w.lost["chat.shop.example:443"] = true }},
		{"link moved bad", func(w *world) {
			w.web = func(out http.ResponseWriter, in *http.Request) {
				http.Redirect(out, in, "https://www.shop.example"+in.URL.String(), http.StatusMovedPermanently)
			}
		}},
		{"link stranger bad", func(w *world) { w.pong = func(nonce string) string { return doctor.Pong("another key", nonce) } }},
		{"link stranger bad", func(w *world) { w.web = http.NotFound }},
		{"link inside warn", func(w *world) { w.zone.hosts["chat.shop.example"] = "10.0.0.5" }},

		{"certificate ok ok", ends(14*24*time.Hour + time.Minute)},
		{"certificate ending warn", ends(13 * 24 * time.Hour)},
		{"certificate ending bad", ends(2 * 24 * time.Hour)},
		{"certificate invalid bad", ends(-time.Hour)},
		{"certificate invalid bad", func(w *world) { w.names = []string{"other.example"} }},
		{"certificate plain none", func(w *world) { w.patient.BaseURL = "http://chat.shop.example" }},
		{"certificate unseen none", func(w *world) { w.lost["chat.shop.example:443"] = true }},

		{"clock ok ok", nil},
		{"clock ok ok", database(time.Minute)},
		{"clock behind warn", database(61 * time.Second)},
		{"clock behind bad", database(301 * time.Second)},
		{"clock ahead warn", database(-4 * time.Minute)},
		{"clock ahead bad", database(-time.Hour)},
		{"clock behind bad", resend(func(w *world) { w.patient.ProviderURL, w.date = "https://api.resend.example/", noon().Add(time.Hour) })},
		{"clock unknown none", func(w *world) {
			w.date = time.Time{}
			w.options.DatabaseNow = func(context.Context) (time.Time, error) { return noon(), errors.New("away") }
		}},

		{"webhook unneeded none", nil},
		{"webhook ok ok", resend(nil)},
		{"webhook ok ok", resend(func(w *world) { w.patient.LastSentAt, w.patient.LastWebhookAt = ago(time.Minute), ago(time.Hour) })},
		{"webhook unset bad", resend(func(w *world) { w.patient.Webhook = false })},
		{"webhook fresh none", resend(func(w *world) { w.patient.LastSentAt, w.patient.LastWebhookAt = nil, nil })},
		{"webhook fresh none", resend(func(w *world) { w.patient.LastWebhookAt = nil })},
		{"webhook silent warn", resend(func(w *world) { w.patient.LastSentAt, w.patient.LastWebhookAt = ago(time.Hour), nil })},
		{"webhook silent warn", resend(func(w *world) { w.patient.LastSentAt, w.patient.LastWebhookAt = ago(time.Hour), ago(2*time.Hour) })},

		{"trip_out ok ok", nil},
		{"trip_out untried none", func(w *world) { w.patient.Trip = nil }},
		{"trip_out unreachable bad", func(w *world) { w.trip.sendErr = silence() }},
		{"trip_out unreachable bad", func(w *world) { w.trip.sendErr = context.DeadlineExceeded }},
		{"trip_out refused bad", func(w *world) { w.trip.sendErr = refusal() }},
		{"trip_out deferred bad", func(w *world) {
			w.trip.sendErr = &mail.Failure{Temporary: true, Status: 451, Code: "deferred", Detail: "451 4.7.1 greylisted"}
		}},

		{"trip_back ok ok", nil},
		{"trip_back unsent none", func(w *world) { w.trip.sendErr = refusal() }},
		{"trip_back doorless none", func(w *world) { w.patient.InboundDoor = "" }},
		{"trip_back lost bad", func(w *world) { w.trip.back, w.options.TripTime = 0, 20*time.Millisecond }},
		{"trip_back failed bad", func(w *world) { w.trip.askErr, w.options.TripTime = errors.New("no database"), 20*time.Millisecond }},

		{"verdict ok ok", nil},
		{"verdict unsent none", func(w *world) { w.patient.Trip = nil }},
		{"verdict unknown none", verdict("", "", "")},
		{"verdict partly warn", verdict("softfail", "pass", "pass")},
		{"verdict partly warn", verdict("pass", "", "none")},
		{"verdict fail bad", verdict("fail", "none", "fail")},
		{"verdict fail bad", verdict("none", "none", "none")},
	}
}

func TestEveryOutcomeIsFoundAndSaid(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range cases() {
		t.Run(one.want, func(t *testing.T) {
			w := newWorld()
			if one.change != nil {
				one.change(w)
			}
			check, _, _ := strings.Cut(one.want, " ")
			f := lineOf(t, w.examine(t, nil), check)
			if said(f) != one.want {
				t.Fatalf("found %s %v, want %s", said(f), f.Values, one.want)
			}
			seen["doctor."+f.Check+"."+f.Outcome] = true
			for _, tag := range locales.Shipped() {
				l := locales.For(tag)
				sentence, advice := doctor.Sentence(l, f), doctor.Advice(l, f)
				if strings.Contains(sentence+advice, "<no value>") || strings.HasPrefix(sentence, "doctor.") || strings.HasPrefix(advice, "doctor.") {
					t.Errorf("%s says %q and %q", tag, sentence, advice)
				}
				isWrong := f.State == chat.FindingBad || f.State == chat.FindingWarn
				if isWrong && advice == "" || f.State == chat.FindingOK && advice != "" {
					t.Errorf("%s advises %q about %s", tag, advice, said(f))
				}
			}
		})
	}
	for key := range doctor.Sentences() {
		if !seen[key] {
			t.Errorf("nothing came out as %s", key)
		}
	}
}

func TestAHealthyInstallationIsGreenAndAnyRedLineIsNot(t *testing.T) {
	findings := newWorld().examine(t, nil)
	for _, f := range findings {
		if f.State != chat.FindingOK && said(f) != "webhook unneeded none" {
			t.Errorf("%s: %s", said(f), doctor.Sentence(locales.For("en"), f))
		}
	}
	if !doctor.Healthy(findings) {
		t.Error("it is not healthy")
	}
	w := newWorld()
	w.zone.mx = nil
	if doctor.Healthy(w.examine(t, nil)) {
		t.Error("without an MX record it is healthy")
	}
}

func TestEveryLineIsReportedWhenItBeginsAndWhenItEnds(t *testing.T) {
	var began, ended []string
	busy := make(chan struct{}, 1)
	findings := newWorld().examine(t, func(f chat.Finding) {
		select {
		case busy <- struct{}{}:
		default:
			t.Error("two reports at a time")
		}
		if f.State == chat.FindingWait {
			began = append(began, f.Check)
		} else {
			ended = append(ended, f.Check)
		}
		<-busy
	})
	if !slices.Equal(began, chat.Checks()) {
		t.Errorf("began %v", began)
	}
	order := func(check string) int { return slices.Index(ended, check) }
	if order("trip_out") > order("trip_back") || order("trip_back") > order("verdict") {
		t.Errorf("the trip ended as %v", ended)
	}
	slices.Sort(ended)
	all := slices.Sorted(slices.Values(chat.Checks()))
	if !slices.Equal(ended, all) {
		t.Errorf("ended %v", ended)
	}
	for i, f := range findings {
		if f.Check != chat.Checks()[i] {
			t.Errorf("line %d is %s", i, f.Check)
		}
	}
}

func TestAHangingDNSEndsInTime(t *testing.T) {
	w := newWorld()
	w.zone.hangs, w.options.CheckTime = true, 30*time.Millisecond
	began := time.Now()
	findings := w.examine(t, nil)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, check := range []string{"spf dns warn", "dkim dns warn", "dmarc dns warn", "inbound dns warn"} {
		name, _, _ := strings.Cut(check, " ")
		if got := said(lineOf(t, findings, name)); got != check {
			t.Errorf("found %s, want %s", got, check)
		}
	}
}

func TestServersThatNeverAnswerAreLeftInTime(t *testing.T) {
	w := newWorld()
	stop := make(chan struct{})
	defer close(stop)
	w.web = func(_ http.ResponseWriter, in *http.Request) {
		select {
		case <-in.Context().Done():
		case <-stop:
		}
	}
	w.patient.Verify = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	w.options.CheckTime = 60 * time.Millisecond
	findings := w.examine(t, nil)
	for _, want := range []string{"way unreachable bad", "link unreachable bad", "certificate unseen none"} {
		name, _, _ := strings.Cut(want, " ")
		if got := said(lineOf(t, findings, name)); got != want {
			t.Errorf("found %s, want %s", got, want)
		}
	}
}
