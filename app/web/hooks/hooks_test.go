package hooks_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/app/web/hooks"
	"rejoin/mail/resendtest"
)

// facts of Svix's own vector.
const (
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorBody      = `{"test": 2432232314}`
	vectorStamp     = "1614265330"
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func vectorAt() time.Time { return time.Unix(1614265330, 0) }

// desk remembers what it was given.
type desk struct {
	mu            sync.Mutex
	kept          []chat.WebhookEvent
	settled       int
	lost, failing bool
}

func (d *desk) KeepEvent(_ context.Context, e *chat.WebhookEvent) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost {
		return false, errors.New("the database is away")
	}
	for _, known := range d.kept {
		if known.ID == e.ID {
			return false, nil
		}
	}
	d.kept = append(d.kept, *e)
	return true, nil
}

func (d *desk) SettleEvent(context.Context, *chat.WebhookEvent) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settled++
	if d.failing {
		return errors.New("a deadlock")
	}
	return nil
}

// house is the room behind the real router.
type house struct {
	*testing.T
	desk *desk
	http *httptest.Server
	now  time.Time
}

func newHouse(t *testing.T, secret string) *house {
	t.Helper()
	h := &house{T: t, desk: &desk{}, now: vectorAt()}
	log := slog.New(slog.DiscardHandler)
	now := func() time.Time { return h.now }
	s := web.NewServer(web.Options{BaseURL: "https://chat.example", Log: log, Now: now})
	o := hooks.Options{Desk: h.desk, Log: log, Now: now}
	if secret != "" {
		read, err := hooks.ReadSecret(secret)
		if err != nil {
			t.Fatal(err)
		}
		o.Resend = read
	}
	hooks.Routes(s, o)
	handler, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(handler)
	t.Cleanup(h.http.Close)
	return h
}

// post tells a body with headers and expects a status.
func (h *house) post(want int, body string, headers ...string) {
	h.Helper()
	header := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	status, err := resendtest.Webhook{Body: []byte(body)}.PostWith(h.Context(), h.http.Client(), h.http.URL+"/hooks/resend", header)
	if err != nil {
		h.Fatal(err)
	}
	if status != want {
		h.Errorf("%q answers %d, want %d", headers, status, want)
	}
}

func (h *house) vector(want int, change ...string) {
	h.Helper()
	h.post(want, vectorBody, append([]string{"svix-id", vectorID, "svix-timestamp", vectorStamp, "svix-signature", vectorSignature}, change...)...)
}

func TestSvixsOwnVectorIsTaken(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	h.vector(200)
	if len(h.desk.kept) != 1 || h.desk.kept[0].ID != vectorID || h.desk.kept[0].Report != "" || string(h.desk.kept[0].Body) != vectorBody {
		t.Errorf("kept %+v", h.desk.kept)
	}
}

func TestOneOfSeveralSignaturesIsEnough(t *testing.T) {
	other := "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	for _, signatures := range []string{
		other + " " + vectorSignature, vectorSignature + " " + other, "v2,abc v1,??? " + vectorSignature, "v1a," + vectorSignature[3:] + " " + vectorSignature,
	} {
		newHouse(t, resendtest.WebhookSecret).vector(200, "svix-signature", signatures)
	}
}

func TestAForgedOrStaleWebhookLeavesNothing(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	for _, change := range [][]string{
		{"svix-id", "msg_another"}, {"svix-id", ""}, {"svix-timestamp", "1614265331"}, {"svix-timestamp", ""}, {"svix-timestamp", "x"},
		{"svix-signature", ""}, {"svix-signature", "v1,"}, {"svix-signature", "v2," + vectorSignature[3:]}, {"svix-signature", vectorSignature[3:]},
		{"svix-signature", strings.Repeat("v1,AAAA ", 100) + vectorSignature}, {"svix-id", strings.Repeat("x", 300)},
	} {
		h.vector(403, change...)
	}
	h.post(403, vectorBody+" ", "svix-id", vectorID, "svix-timestamp", vectorStamp, "svix-signature", vectorSignature)
	h.post(403, vectorBody)
	if len(h.desk.kept) != 0 {
		t.Errorf("kept %+v", h.desk.kept)
	}
	newHouse(t, "whsec_"+strings.Repeat("QUJD", 8)).vector(403) // another's secret
}

func TestASignatureHoldsFiveMinutesEitherWay(t *testing.T) {
	for off, want := range map[time.Duration]int{
		0: 200, 300 * time.Second: 200, -300 * time.Second: 200, 301 * time.Second: 403, -301 * time.Second: 403, 24 * time.Hour: 403,
	} {
		h := newHouse(t, resendtest.WebhookSecret)
		h.now = vectorAt().Add(off)
		h.vector(want)
	}
}

func TestWithoutASecretThereIsNoRoute(t *testing.T) {
	newHouse(t, "").vector(404)
}

func TestASecretThatIsNoneIsRefused(t *testing.T) {
	for _, secret := range []string{"", "whsec_", "whsec_!!", "whsec_QUJD", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		if _, err := hooks.ReadSecret(secret); err == nil {
			t.Errorf("%q is taken", secret)
		}
	}
}

func TestABodyBeyondTheLimitIsNotRead(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	h.post(413, strings.Repeat(" ", 300<<10), "svix-id", vectorID, "svix-timestamp", vectorStamp, "svix-signature", vectorSignature)
}

func TestWhoForgesOnAndOnIsToldToWait(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	for range 30 {
		h.vector(403, "svix-id", "msg_forged")
	}
	h.vector(429, "svix-id", "msg_forged")
	h.vector(200) // who signs is not kept waiting by those behind the same address
}

func TestARepetitionIsAnsweredAndNothingMore(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	h.vector(200)
	h.vector(200)
	if len(h.desk.kept) != 1 || h.desk.settled != 1 {
		t.Errorf("kept %d, settled %d", len(h.desk.kept), h.desk.settled)
	}
}

func TestOnlyWhatIsNotKeptMustBeToldAgain(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	h.desk.failing = true
	h.vector(200)
	h.desk.lost = true
	h.vector(500)
}

func TestEachOfResendsEventsIsSaidInOurWords(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	email := resendtest.Email{ID: "56761188-7520", To: []string{"Jo <Jo@Example.org>", "eve@example.org"}}
	type details = map[string]any
	for i, test := range []struct {
		kind    string
		details details
		report  chat.Report
		words   string
	}{
		{"email.sent", nil, chat.ReportSent, ""},
		{"email.delivered", nil, chat.ReportDelivered, ""},
		{"email.delivery_delayed", nil, chat.ReportDelayed, ""},
		{"email.opened", details{"open": details{"ipAddress": "192.0.2.9"}}, chat.ReportOpened, ""},
		{"email.clicked", details{"click": details{"link": "https://chat.example/r/1-secret"}}, chat.ReportClicked, ""},
		{"email.complained", nil, chat.ReportComplained, ""},
		{"email.bounced", resendtest.Bounce("Permanent", "no such\x00 mailbox"), chat.ReportBounced, "no such mailbox"},
		{"email.bounced", resendtest.Bounce("Transient", ""), chat.ReportReturned, "General"},
		{"email.bounced", resendtest.Bounce("Undetermined", "hm"), chat.ReportReturned, "hm"},
		{"email.bounced", details{}, chat.ReportReturned, ""},
		{"email.suppressed", details{"suppressed": details{"type": "OnAccountSuppressionList", "message": "on the list"}}, chat.ReportSuppressed, "on the list"},
		{"email.failed", details{"failed": details{"reason": "reached_daily_quota"}}, chat.ReportQuota, "reached_daily_quota"},
		{"email.failed", details{"failed": details{"reason": "invalid_attachment"}}, chat.ReportRefused, "invalid_attachment"},
		{"email.received", details{"to": []string{"reply+1-secret@in.example"}, "received_for": []string{"reply+1-secret@in.example"}}, chat.ReportReceived, ""},
		{"contact.created", nil, "", ""},
	} {
		id := "msg_" + string(rune('a'+i))
		status, err := resendtest.Told(id, test.kind, email, h.now, test.details).
			Post(t.Context(), h.http.Client(), h.http.URL+"/hooks/resend", resendtest.WebhookSecret)
		if err != nil || status != 200 {
			t.Fatalf("%s answers %d, %v", test.kind, status, err)
		}
		e := h.desk.kept[len(h.desk.kept)-1]
		if e.ID != id || e.Provider != "resend" || e.Kind != test.kind || e.Report != test.report || e.Words != test.words || e.ProviderID != email.ID {
			t.Errorf("%s is %+v", test.kind, e)
		}
		wanted := "jo@example.org eve@example.org"
		if test.report == chat.ReportReceived {
			wanted = ""
		}
		if strings.Join(e.Addresses, " ") != wanted {
			t.Errorf("%s went to %q", test.kind, e.Addresses)
		}
		for _, secret := range []string{"1-secret", "192.0.2.9"} {
			if strings.Contains(string(e.Body), secret) {
				t.Errorf("%s keeps %s", test.kind, e.Body)
			}
		}
		if !strings.Contains(string(e.Body), email.ID) {
			t.Errorf("%s is kept as %s", test.kind, e.Body)
		}
	}
}

func TestShapesThatNobodyHasPromisedDoNoHarm(t *testing.T) {
	h := newHouse(t, resendtest.WebhookSecret)
	for i, body := range []string{
		``, `null`, `[]`, `"x"`, `{`, `{"type":7}`, `{"type":"email.bounced"}`, `{"type":"email.bounced","data":null}`,
		`{"type":"email.bounced","data":{"email_id":["x"]}}`, `{"type":"email.sent","data":{"email_id":"x","to":{"a":1}}}`,
		`{"type":"email.clicked","data":{"click":7}}`, strings.Repeat("[", 10_000), "\xff\xfe",
	} {
		w := resendtest.Webhook{ID: "msg_" + string(rune('a'+i)), At: h.now, Body: []byte(body)}
		status, err := w.Post(t.Context(), h.http.Client(), h.http.URL+"/hooks/resend", resendtest.WebhookSecret)
		if err != nil || status != 200 {
			t.Errorf("%q answers %d, %v", body, status, err)
		}
	}
	if len(h.desk.kept) != 13 {
		t.Errorf("%d are kept", len(h.desk.kept))
	}
}
