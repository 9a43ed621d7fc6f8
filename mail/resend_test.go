package mail

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/mail/resendtest"
)

func newSender(server *resendtest.Server, timeout time.Duration) Sender {
	return NewResend(server.Key(), server.URL(), timeout)
}

func send(t *testing.T, s Sender, m Message) Receipt {
	t.Helper()
	receipt, err := s.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return receipt
}

func sendFailure(t *testing.T, s Sender, m Message) *Failure {
	t.Helper()
	_, err := s.Send(t.Context(), m)
	var failure *Failure
	if !errors.As(err, &failure) {
		t.Fatalf("got error %v, want a *Failure", err)
	}
	return failure
}

func TestResendGetsTheWholeMessage(t *testing.T) {
	server := resendtest.New(t)
	m := letter()
	m.Subject = "Votre été\r\nBcc: x@y.z"
	receipt := send(t, newSender(server, time.Minute), m)
	accepted := server.Accepted()
	if len(accepted) != 1 || accepted[0].ID != receipt.ProviderID {
		t.Fatalf("accepted %v, receipt %v", accepted, receipt)
	}
	got := accepted[0]
	got.ID, got.At = "", time.Time{}
	want := resendtest.Email{
		IdempotencyKey: m.Key, From: `"Maya (Nimbus)" <hello@nimbus.example>`, To: []string{"Jo Müller <jo@example.org>"},
		ReplyTo: []string{"Nimbus <reply+abc@nimbus.example>"}, Subject: "Votre été Bcc: x@y.z", HTML: m.HTML, Text: m.Text,
		Headers: map[string]string{
			"Message-ID": m.MessageID, "References": m.Headers["References"], "In-Reply-To": m.Headers["In-Reply-To"],
		},
		Tags: m.Tags,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Resend got\n%+v, want\n%+v", got, want)
	}
}

func TestARetryAfterALostAnswerIsOneEmail(t *testing.T) {
	for name, fault := range map[string]resendtest.Fault{
		"the connection breaks after acceptance":  resendtest.Reset(true),
		"the connection breaks before acceptance": resendtest.Reset(false),
		"500 after acceptance":                    {Status: 500, Name: "internal_server_error", Accepted: true},
		"no answer after acceptance":              resendtest.Hang(true),
	} {
		t.Run(name, func(t *testing.T) {
			server := resendtest.New(t)
			server.Script(func(n int, _ resendtest.Request) resendtest.Fault {
				if n == 1 {
					return fault
				}
				return resendtest.None()
			})
			failure := sendFailure(t, newSender(server, 300*time.Millisecond), letter())
			if !failure.Temporary {
				t.Errorf("it counts as final: %v", failure)
			}
			receipt := send(t, newSender(server, time.Minute), letter())
			accepted := server.Accepted()
			if len(accepted) != 1 || accepted[0].ID != receipt.ProviderID {
				t.Errorf("%d emails were accepted", len(accepted))
			}
			if again := send(t, newSender(server, time.Minute), letter()); again != receipt {
				t.Errorf("a third attempt got %v, the second %v", again, receipt)
			}
		})
	}
}

func TestEveryAnswerIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		fault resendtest.Fault
		want  Failure
	}{
		"broken":           {resendtest.Broken(), Failure{Temporary: true, Status: 500, Code: "internal_server_error"}},
		"bad gateway":      {resendtest.Fault{Status: 502}, Failure{Temporary: true, Status: 502, Code: "http_error"}},
		"busy for a while": {resendtest.Fault{Status: 503, RetryAfter: 30 * time.Second}, Failure{Temporary: true, Status: 503, Code: "http_error", RetryAfter: 30 * time.Second}},
		"too fast":         {resendtest.RateLimited(7 * time.Second), Failure{Temporary: true, Status: 429, Code: "rate_limit_exceeded", RetryAfter: 7 * time.Second}},
		"too fast, no Retry-After": {resendtest.RateLimited(0),
			Failure{Temporary: true, Status: 429, Code: "rate_limit_exceeded", RetryAfter: time.Second}},
		"too fast, an absurd Retry-After": {resendtest.RateLimited(9999 * time.Hour),
			Failure{Temporary: true, Status: 429, Code: "rate_limit_exceeded", RetryAfter: time.Hour}},
		"the day's quota":   {resendtest.DailyQuota(), Failure{Temporary: true, Status: 429, Code: "daily_quota_exceeded", RetryAfter: time.Hour}},
		"the month's quota": {resendtest.MonthlyQuota(), Failure{Temporary: true, Status: 429, Code: "monthly_quota_exceeded", RetryAfter: time.Hour}},
		"refused":           {resendtest.Refused(), Failure{Status: 403, Code: "validation_error"}},
		"timed out":         {resendtest.Fault{Status: 408}, Failure{Temporary: true, Status: 408, Code: "http_error"}},
		"moved":             {resendtest.Fault{Status: 302}, Failure{Temporary: true, Status: 302, Code: "http_error"}},
		"gone":              {resendtest.Fault{Status: 410, Name: "gone", Message: "x\r\ny"}, Failure{Status: 410, Code: "gone"}},
		"broken connection": {resendtest.Reset(false), Failure{Temporary: true, Code: "network"}},
		"no answer in time": {resendtest.Hang(false), Failure{Temporary: true, Code: "timeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := resendtest.New(t)
			server.Script(func(int, resendtest.Request) resendtest.Fault { return c.fault })
			timeout := time.Minute
			if c.fault.Hang {
				timeout = 200 * time.Millisecond
			}
			got := *sendFailure(t, newSender(server, timeout), letter())
			if got.Detail == "" || strings.ContainsAny(got.Detail, "\r\n") {
				t.Errorf("the detail is %q", got.Detail)
			}
			got.Detail, got.cause = "", nil
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if n := len(server.Accepted()); n != 0 {
				t.Errorf("%d emails were accepted", n)
			}
		})
	}
}

func TestOtherBytesUnderAKnownKeyAreFinal(t *testing.T) {
	server := resendtest.New(t)
	sender := newSender(server, time.Minute)
	send(t, sender, letter())
	other := letter()
	other.Text += "changed"
	failure := sendFailure(t, sender, other)
	if failure.Temporary || failure.Status != 409 || failure.Code != "invalid_idempotent_request" {
		t.Errorf("got %+v", failure)
	}
}

func TestAKeyInFlightIsTriedLater(t *testing.T) {
	server := resendtest.New(t)
	release, held := make(chan struct{}), make(chan struct{})
	server.Script(func(n int, _ resendtest.Request) resendtest.Fault {
		if n == 1 {
			close(held)
			return resendtest.Hold(release)
		}
		return resendtest.None()
	})
	sender := newSender(server, time.Minute)
	var first Receipt
	var wait sync.WaitGroup
	wait.Go(func() { first, _ = sender.Send(t.Context(), letter()) })
	<-held
	failure := sendFailure(t, sender, letter())
	if !failure.Temporary || failure.Status != 409 || failure.Code != "concurrent_idempotent_requests" {
		t.Errorf("got %+v", failure)
	}
	close(release)
	wait.Wait()
	if accepted := server.Accepted(); len(accepted) != 1 || accepted[0].ID != first.ProviderID {
		t.Errorf("accepted %v, the first got %v", accepted, first)
	}
}

func TestAWrongKeyIsFinalAndNeverShown(t *testing.T) {
	server := resendtest.New(t)
	const secret = "re_secret_abcdef"
	failure := sendFailure(t, NewResend(secret, server.URL(), time.Minute), letter())
	if failure.Temporary || failure.Status != 403 || failure.Code != "invalid_api_key" {
		t.Errorf("got %+v", failure)
	}
	server.Script(func(int, resendtest.Request) resendtest.Fault {
		return resendtest.Fault{Status: 400, Name: "validation_error", Message: "the key " + server.Key() + " is bad"}
	})
	if failure := sendFailure(t, newSender(server, time.Minute), letter()); strings.Contains(failure.Error(), server.Key()) {
		t.Errorf("the key is in %v", failure)
	}
}

func TestACancelledAttemptIsTemporaryAndSaysSo(t *testing.T) {
	server := resendtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Script(func(int, resendtest.Request) resendtest.Fault {
		cancel()
		return resendtest.Hang(false)
	})
	_, err := newSender(server, time.Minute).Send(ctx, letter())
	var failure *Failure
	if !errors.As(err, &failure) || !failure.Temporary || failure.Code != "cancelled" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatIsNotThereIsTemporary(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	_ = listener.Close()
	failure := sendFailure(t, NewResend("re_key", address, time.Minute), letter())
	if !failure.Temporary || failure.Code != "network" || failure.Status != 0 {
		t.Errorf("got %+v", failure)
	}
}

func TestAnUnreadableSuccessIsAskedAgain(t *testing.T) {
	for _, body := range []string{"", "{}", "<html>", strings.Repeat("x", 1<<20)} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		failure := sendFailure(t, NewResend("re_key", server.URL, time.Minute), letter())
		server.Close()
		if !failure.Temporary || failure.Code != "unreadable_answer" {
			t.Errorf("%.20q: got %+v", body, failure)
		}
	}
}

func TestARetryAfterDateCountsFromTheAnswersOwnDate(t *testing.T) {
	header := http.Header{"Date": {"Fri, 21 Nov 2025 10:00:00 GMT"}, "Retry-After": {"Fri, 21 Nov 2025 10:02:00 GMT"}}
	if got := pause(header); got != 2*time.Minute {
		t.Errorf("got %v", got)
	}
	for _, hostile := range []string{"-5", "NaN", "soon", "Fri, 21 Nov 2025 09:00:00 GMT"} {
		header.Set("Retry-After", hostile)
		if got := pause(header); got != 0 {
			t.Errorf("%s: got %v", hostile, got)
		}
	}
	if got := pause(http.Header{"Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {"3"}}); got != 3*time.Second {
		t.Errorf("the window's end: got %v", got)
	}
}

func TestAnUnusableMessageOrAddressNeverLeaves(t *testing.T) {
	server := resendtest.New(t)
	m := letter()
	m.To.Email = "nobody"
	if failure := sendFailure(t, newSender(server, time.Minute), m); failure.Temporary || failure.Code != "invalid_message" {
		t.Errorf("got %+v", failure)
	}
	if server.Requests() != 0 {
		t.Error("the message was sent")
	}
	for _, address := range []string{"ftp://x.example", "x.example", "http://", ":"} {
		if failure := sendFailure(t, NewResend("re_key", address, time.Minute), letter()); failure.Code != "bad_base_url" || failure.Temporary {
			t.Errorf("%s: got %+v", address, failure)
		}
	}
}
