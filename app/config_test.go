package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rejoin/mail"
	"rejoin/mail/smtptest"
)

func TestTheReadmeShowsWhatTheEnvironmentCanSet(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := printTable(&table); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, table.Bytes()) {
		t.Errorf("put this table into README.md:\n%s", table.String())
	}
}

func TestServeNamesEverythingThatHasToBeSet(t *testing.T) {
	err := Config{}.checkServe()
	if err == nil {
		t.Fatal("nothing is set, and it would serve")
	}
	for _, name := range []string{"SECRET_KEY", "BASE_URL", "RESEND_API_KEY or SMTP_URL", "MAIL_FROM", "RESEND_BASE_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %q", name, err)
		}
	}
	ready := Config{
		SecretKey: strings.Repeat("s", minSecret), BaseURL: "https://chat.example.com", ResendAPIKey: "re_x",
		ResendBaseURL: "https://api.resend.com/", MailFrom: "Shop <chat@example.com>",
	}
	if err := ready.checkServe(); err != nil {
		t.Errorf("everything is set, and it refuses: %v", err)
	}
	ready.SecretKey = ready.SecretKey[1:]
	if ready.checkServe() == nil {
		t.Error("a short secret is taken")
	}
	for _, base := range []string{"chat.example.com", "ftp://chat.example.com", "https://chat.example.com/rejoin"} {
		ready.SecretKey, ready.BaseURL = strings.Repeat("s", minSecret), base
		if ready.checkServe() == nil {
			t.Errorf("BASE_URL %q is taken", base)
		}
	}
}

func TestThereIsOneWayToSendMail(t *testing.T) {
	ready := Config{
		SecretKey: strings.Repeat("s", minSecret), BaseURL: "https://chat.example.com",
		ResendBaseURL: "https://api.resend.com/", MailFrom: "Shop <chat@example.com>", SMTPURL: "smtp://maya:earl%20grey@mail.example.com",
	}
	if err := ready.checkServe(); err != nil {
		t.Errorf("a mail server is named, and it refuses: %v", err)
	}
	ready.ResendAPIKey = "re_x"
	if err := ready.checkServe(); err == nil || !strings.Contains(err.Error(), "only one of RESEND_API_KEY and SMTP_URL") {
		t.Errorf("with both: %v", err)
	}
	ready.ResendAPIKey = ""
	for _, wrong := range []string{"mail.example.com:587", "smtp://maya:earl/grey@mail.example.com", "smtp://maya:earl@mail.example.com?tls=none"} {
		ready.SMTPURL = wrong
		err := ready.checkServe()
		if err == nil || !strings.Contains(err.Error(), "set SMTP_URL") || strings.Contains(err.Error(), "earl") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestTheMailServerIsUsedAndGreetedByOurName(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{User: "maya", Password: "earl grey/?"})
	config := Config{BaseURL: "https://chat.example.com:8443", SMTPURL: server.URL("tls=none")}
	sender, stop, err := config.sender()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, total := server.Connections(); total != 0 {
		t.Error("it does not wait for the first email")
	}
	if _, err := sender.Send(t.Context(), mail.Message{
		Key: "k", MessageID: "<k@example.com>", From: mail.Address{Email: "chat@example.com"}, To: mail.Address{Email: "jo@example.org"},
		Subject: "Hello", HTML: "<p>Hello</p>", Text: "Hello",
	}); err != nil {
		t.Fatal(err)
	}
	stop()
	if emails := server.Emails(); len(emails) != 1 || emails[0].User != "maya" || emails[0].Hello != "chat.example.com" {
		t.Errorf("the mail server has %+v", emails)
	}
	if !server.WaitConnections(0) {
		t.Error("a connection is left")
	}
	for base, want := range map[string]string{
		"https://chat.example.com": "chat.example.com", "http://192.0.2.7:8080": "[192.0.2.7]", "http://[2001:db8::1]": "[IPv6:2001:db8::1]",
	} {
		if got := (Config{BaseURL: base}).hostName(); got != want {
			t.Errorf("%s greets as %q", base, got)
		}
	}
}

func TestTheTableOfTheEnvironmentShowsNoValue(t *testing.T) {
	t.Setenv("SMTP_URL", "smtp://maya:earl-grey@mail.example.com")
	var table bytes.Buffer
	if err := printTable(&table); err != nil || strings.Contains(table.String(), "earl-grey") {
		t.Errorf("it shows %s (%v)", table.String(), err)
	}
}

func TestTheSecretOfWebhooksIsCheckedBeforeServing(t *testing.T) {
	for secret, sound := range map[string]bool{"": true, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": true, "whsec_": false, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": false} {
		err := Config{ResendWebhook: secret}.checkServe()
		if named := strings.Contains(err.Error(), "RESEND_WEBHOOK_SECRET"); named == sound {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

func TestTheDemoListensOnLoopbackOnly(t *testing.T) {
	t.Setenv("DATA_DIR", t.TempDir())
	for _, host := range []string{"0.0.0.0", "192.0.2.7", "example.com", ""} {
		t.Setenv("ADDR", net.JoinHostPort(host, "8080"))
		if _, err := demoConfig(); err == nil {
			t.Errorf("a demo would listen on %q", host)
		}
	}
	t.Setenv("ADDR", "[::1]:8080")
	if _, err := demoConfig(); err != nil {
		t.Errorf("loopback is refused: %v", err)
	}
}

func TestTheDemosSecretIsMadeOnceAndKeptToItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret")
	made, err := keptSecret(path)
	if err != nil || len(made) < minSecret {
		t.Fatalf("made %q, %v", made, err)
	}
	if again, err := keptSecret(path); err != nil || again != made {
		t.Errorf("the second start has %q, %v", again, err)
	}
	kept, err := os.Stat(path)
	if err != nil || kept.Mode().Perm() != 0o600 {
		t.Errorf("kept as %v, %v", kept.Mode(), err)
	}
}

func TestNoEmailOfADemoLeavesTheMachine(t *testing.T) {
	mailbox, err := mail.OpenMailbox(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for base, own := range map[string]bool{
		"https://api.resend.com/": true, "": true, "https://127.0.0.1.example.com/": true,
		"http://127.0.0.1:9999/": false, "http://localhost:9999/": false,
	} {
		if got := demoSender(Config{ResendAPIKey: "re_x", ResendBaseURL: base, SMTPURL: "smtp://127.0.0.1:25"}, mailbox) == mail.Sender(mailbox); got != own {
			t.Errorf("%q: into the mailbox is %v", base, got)
		}
	}
}
