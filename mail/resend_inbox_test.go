package mail

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/mail/resendtest"
)

const answered = "Received: from a.example\r\nReceived: from b.example\r\nFrom: =?utf-8?q?Jo_M=C3=BCller?= <jo@example.org>\r\n" +
	"To: Nimbus <reply+abc@in.example>\r\nCc: Kim <kim@example.org>\r\nSubject: =?utf-8?q?R=C3=A9ponse?=\r\n" +
	"Message-ID: <1@example.org>\r\nIn-Reply-To: <0@in.example>\r\nDate: Fri, 21 Nov 2025 17:42:05 +0000\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=m\r\n\r\n" +
	"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
	"--a\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nThe lamp is caf=E9 brown.\r\n\r\n" +
	"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>The lamp is café brown. <img src=\"cid:lamp@x\"></p>\r\n--a--\r\n" +
	"--m\r\nContent-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <lamp@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n" +
	"--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''re%C3%A7u.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--m--\r\n"

const bounced = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: bounces@in.example\r\nSubject: Undelivered Mail Returned to Sender\r\n" +
	"Auto-Submitted: auto-replied\r\nMessage-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n" +
	"--r\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n" +
	"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; jo@gmial.example\r\nAction: failed\r\n" +
	"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <jo@gmial.example>: Recipient address rejected: User unknown\r\n\r\n" +
	"--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <0@in.example>\r\nTo: jo@gmial.example\r\nSubject: Hi\r\n\r\nHello\r\n--r--\r\n"

func newInbox(server *resendtest.Server) *ResendInbox {
	return NewResendInbox(server.Key(), server.URL(), time.Minute)
}

func receive(t *testing.T, inbox *ResendInbox, id string) ReceivedMail {
	t.Helper()
	got, err := inbox.Received(t.Context(), id)
	if err != nil {
		t.Fatalf("received: %v", err)
	}
	return got
}

func TestAReceivedMailComesWithItsRawBytes(t *testing.T) {
	server := resendtest.New(t)
	id := server.Receive([]byte(answered), "reply+abc@in.example", "alias@in.example")
	got := receive(t, newInbox(server), id)
	if string(got.Raw) != answered || got.Rebuilt || got.Truncated {
		t.Errorf("the raw mail is %q", got.Raw)
	}
	if got.ID != id || got.From != "Jo Müller <jo@example.org>" || got.MessageID != "<1@example.org>" || got.CreatedAt.IsZero() {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(got.To, []string{"reply+abc@in.example", "alias@in.example"}) {
		t.Errorf("it came for %v", got.To)
	}
}

func TestAMailWithoutRawBytesIsRebuiltWhole(t *testing.T) {
	server := resendtest.New(t)
	server.KeepRaw(false)
	inbox := newInbox(server)
	id := server.Receive([]byte(answered))
	got := receive(t, inbox, id)
	if !got.Rebuilt || got.Truncated {
		t.Fatalf("got %+v", got)
	}
	if again := receive(t, inbox, id); !bytes.Equal(again.Raw, got.Raw) {
		t.Error("the second time it has other bytes")
	}
	want, rebuilt := ParseBytes([]byte(answered)), ParseBytes(got.Raw)
	if rebuilt.Reply != want.Reply || rebuilt.Reply != "The lamp is café brown." || rebuilt.Kind != KindReply {
		t.Errorf("it says %q (%s), want %q", rebuilt.Reply, rebuilt.Kind, want.Reply)
	}
	if rebuilt.From != want.From || !slices.Equal(rebuilt.To, want.To) || !slices.Equal(rebuilt.Cc, want.Cc) || rebuilt.Subject != "Réponse" ||
		rebuilt.MessageID != want.MessageID || rebuilt.InReplyTo != want.InReplyTo || !rebuilt.Date.Equal(want.Date) {
		t.Errorf("the header is %+v, want %+v", rebuilt, want)
	}
	if len(rebuilt.Damaged) != 0 || len(rebuilt.Attachments) != 2 {
		t.Fatalf("%d attachments, damaged %v", len(rebuilt.Attachments), rebuilt.Damaged)
	}
	image, receipt := rebuilt.Attachments[0], rebuilt.Attachments[1]
	if image.ContentID != "lamp@x" || !image.Inline || string(image.Content) != "\x89PNG\r\n\x1a\n" || receipt.Name != "reçu.pdf" || string(receipt.Content) != "%PDF-1.4\n" {
		t.Errorf("the attachments are %+v", rebuilt.Attachments)
	}
}

func TestARebuiltBounceIsStillABounce(t *testing.T) {
	server := resendtest.New(t)
	server.KeepRaw(false)
	got := receive(t, newInbox(server), server.Receive([]byte(bounced)))
	in := ParseBytes(got.Raw)
	if kind := parse(t, got.Raw).Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/report;") || !strings.Contains(kind, "report-type=delivery-status") {
		t.Errorf("it became %s", kind)
	}
	if in.Kind != KindBounce || !in.Hard || in.Status != "5.1.1" || in.Original.MessageID != "<0@in.example>" {
		t.Errorf("it is %s, hard %v, %q, about %q:\n%s", in.Kind, in.Hard, in.Status, in.Original.MessageID, got.Raw)
	}
}

func TestAnExpiredAddressIsAskedForAgain(t *testing.T) {
	server := resendtest.New(t)
	id := server.Receive([]byte(answered))
	server.ScriptCalls(func(n int, c resendtest.Call) resendtest.Fault {
		if strings.HasPrefix(c.Path, "/inbound-files/") && n == 2 {
			server.ExpireFiles()
		}
		return resendtest.None()
	})
	if got := receive(t, newInbox(server), id); string(got.Raw) != answered || got.Rebuilt {
		t.Errorf("got %+v", got)
	}
	if server.Calls() != 4 {
		t.Errorf("%d calls were made", server.Calls())
	}
}

func TestARawMailThatIsGoneForGoodIsRebuilt(t *testing.T) {
	server := resendtest.New(t)
	id := server.Receive([]byte(answered))
	server.ScriptCalls(func(_ int, c resendtest.Call) resendtest.Fault {
		if strings.HasSuffix(c.Path, "/raw") {
			return resendtest.Fault{Status: http.StatusForbidden}
		}
		return resendtest.None()
	})
	if got := receive(t, newInbox(server), id); !got.Rebuilt || len(ParseBytes(got.Raw).Attachments) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestAnAttachmentThatIsGoneLeavesItsName(t *testing.T) {
	server := resendtest.New(t)
	server.KeepRaw(false)
	id := server.Receive([]byte(answered))
	server.ScriptCalls(func(_ int, c resendtest.Call) resendtest.Fault {
		if strings.HasPrefix(c.Path, "/inbound-files/") {
			return resendtest.Missing()
		}
		return resendtest.None()
	})
	got := receive(t, newInbox(server), id)
	if in := ParseBytes(got.Raw); !got.Truncated || len(in.Attachments) != 2 || in.Attachments[1].Name != "reçu.pdf" || in.Reply == "" {
		t.Errorf("got %+v", got)
	}
}

func TestTroubleWhileFetchingIsTemporary(t *testing.T) {
	for _, path := range []string{"/emails/receiving/", "/inbound-files/"} {
		for name, fault := range map[string]resendtest.Fault{
			"500": resendtest.Broken(), "429": resendtest.RateLimited(2 * time.Second), "reset": resendtest.Reset(false), "silence": resendtest.Hang(false),
		} {
			t.Run(name+path, func(t *testing.T) {
				server := resendtest.New(t)
				id := server.Receive([]byte(answered))
				server.ScriptCalls(func(_ int, c resendtest.Call) resendtest.Fault {
					if strings.HasPrefix(c.Path, path) {
						return fault
					}
					return resendtest.None()
				})
				timeout := time.Minute
				if fault.Hang {
					timeout = 100 * time.Millisecond
				}
				_, err := NewResendInbox(server.Key(), server.URL(), timeout).Received(t.Context(), id)
				failure := asFailure(t, err)
				if !failure.Temporary || strings.Contains(failure.Error(), "Signature=") || name == "429" && failure.RetryAfter != 2*time.Second {
					t.Errorf("got %+v", failure)
				}
			})
		}
	}
}

func TestAMailThatIsNotThereIsFinal(t *testing.T) {
	server := resendtest.New(t)
	inbox := newInbox(server)
	_, err := inbox.Received(t.Context(), "4ef9a417-02e9-4d39-ad75-9611e0fcc33c")
	if failure := asFailure(t, err); failure.Temporary || failure.Status != 404 || failure.Code != "not_found" {
		t.Errorf("got %+v", failure)
	}
	for _, id := range []string{"", "../domains", "a/attachments", "a?x"} {
		_, err := inbox.Received(t.Context(), id)
		if failure := asFailure(t, err); failure.Temporary || failure.Code != "invalid_id" {
			t.Errorf("%q: got %+v", id, failure)
		}
	}
}

func TestTheInboxIsListedNewestFirst(t *testing.T) {
	server := resendtest.New(t)
	inbox := newInbox(server)
	var ids []string
	for range 5 {
		ids = append(ids, server.Receive([]byte(answered), "reply+abc@in.example"))
	}
	slices.Reverse(ids)
	var seen []string
	after := ""
	for more := true; more; {
		var heads []ReceivedHead
		var err error
		heads, more, err = inbox.List(t.Context(), after, 2)
		if err != nil || len(heads) == 0 || len(heads) > 2 {
			t.Fatalf("%d heads, %v", len(heads), err)
		}
		for _, head := range heads {
			seen, after = append(seen, head.ID), head.ID
			if head.CreatedAt.IsZero() || !slices.Contains(head.To, "kim@example.org") && !slices.Contains(head.To, "Kim <kim@example.org>") {
				t.Errorf("the head is %+v", head)
			}
		}
	}
	if !slices.Equal(seen, ids) {
		t.Errorf("listed %v, want %v", seen, ids)
	}
	if _, _, err := inbox.List(t.Context(), "a b", 2); asFailure(t, err).Code != "invalid_id" {
		t.Errorf("got %v", err)
	}
}

// telling is a server that says of every mail that its raw bytes lie at an address.
func telling(t *testing.T, address func(self string) string) *httptest.Server {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hop":
			http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
			return
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(`{"id":"m1","from":"jo@example.org","to":["a@in.example"],"created_at":"2025-10-09 14:37:40.951732+00","headers":{"received":["x","y"],"x-n":4},"raw":{"download_url":"` + address(server.URL) + `"}}`))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestAForeignAddressIsNeverFollowed(t *testing.T) {
	var asked []string
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.Path) }))
	defer foreign.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.Path) }))
	defer secure.Close()
	for name, address := range map[string]func(string) string{
		"plain http elsewhere":           func(string) string { return foreign.URL + "/x" },
		"https into a private network":   func(string) string { return secure.URL + "/x" },
		"a file":                         func(string) string { return "file:///etc/passwd" },
		"no address":                     func(string) string { return "//x" },
		"a password":                     func(self string) string { return strings.Replace(self, "http://", "http://u:p@", 1) },
		"a redirect to plain http":       func(self string) string { return self + "/hop?to=" + foreign.URL },
		"a redirect into a private host": func(self string) string { return self + "/hop?to=" + secure.URL },
	} {
		server := telling(t, address)
		_, err := NewResendInbox("re_secret", server.URL, time.Minute).Received(t.Context(), "m1")
		if failure := asFailure(t, err); failure.Temporary || failure.Code != "foreign_address" || strings.Contains(failure.Error(), "re_secret") {
			t.Errorf("%s: got %+v", name, failure)
		}
	}
	if len(asked) != 0 {
		t.Errorf("asked for %v", asked)
	}
}

func TestOnlyHTTPSAndTheOwnHostAreAsked(t *testing.T) {
	base, err := resendBase("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	files := newDownloader(base, time.Minute)
	for address, want := range map[string]bool{
		"https://cdn.example/x?s=1": true, "http://127.0.0.1:8080/x": true, "http://cdn.example/x": false, "http://127.0.0.1:8081/x": false,
		"http://127.0.0.1:8080.cdn.example/x": false, "https://u@cdn.example/x": false, "ftp://cdn.example/x": false, "/x": false, "https:x": false,
	} {
		target, err := url.Parse(address)
		if got := err == nil && files.check(target) == nil; got != want {
			t.Errorf("%s is asked: %v", address, got)
		}
		if err == nil && (files.client.CheckRedirect(&http.Request{URL: target}, nil) == nil) != want {
			t.Errorf("%s is asked after a redirect: %v", address, !want)
		}
	}
}

func TestRedirectsAreBoundedAndNeverCarryTheKey(t *testing.T) {
	server := telling(t, func(self string) string { return self + "/loop" })
	_, err := NewResendInbox("re_secret", server.URL, time.Minute).Received(t.Context(), "m1")
	if failure := asFailure(t, err); !failure.Temporary {
		t.Errorf("got %+v", failure)
	}
	var keys []string
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/raw" {
			keys = append(keys, r.Header.Get("Authorization"))
			_, _ = w.Write([]byte("Subject: x\r\n\r\ny"))
			return
		}
		_, _ = w.Write([]byte(`{"id":"m1","message_id":"1@x","raw":{"download_url":"` + server.URL + `/raw"}}`))
	}))
	defer server.Close()
	got := receive(t, NewResendInbox("re_secret", server.URL, time.Minute), "m1")
	if len(keys) != 1 || keys[0] != "" || got.MessageID != "<1@x>" {
		t.Errorf("sent %q, got %+v", keys, got)
	}
}

func TestARawMailBeyondTheLimitIsCut(t *testing.T) {
	files := newDownloader(nil, time.Minute)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 2_000)) }))
	defer server.Close()
	files.base, _ = resendBase(server.URL)
	content, truncated, failure := files.get(t.Context(), server.URL+"/raw", 1_000)
	if failure != nil || !truncated || len(content) != 1_000 {
		t.Errorf("%d bytes, truncated %v, %+v", len(content), truncated, failure)
	}
	if content, truncated, failure := files.get(t.Context(), server.URL+"/raw", 2_000); failure != nil || truncated || len(content) != 2_000 {
		t.Errorf("%d bytes, truncated %v, %+v", len(content), truncated, failure)
	}
}

func TestEveryFormOfATimeIsRead(t *testing.T) {
	want := time.Date(2025, 10, 9, 14, 37, 40, 951732000, time.UTC)
	for _, form := range []string{"2025-10-09 14:37:40.951732+00", "2025-10-09T14:37:40.951732Z", "2025-10-09T14:37:40.951732+00:00", "2025-10-09 16:37:40.951732+02:00"} {
		if got, err := resendTime(form); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v", form, got, err)
		}
	}
	if _, err := resendTime("yesterday"); err == nil {
		t.Error("yesterday is read")
	}
}
