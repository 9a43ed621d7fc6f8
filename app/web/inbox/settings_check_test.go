package inbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

// comeOut is a checkup that lets every line come out as well, but SPF and the links.
func comeOut(_ context.Context, _ *chat.Organization, a *chat.Agent, report func(chat.Finding)) error {
	for _, check := range chat.Checks() {
		report(chat.Finding{Check: check, State: chat.FindingWait})
		f := chat.Finding{Check: check, State: chat.FindingNone, Outcome: "unsent"}
		switch check {
		case "spf":
			f = chat.Finding{Check: check, State: chat.FindingBad, Outcome: "missing", Took: 1500 * time.Millisecond, Values: map[string]string{
				"Domain": "lune.example", "Way": "Resend", "Name": "send.lune.example", "Type": "TXT", "Value": "v=spf1 <include> ~all",
			}}
		case "link":
			f = chat.Finding{Check: check, State: chat.FindingOK, Outcome: "ok", Values: map[string]string{"URL": "https://" + a.Email}}
		case "verdict", "trip_back":
		default:
			continue
		}
		report(f)
	}
	return nil
}

func TestACheckShowsEachLineAsItComesAndWhatToDo(t *testing.T) {
	h := newHouse(t)
	h.serveChecking(comeOut)
	h.admin.sees("/settings/email/check").ok().has(".check button", "Check now")
	stream := h.admin.post("/settings/email/check", nil, "HX-Request", "true").wants(http.StatusOK)
	if got := stream.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("it answers with %s", got)
	}
	parts := strings.Split(strings.TrimSpace(strings.ReplaceAll(stream.body, "data: ", "")), "\n\n\n")
	if n := strings.Count(stream.body, "data-running"); n < 4 {
		t.Errorf("it was drawn %d times on the way (%d parts)", n, len(parts))
	}
	last := seen{answer: h.admin.post("/settings/email/check", nil)}.ok() // without scripts: the whole page at its end
	last.has(".check-result [role=status]", "1 thing has to be put right")
	last.has("[data-check-line=spf].bad .badge.bad", "Wrong")
	last.has("[data-check-line=spf] .check-sentence", "lune.example has no SPF record")
	last.has("[data-check-line=spf] .check-do", "Create this DNS record")
	last.has("#check-value-spf", "v=spf1 <include> ~all")
	last.has("[data-check-line=spf] .check-took", "1.5 s")
	last.has("[data-check-line=link].ok", "ada@lune.example")
	if last.doc.Find("[data-copies=check-name-spf]").Length() != 1 || last.doc.Find("[data-check-line=link] dl").Length() != 0 {
		t.Error("the records to create are not those that are missing")
	}
}

func TestOneCheckOfAnOrganizationRunsAtATimeAndEndsWithItsReader(t *testing.T) {
	h := newHouse(t)
	began, ended := make(chan struct{}, 1), make(chan error, 1)
	h.serveChecking(func(ctx context.Context, _ *chat.Organization, _ *chat.Agent, _ func(chat.Finding)) error {
		began <- struct{}{}
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.http.URL+"/settings/email/check", nil)
	h.must(err)
	request.Header.Set("HX-Request", "true")
	request.AddCookie(&http.Cookie{Name: "rejoin_session", Value: h.admin.token})
	response, err := http.DefaultClient.Do(request)
	h.must(err)
	defer response.Body.Close()
	<-began
	seen{answer: h.admin.post("/settings/email/check", nil, "HX-Request", "true")}.status(http.StatusTooManyRequests).has(".notice.error", "running already")
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestACheckThatCannotBeginSaysWhy(t *testing.T) {
	h := newHouse(t)
	h.serveChecking(func(context.Context, *chat.Organization, *chat.Agent, func(chat.Finding)) error {
		return &chat.SendFailure{Code: "key", Detail: "the password cannot be read"}
	})
	h.admin.sends("/settings/email/check", nil).ok().has("#check-lines .notice.error", "the password cannot be read")
	h.serveChecking(nil)
	h.admin.sends("/settings/email/check", nil).status(http.StatusNotFound)
}
