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
	for _, name := range []string{"SECRET_KEY", "BASE_URL", "RESEND_API_KEY", "MAIL_FROM", "RESEND_BASE_URL"} {
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
		if got := demoSender(Config{ResendAPIKey: "re_x", ResendBaseURL: base}, mailbox) == mail.Sender(mailbox); got != own {
			t.Errorf("%q: into the mailbox is %v", base, got)
		}
	}
}
