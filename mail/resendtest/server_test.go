package resendtest

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const valid = `{"from":"Maya <hello@nimbus.example>","to":"jo@example.org","subject":"Hi","text":"Hello","tags":[{"name":"delivery","value":"1"}]}`

type reply struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, method, address, key, idempotency, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	if idempotency != "" {
		request.Header.Set("Idempotency-Key", idempotency)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(read)}
}

func (r reply) name(t *testing.T) string {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || p.Status != r.status || p.Message == "" {
		t.Errorf("%d answers %s", r.status, r.body)
	}
	return p.Name
}

func TestAKeyIsRememberedWithItsPayload(t *testing.T) {
	s := New(t)
	first := ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid)
	again := ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid)
	if first.status != 200 || again.body != first.body || len(s.Accepted()) != 1 {
		t.Errorf("got %v, then %v", first, again)
	}
	other := ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", strings.Replace(valid, "Hello", "Bye", 1))
	if other.status != 409 || other.name(t) != "invalid_idempotent_request" {
		t.Errorf("another payload got %v", other)
	}
	s.Forget()
	ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid)
	ask(t, "POST", s.URL()+"/emails", s.Key(), "", valid)
	ask(t, "POST", s.URL()+"/emails", s.Key(), "", valid)
	if n := len(s.Accepted()); n != 4 {
		t.Errorf("%d emails were accepted, want 4", n)
	}
}

func TestABatchIsTakenWholeOrNotAtAll(t *testing.T) {
	s := New(t)
	batch := ask(t, "POST", s.URL()+"/emails/batch", s.Key(), "b1", "["+valid+","+valid+"]")
	var ids sentBatch
	if err := json.Unmarshal([]byte(batch.body), &ids); err != nil || len(ids.Data) != 2 || ids.Data[0].ID == ids.Data[1].ID {
		t.Fatalf("the batch got %v", batch)
	}
	if again := ask(t, "POST", s.URL()+"/emails/batch", s.Key(), "b1", "["+valid+","+valid+"]"); again.body != batch.body {
		t.Errorf("the second time it got %v", again)
	}
	for _, body := range []string{"[]", "[" + valid + `,{"from":"x@y.z"}]`, "[" + strings.Repeat(valid+",", 100) + valid + "]", valid} {
		if refused := ask(t, "POST", s.URL()+"/emails/batch", s.Key(), "", body); refused.status != 422 {
			t.Errorf("%.60s got %v", body, refused)
		}
	}
	if n := len(s.Accepted()); n != 2 {
		t.Errorf("%d emails were accepted", n)
	}
}

func TestWrongRequestsGetResendsErrors(t *testing.T) {
	s := New(t)
	without := func(field string) string { return strings.Replace(valid, `"`+field+`"`, `"x"`, 1) }
	for name, c := range map[string]struct {
		method, path, key, idempotency, body string
		status                               int
		code                                 string
	}{
		"no key":            {"POST", "/emails", "", "", valid, 401, "missing_api_key"},
		"a wrong key":       {"POST", "/emails", "re_other", "", valid, 403, "invalid_api_key"},
		"a long key":        {"POST", "/emails", s.Key(), strings.Repeat("k", 257), valid, 400, "invalid_idempotency_key"},
		"no from":           {"POST", "/emails", s.Key(), "", without("from"), 422, "missing_required_field"},
		"no to":             {"POST", "/emails", s.Key(), "", without("to"), 422, "missing_required_field"},
		"no subject":        {"POST", "/emails", s.Key(), "", without("subject"), 422, "missing_required_field"},
		"no text":           {"POST", "/emails", s.Key(), "", without("text"), 422, "missing_required_field"},
		"a bad from":        {"POST", "/emails", s.Key(), "", strings.Replace(valid, "hello@nimbus.example", "hello", 1), 422, "invalid_from_address"},
		"a bad to":          {"POST", "/emails", s.Key(), "", strings.Replace(valid, "jo@example.org", "jo", 1), 422, "validation_error"},
		"a bad tag":         {"POST", "/emails", s.Key(), "", strings.Replace(valid, "delivery", "a b", 1), 422, "validation_error"},
		"a two-line title":  {"POST", "/emails", s.Key(), "", strings.Replace(valid, "Hi", `Hi\r\nBcc: x`, 1), 422, "validation_error"},
		"no JSON":           {"POST", "/emails", s.Key(), "", "{", 422, "validation_error"},
		"an unknown method": {"DELETE", "/emails", s.Key(), "", "", 405, "method_not_allowed"},
		"an unknown path":   {"GET", "/audiences", s.Key(), "", "", 404, "not_found"},
		"an unknown email":  {"GET", "/emails/none", s.Key(), "", "", 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, c.method, s.URL()+c.path, c.key, c.idempotency, c.body)
			if got.status != c.status || got.name(t) != c.code {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	if n := len(s.Accepted()); n != 0 {
		t.Errorf("%d emails were accepted", n)
	}
}

func TestAnotherProcessCanReadWhatWasAccepted(t *testing.T) {
	s := New(t)
	ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid)
	got := ask(t, "GET", s.URL()+"/emails", s.Key(), "", "")
	var list struct {
		Object  string  `json:"object"`
		HasMore bool    `json:"has_more"`
		Data    []shown `json:"data"`
	}
	if err := json.Unmarshal([]byte(got.body), &list); err != nil || list.Object != "list" || list.HasMore || len(list.Data) != 1 {
		t.Fatalf("the list is %s, %v", got.body, err)
	}
	if one := list.Data[0]; one.Subject != "Hi" || one.To[0] != "jo@example.org" || one.Tags["delivery"] != "1" || one.IdempotencyKey != "k1" {
		t.Errorf("the email is %+v", one)
	}
	if single := ask(t, "GET", s.URL()+"/emails/"+list.Data[0].ID, s.Key(), "", ""); single.status != 200 {
		t.Errorf("it cannot be read alone: %v", single)
	}
}

func TestRateHeadersTellHowLongToWait(t *testing.T) {
	s := New(t)
	s.Script(func(n int, r Request) Fault {
		if n == 1 && r.IdempotencyKey == "k1" && len(r.Emails) == 1 {
			return RateLimited(1500 * time.Millisecond)
		}
		return None()
	})
	limited := ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid)
	if limited.status != 429 || limited.header.Get("Retry-After") != "2" || limited.header.Get("Ratelimit-Remaining") != "0" {
		t.Errorf("got %v", limited)
	}
	if through := ask(t, "POST", s.URL()+"/emails", s.Key(), "k1", valid); through.status != 200 || through.header.Get("Ratelimit-Remaining") == "0" {
		t.Errorf("got %v", through)
	}
}

func TestAwaitReturnsWithTheEmailOrTheContext(t *testing.T) {
	s := New(t)
	got := make(chan []Email)
	go func() {
		emails, _ := s.Await(context.Background(), 1)
		got <- emails
	}()
	ask(t, "POST", s.URL()+"/emails", s.Key(), "", valid)
	if emails := <-got; len(emails) != 1 {
		t.Errorf("got %v", emails)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Await(ctx, 2); err == nil {
		t.Error("two emails were never accepted")
	}
}

func TestServeEndsWithItsContextAndCloseIsSafeTwice(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, "127.0.0.1:0", "re_x") }()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("got %v", err)
	}
	s := New()
	taken := s.listener.Addr().(*net.TCPAddr).String()
	if _, err := Start(taken, "re_x"); err == nil {
		t.Error("a taken port was taken twice")
	}
	s.Close()
	s.Close()
}
