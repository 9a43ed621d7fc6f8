package resendtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const answered = "From: Jo <jo@example.org>\r\nTo: Nimbus <reply+abc@in.example>\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\nMessage-ID: <1@example.org>\r\n" +
	"X-Twice: a\r\nX-Twice: b\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nHello\r\n" +
	"--m\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E9t=E9</p>\r\n" +
	"--m\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--m--\r\n"

// told is an answer of the API as JSON.
func told(t *testing.T, s *Server, path string) map[string]any {
	t.Helper()
	got := ask(t, "GET", s.URL()+path, s.Key(), "", "")
	var body map[string]any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 {
		t.Fatalf("%s answers %d %s", path, got.status, got.body)
	}
	return body
}

func TestAReceivedMailIsShownInResendsShape(t *testing.T) {
	s := New(t)
	id := s.Receive([]byte(answered), "reply+abc@in.example")
	shown := told(t, s, "/emails/receiving/"+id)
	for name, want := range map[string]string{
		"object": "email", "id": id, "from": "Jo <jo@example.org>", "subject": "Été", "message_id": "<1@example.org>", "text": "Hello", "html": "<p>été</p>",
	} {
		if shown[name] != want {
			t.Errorf("%s is %v, want %s", name, shown[name], want)
		}
	}
	if headers := shown["headers"].(map[string]any); headers["x-twice"] != "b" || headers["from"] != "Jo <jo@example.org>" {
		t.Errorf("the headers are %v", headers)
	}
	if to, received := shown["to"].([]any), shown["received_for"].([]any); to[0] != "Nimbus <reply+abc@in.example>" || received[0] != "reply+abc@in.example" {
		t.Errorf("to %v, received for %v", to, received)
	}
	attachment := shown["attachments"].([]any)[0].(map[string]any)
	if attachment["filename"] != "a.pdf" || attachment["content_type"] != "application/pdf" || attachment["content_disposition"] != "attachment" || attachment["size"] != 4.0 || attachment["content_id"] != nil {
		t.Errorf("the attachment is %v", attachment)
	}
	listed := told(t, s, "/emails/receiving")
	if head := listed["data"].([]any)[0].(map[string]any); listed["object"] != "list" || listed["has_more"] != false || head["id"] != id || head["html"] != nil || head["raw"] != nil {
		t.Errorf("the list is %v", listed)
	}
}

func TestFilesOpenBySignatureAloneAndExpire(t *testing.T) {
	s := New(t)
	id := s.Receive([]byte(answered))
	address := func() string {
		return told(t, s, "/emails/receiving/"+id)["raw"].(map[string]any)["download_url"].(string)
	}
	first := address()
	if got := ask(t, "GET", first, "", "", ""); got.status != 200 || got.body != answered {
		t.Errorf("the raw mail answers %v", got)
	}
	for name, forged := range map[string]string{
		"another signature": first[:len(first)-4] + "0000", "another mail": strings.Replace(first, id, "x", 1),
		"none": strings.SplitN(first, "?", 2)[0], "a later end": strings.Replace(first, "Expires=1", "Expires=2", 1),
	} {
		if got := ask(t, "GET", forged, "", "", ""); got.status != 403 {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := ask(t, "GET", first, s.Key(), "", ""); got.status != 403 {
		t.Errorf("with the key: got %v", got)
	}
	s.ExpireFiles()
	if got := ask(t, "GET", first, "", "", ""); got.status != 403 {
		t.Errorf("expired: got %v", got)
	}
	if got := ask(t, "GET", address(), "", "", ""); got.status != 200 {
		t.Errorf("a new address: got %v", got)
	}
	file := told(t, s, "/emails/receiving/"+id+"/attachments")["data"].([]any)[0].(map[string]any)
	if got := ask(t, "GET", file["download_url"].(string), "", "", ""); got.body != "%PDF" {
		t.Errorf("the attachment answers %v", got)
	}
	if one := told(t, s, "/emails/receiving/"+id+"/attachments/"+file["id"].(string)); one["object"] != "attachment" || one["download_url"] == nil {
		t.Errorf("alone it is %v", one)
	}
	s.KeepRaw(false)
	if shown := told(t, s, "/emails/receiving/"+s.Receive([]byte(answered))); shown["raw"] != nil {
		t.Errorf("raw is %v", shown["raw"])
	}
}

func TestAReceivedMailIsToldOnceWithASignature(t *testing.T) {
	s := New(t)
	status := http.StatusOK
	var bodies []string
	var signed []http.Header
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies, signed = append(bodies, string(body)), append(signed, r.Header)
		w.WriteHeader(status)
	}))
	defer listener.Close()
	s.Receive([]byte(answered)) // nobody listens yet
	s.Notify(listener.URL+"/hooks/resend", WebhookSecret)
	id := s.Receive([]byte(answered), "reply+abc@in.example")
	status = http.StatusInternalServerError
	s.Receive([]byte("no mail at all"))
	s.Notify("", "")
	s.Receive([]byte(answered))
	notified := s.Notified()
	if len(bodies) != 2 || len(notified) != 2 || notified[0].Status != 200 || notified[1].Status != 500 || notified[1].Err != nil {
		t.Fatalf("%d were told, noted %v", len(bodies), notified)
	}
	var event struct {
		Type string         `json:"type"`
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(bodies[0]), &event); err != nil || event.Type != "email.received" || event.Data["email_id"] != id ||
		event.Data["message_id"] != "<1@example.org>" || event.Data["text"] != nil || event.Data["received_for"].([]any)[0] != "reply+abc@in.example" {
		t.Errorf("told %s, %v", bodies[0], err)
	}
	want := notified[0].Webhook.Header(WebhookSecret)
	for _, name := range []string{"svix-id", "svix-timestamp", "svix-signature"} {
		if got := signed[0].Get(name); got == "" || got != want.Get(name) {
			t.Errorf("%s is %q, want %q", name, got, want.Get(name))
		}
	}
	again, ok := s.Event(id)
	if _, unknown := s.Event("x"); !ok || unknown || string(again.Body) != bodies[0] {
		t.Errorf("told again it is %s", again.Body)
	}
}

func TestCallsGoWrongByTheScript(t *testing.T) {
	s := New(t)
	id := s.Receive([]byte(answered))
	s.ScriptCalls(func(n int, c Call) Fault {
		switch {
		case c.Method == "POST":
			return Fault{Status: 500, Accepted: true}
		case n == 1:
			return Missing()
		}
		return Spent(0)
	})
	if got := ask(t, "GET", s.URL()+"/emails/receiving/"+id, s.Key(), "", ""); got.status != 404 {
		t.Errorf("got %v", got)
	}
	if got := ask(t, "GET", s.URL()+"/emails/receiving/"+id, s.Key(), "", ""); got.status != 200 {
		t.Errorf("got %v", got)
	}
	if got := ask(t, "POST", s.URL()+"/domains", s.Key(), "", `{"name":"nimbus.example"}`); got.status != 500 {
		t.Errorf("got %v", got)
	}
	if s.Calls() != 3 {
		t.Errorf("%d calls were counted", s.Calls())
	}
	s.ScriptCalls(nil)
	if listed := told(t, s, "/domains"); len(listed["data"].([]any)) != 1 {
		t.Errorf("what was accepted is lost: %v", listed)
	}
}

func TestPagesGoBothWaysAndRefuseNonsense(t *testing.T) {
	s := New(t)
	var ids []string // oldest first
	for range 3 {
		ids = append(ids, s.Receive([]byte(answered)))
	}
	for query, want := range map[string][]string{
		"?limit=2": {ids[2], ids[1]}, "?limit=2&after=" + ids[1]: {ids[0]}, "?limit=1&before=" + ids[0]: {ids[1]}, "?before=" + ids[2]: {},
	} {
		page := told(t, s, "/emails/receiving"+query)
		var got []string
		for _, head := range page["data"].([]any) {
			got = append(got, head.(map[string]any)["id"].(string))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s gives %v, want %v", query, got, want)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=x", "?after=x", "?before=x", "?after=" + ids[0] + "&before=" + ids[1]} {
		if got := ask(t, "GET", s.URL()+"/emails/receiving"+query, s.Key(), "", ""); got.status != 422 {
			t.Errorf("%s got %v", query, got)
		}
	}
	for _, path := range []string{"/emails/receiving/x", "/emails/receiving/x/attachments", "/emails/receiving/" + ids[0] + "/attachments/x", "/domains/x"} {
		if got := ask(t, "GET", s.URL()+path, s.Key(), "", ""); got.status != 404 || got.name(t) != "not_found" {
			t.Errorf("%s got %v", path, got)
		}
	}
}
