package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/mail/smtptest"
)

const hostilePassword = "p@ss:wörd/?#%20 &="

func TestEveryWayToSignInWorks(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"} {
		for name, c := range map[string]struct {
			options smtptest.Options
			query   string
		}{
			"in the clear":            {smtptest.Options{}, ""},
			"STARTTLS":                {smtptest.Options{StartTLS: true}, "tls=starttls"},
			"TLS from the first byte": {smtptest.Options{Implicit: true}, ""},
		} {
			t.Run(mechanism+" "+name, func(t *testing.T) {
				c.options.User, c.options.Password, c.options.Mechanisms = "maya@nimbus.example", hostilePassword, []string{"XOAUTH2", mechanism}
				server := smtptest.New(t, c.options)
				send(t, smtpTo(t, server, c.query), dated())
				got := onlyEmail(t, server)
				if got.User != "maya@nimbus.example" || got.TLS != (name != "in the clear") {
					t.Errorf("came from %q, encrypted %v", got.User, got.TLS)
				}
			})
		}
	}
}

func TestThePasswordIsNotShownInTheClearWhereThereIsAnotherWay(t *testing.T) {
	server := SMTPServer{host: "127.0.0.1", user: "u", password: new(string), security: noTLS}
	for security, want := range map[smtpSecurity]string{noTLS: "CRAM-MD5", startTLS: "PLAIN", implicitTLS: "PLAIN"} {
		server.security = security
		client := server.signIn([]string{"PLAIN", "LOGIN", "CRAM-MD5"})
		if got := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", client), "*smtp."), "Auth")); !strings.HasPrefix(strings.ReplaceAll(want, "-", ""), got) {
			t.Errorf("%v: signs in by %s, want %s", security, got, want)
		}
	}
}

func TestARefusedSignInIsFinalAndNeverShowsThePassword(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{User: "maya", Password: "correct", Mechanisms: []string{"PLAIN"}})
	to, err := ParseSMTP(strings.Replace(server.URL(""), "correct", "wrong-secret", 1))
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(SMTPOptions{Server: to})
	defer sender.Close()
	failure := sendFailure(t, sender, dated())
	if failure.Temporary || failure.Status != 535 || failure.Enhanced != "5.7.8" || failure.Code != "auth_failed" {
		t.Errorf("got %+v", failure)
	}
	server.Script(smtptest.Times(smtptest.Auth, smtptest.Fault{Code: 535, Text: "wrong-secret, in other words " + secretForms("maya", "wrong-secret")[0]}))
	echoed := sendFailure(t, sender, dated())
	for _, text := range append(secretForms("maya", "wrong-secret"), "d3Jvbmctc2VjcmV0") {
		if strings.Contains(echoed.Error()+echoed.Detail, text) || echoed.cause != nil && strings.Contains(echoed.cause.Error(), text) {
			t.Errorf("%q is in %v", text, echoed)
		}
	}
	if !strings.Contains(echoed.Detail, "in other words") {
		t.Errorf("the server's words are lost: %q", echoed.Detail)
	}
}

func TestASignInThatIsBusyIsTemporary(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{User: "maya", Password: "x"})
	server.Script(smtptest.Times(smtptest.Auth, smtptest.Fault{Code: 454, Enhanced: [3]int{4, 7, 0}, Text: "Later"}))
	sender := smtpTo(t, server, "")
	if failure := sendFailure(t, sender, dated()); !failure.Temporary || failure.Status != 454 || failure.Code != "deferred" {
		t.Errorf("got %+v", failure)
	}
	send(t, sender, dated())
}

func TestAServerWithoutAKnownWayToSignInIsRefused(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{User: "maya", Password: "x", Mechanisms: []string{"NTLM"}})
	if failure := sendFailure(t, smtpTo(t, server, ""), dated()); failure.Temporary || failure.Code != "auth_failed" {
		t.Errorf("got %+v", failure)
	}
}

func TestNothingIsSaidInTheClearWhereTLSIsRequired(t *testing.T) {
	for name, c := range map[string]struct {
		options smtptest.Options
		change  func(*SMTPOptions)
	}{
		"no STARTTLS":                {smtptest.Options{}, func(*SMTPOptions) {}},
		"an unknown certificate":     {smtptest.Options{StartTLS: true}, func(o *SMTPOptions) { o.Roots = nil }},
		"another name":               {smtptest.Options{StartTLS: true}, func(o *SMTPOptions) { o.Server.host = "127.0.0.2" }},
		"unknown, and from byte one": {smtptest.Options{Implicit: true}, func(o *SMTPOptions) { o.Roots = nil }},
		"TLS to who speaks plainly":  {smtptest.Options{}, func(o *SMTPOptions) { o.Server.security, o.Timeout = implicitTLS, 200*time.Millisecond }},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.User, c.options.Password = "maya", "x"
			server := smtptest.New(t, c.options)
			query := "tls=starttls"
			if c.options.Implicit {
				query = ""
			}
			failure := sendFailure(t, smtpTo(t, server, query, c.change), dated())
			if !failure.Temporary || !failure.Untaken || failure.Code != "tls" && failure.Code != "network" {
				t.Errorf("got %+v", failure)
			}
			if name != "another name" && failure.Code != "tls" {
				t.Errorf("got %+v", failure)
			}
			if server.Reached(smtptest.Auth) != 0 || server.Reached(smtptest.Mail) != 0 {
				t.Error("it signed in or sent")
			}
		})
	}
}
