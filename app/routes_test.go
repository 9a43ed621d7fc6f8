package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/mail/resendtest"
)

// written are the tables in which a request that is refused, and every GET, leaves no trace. Sites are not among them:
// that a brand's page asked for the widget is noted, of the page and never of a person.
var written = []string{
	"organizations", "agents", "join_links", "customers", "contact_points", "conversations", "messages", "visitor_tokens", "drafts",
	"deliveries", "rejoin_links", "presence_rows", "audit_entries", "sessions", "sign_in_failures",
	"webhook_events",
}

func (w *town) dump() string {
	w.t.Helper()
	var parts []string
	for _, table := range written {
		row := "t::text"
		if table == "sessions" {
			row = "(t.organization_id, t.token_hash)::text" // when a browser was last seen is noted
		}
		parts = append(parts, fmt.Sprintf("'%s: ' || coalesce((select string_agg(%s, E'\\n' order by %s) from %s t), '')", table, row, row, table))
	}
	return w.text("select concat_ws(E'\\n', " + strings.Join(parts, ", ") + ")")
}

// address fills in what the own brand's things are called.
func (w *town) address(r web.Route) string {
	token := w.rejoin
	switch {
	case strings.HasPrefix(r.Path, "/setup/"):
		token = "0-" + strings.Repeat("A", 43)
	case strings.HasPrefix(r.Path, "/join/"):
		token = "1-" + strings.Repeat("A", 43)
	}
	key := w.key
	if strings.HasPrefix(r.Path, "/settings/team/") {
		key = w.agent
	}
	mail := "none"
	return strings.NewReplacer(
		":organization", w.own.Key, ":key", key, ":delivery", w.delivery, ":token", token, ":slug", "plates", ":id", mail, "*", "css/base.css",
	).Replace(r.Path)
}

// ask sends a request as a role; a stream is asked for by HEAD, which answers without an end.
func (w *town) ask(r web.Route, as role, headers ...string) (*http.Response, string) {
	w.t.Helper()
	method := r.Method
	if r.Stream {
		method = http.MethodHead
	}
	var body io.Reader
	if r.Writes {
		body = strings.NewReader(w.body(r))
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+w.address(r), body)
	w.must(err)
	request.Host = "127.0.0.1:8080"
	if r.Writes {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.Audience == web.Customer && r.Writes {
		request.Header.Set("Content-Type", "application/json")
	}
	if as.bearer != "" {
		request.Header.Set("Authorization", as.bearer)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := as.client.Do(request)
	w.must(err)
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	w.must(err)
	return response, string(said)
}

// body is something that the route could take, so that a refusal is for who asks.
func (w *town) body(r web.Route) string {
	if r.Audience == web.Customer {
		return fmt.Sprintf(`{"conversation":%q,"id":"abcdefgh12345678","page":"abcdefgh12345678","text":"hi","seq":1,"address":"a@own.example","language":"fr","link":%q,"token":"","signal":"active"}`,
			w.key, w.rejoin)
	}
	state := "closed"
	if strings.HasSuffix(r.Path, "/spam") {
		state = "spam"
	}
	return url.Values{
		"text": {"hi"}, "client": {"abcdefgh12345678"}, "id": {"abcdefgh12345678"}, "seq": {"1"}, "state": {state}, "at": {"2030-01-02T15:04:05Z"}, "key": {strings.Repeat("A", 22)}, "assignee": {w.agent},
		"language": {"fr"}, "name": {"Zoe"}, "email": {"zoe@own.example"}, "role": {"agent"}, "password": {"wrong password"}, "step": {"write"},
	}.Encode()
}

// verdict is what a role may expect of a route of the own brand.
type verdict int

const (
	allowed verdict = iota // in: the route's own answer
	led                    // to the sign-in page
	denied                 // 403, and why
	unknown                // 404, as if it were not there, or 401 for a token that is none
)

func expected(r web.Route, who string) verdict {
	ours, kind := strings.HasPrefix(who, "own "), who[strings.LastIndex(who, " ")+1:]
	named := strings.Contains(r.Path, ":key") || strings.Contains(r.Path, ":organization")
	switch r.Audience {
	case web.Agent, web.Admin:
		switch {
		case kind != "agent" && kind != "admin":
			return led
		case r.Audience == web.Admin && kind != "admin":
			return denied
		case !ours && named:
			return unknown
		}
	case web.Customer:
		reads := !r.Writes && !r.Stream
		switch {
		case selfNamed(r):
			return allowed // the token stands in the body, which is the next test's
		case kind == "customer" && ours, kind == "link" && ours && reads:
			return allowed
		}
		return unknown
	}
	return allowed
}

// selfNamed are the customers' routes whose guard is in their body, or that reveal nothing and store nothing.
func selfNamed(r web.Route) bool {
	for _, end := range []string{"/messages", "/presence", "/rejoin", "/opened", "/fresh", "/address/check"} {
		if r.Writes && strings.HasSuffix(r.Path, end) {
			return true
		}
	}
	return false
}

func (w *town) check(r web.Route, who string, want verdict) {
	w.t.Helper()
	response, said := w.ask(r, w.roles[who])
	status, place := response.StatusCode, r.Method+" "+r.Path
	switch {
	case status >= 500:
		w.t.Errorf("%s by %s answers %d: %s", place, who, status, said)
	case want == led && (status != http.StatusSeeOther || !strings.HasPrefix(response.Header.Get("Location"), "/sign-in")) && status != http.StatusUnauthorized:
		w.t.Errorf("%s by %s answers %d and leads to %q", place, who, status, response.Header.Get("Location"))
	case want == denied && status != http.StatusForbidden:
		w.t.Errorf("%s by %s answers %d", place, who, status)
	case want == unknown && status != http.StatusNotFound && status != http.StatusUnauthorized && status != http.StatusForbidden:
		w.t.Errorf("%s by %s answers %d: %s", place, who, status, said)
	case want == allowed && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		w.t.Errorf("%s by %s answers %d: %s", place, who, status, said)
	}
	if want == unknown && strings.Contains(said, "Hello from own") {
		w.t.Errorf("%s reveals to %s: %s", place, who, said)
	}
}

func (w *town) everyone() []string {
	var all []string
	for who := range w.roles {
		all = append(all, who)
	}
	slices.Sort(all)
	return all
}

// TestEveryRouteKnowsWhoAsks walks the route table with every role of the own and of a foreign brand.
func TestEveryRouteKnowsWhoAsks(t *testing.T) {
	w := newTown(t)
	before := w.dump()
	for _, r := range w.house.server.Table() {
		for _, who := range w.everyone() {
			want := expected(r, who)
			if r.Writes && want == allowed {
				continue // what is allowed may write: the rooms' own tests tell what
			}
			w.check(r, who, want)
		}
		if after := w.dump(); after != before {
			t.Errorf("%s %s has left a trace:\n%s", r.Method, r.Path, changed(before, after))
			before = after
		}
	}
}

func TestAPostFromAnotherSiteIsRefusedWhereverACookieCounts(t *testing.T) {
	w := newTown(t)
	before := w.dump()
	for _, r := range w.house.server.Table() {
		if !r.Writes || r.Audience == web.Customer || r.Audience == web.Provider {
			continue // neither comes with a cookie
		}
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			for _, who := range []string{"nobody", "own admin"} {
				if response, said := w.ask(r, w.roles[who], headers...); response.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s by %s with %q answers %d: %s", r.Method, r.Path, who, headers, response.StatusCode, said)
				}
			}
		}
	}
	if after := w.dump(); after != before {
		t.Errorf("a trace is left:\n%s", changed(before, after))
	}
}

// TestAWebhookThatIsNotSignedOpensNothing tells the routes whose guard is a signature over the body.
func TestAWebhookThatIsNotSignedOpensNothing(t *testing.T) {
	w := newTown(t)
	before, found := w.dump(), 0
	for _, r := range w.house.server.Table() {
		if r.Audience != web.Provider {
			continue
		}
		found++
		for _, who := range w.everyone() {
			if response, said := w.ask(r, w.roles[who]); response.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s by %s answers %d: %s", r.Method, r.Path, who, response.StatusCode, said)
			}
		}
	}
	if after := w.dump(); after != before || found == 0 {
		t.Errorf("%d routes of providers; a trace is left:\n%s", found, changed(before, after))
	}
}

// TestASignedWebhookFindsItsDelivery goes from the provider's request to the address that works no more.
func TestASignedWebhookFindsItsDelivery(t *testing.T) {
	w := newTown(t)
	w.must(w.house.store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
		d, err := tx.DeliveryByKey(ctx, w.own.ID, w.delivery)
		if err != nil {
			return err
		}
		d.State, d.ProviderID = chat.Sent, "re_email"
		return tx.Update(ctx, d, "state", "provider_id")
	}))
	email := resendtest.Email{ID: "re_email", To: []string{"customer@own.example"}}
	bounce := resendtest.Told("msg_1", "email.bounced", email, w.clock.Now(), resendtest.Bounce("Permanent", "no such mailbox"))
	late := resendtest.Told("msg_2", "email.delivered", email, w.clock.Now(), nil)
	after := ""
	for i, webhook := range []resendtest.Webhook{bounce, bounce, late, bounce} {
		status, err := webhook.Post(t.Context(), w.roles["nobody"].client, w.server.URL+"/hooks/resend", resendtest.WebhookSecret)
		if err != nil || status != http.StatusOK {
			t.Fatalf("the webhook is answered %d, %v", status, err)
		}
		if i == 1 {
			after = w.dump()
		}
	}
	got := w.text(`select concat_ws(' ', d.state, d.reason, d.detail, p.bounced_at is not null, c.reach)
		from deliveries d join contact_points p on (p.organization_id, p.id) = (d.organization_id, d.contact_point_id)
		join conversations c on (c.organization_id, c.id) = (d.organization_id, d.conversation_id) where d.provider_id = 're_email'`)
	if got != "bounced bounced no such mailbox t unreachable" {
		t.Errorf("it is %q", got)
	}
	if n := w.text("select count(*)::text from contact_points where bounced_at is not null"); n != "1" {
		t.Errorf("%s addresses are marked, want the own one", n)
	}
	for _, line := range strings.Split(changed(after, w.dump()), "\n") {
		if line != "" && !strings.Contains(line, "msg_2") {
			t.Errorf("what comes late or twice has changed %s", line)
		}
	}
}

// TestATokenOfAnotherBrandOpensNothing tells the routes whose token stands in the body.
func TestATokenOfAnotherBrandOpensNothing(t *testing.T) {
	w := newTown(t)
	before := w.dump()
	foreign := w.roles["foreign customer"]
	for _, r := range w.house.server.Table() {
		if r.Audience != web.Customer || !selfNamed(r) {
			continue
		}
		if strings.HasSuffix(r.Path, "/opened") || strings.HasSuffix(r.Path, "/fresh") || strings.HasSuffix(r.Path, "/address/check") {
			continue // whoever asks is told the same, and nothing is stored
		}
		if response, said := w.ask(r, foreign); response.StatusCode < 400 || response.StatusCode >= 500 {
			t.Errorf("%s %s answers %d: %s", r.Method, r.Path, response.StatusCode, said)
		}
	}
	if after := w.dump(); after != before {
		t.Errorf("a trace is left:\n%s", changed(before, after))
	}
}

// changed is the lines that only one of two dumps has.
func changed(before, after string) string {
	old := strings.Split(before, "\n")
	var fresh []string
	for _, line := range strings.Split(after, "\n") {
		if !slices.Contains(old, line) {
			fresh = append(fresh, line)
		}
	}
	return strings.Join(fresh, "\n")
}
