package mail

import (
	"errors"
	"strings"
	"testing"

	"rejoin/mail/smtptest"
)

func TestTypedSettingsMakeAServer(t *testing.T) {
	for name, c := range map[string]struct {
		host, security string
		port           int
		want           string
		wantSecurity   smtpSecurity
	}{
		"as documented":          {"mail.example.com", "starttls", 587, "smtp://***@mail.example.com:587", startTLS},
		"no port":                {"mail.example.com", "starttls", 0, "smtp://***@mail.example.com:587", startTLS},
		"TLS, no port":           {"mail.example.com", "tls", 0, "smtps://***@mail.example.com:465", implicitTLS},
		"only the port of TLS":   {"mail.example.com", "", 465, "smtps://***@mail.example.com:465", implicitTLS},
		"nothing but a host":     {" Mail.Example.com. ", "", 0, "smtp://***@mail.example.com:587", startTLS},
		"a host in Unicode":      {"bücher.example", "tls", 465, "smtps://***@xn--bcher-kva.example:465", implicitTLS},
		"an address in brackets": {"[2001:db8::1]", "tls", 465, "smtps://***@[2001:db8::1]:465", implicitTLS},
		"this machine":           {"localhost", "none", 25, "smtp://***@localhost:25", noTLS},
	} {
		got, err := NewSMTPServer(c.host, c.port, c.security, " maya ", " p@ss ")
		if err != nil || got.String() != c.want || got.security != c.wantSecurity || got.user != "maya" || *got.password != " p@ss " {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if got, err := NewSMTPServer("mail.example.com", 25, "starttls", "", ""); err != nil || got.user != "" || got.password != nil {
		t.Errorf("without a user: %v, %v", got, err)
	}
}

func TestAWrongSettingIsNamedAndNeverRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		host           string
		port           int
		security       string
		user, password string
		want           Invalid
	}{
		"no host":             {" ", 587, "tls", "u", "tea", Invalid{"host", "empty"}},
		"an address as host":  {"smtp://tea.example", 587, "tls", "u", "tea", Invalid{"host", "malformed"}},
		"host and port":       {"tea.example:25", 587, "tls", "u", "tea", Invalid{"host", "malformed"}},
		"a host in two lines": {"tea.example\r\nQUIT", 587, "tls", "u", "tea", Invalid{"host", "malformed"}},
		"no such port":        {"mail.example.com", 65536, "tls", "u", "tea", Invalid{"port", "malformed"}},
		"a negative port":     {"mail.example.com", -1, "tls", "u", "tea", Invalid{"port", "malformed"}},
		"another security":    {"mail.example.com", 587, "tea", "u", "tea", Invalid{"security", "malformed"}},
		"none to elsewhere":   {"mail.example.com", 25, "none", "u", "tea", Invalid{"security", "in_clear"}},
		"no user":             {"mail.example.com", 587, "tls", "", "tea", Invalid{"user", "empty"}},
		"no password":         {"mail.example.com", 587, "tls", "tea", "", Invalid{"password", "empty"}},
		"a user of two lines": {"mail.example.com", 587, "tls", "te\r\na", "tea", Invalid{"user", "malformed"}},
		"a password with NUL": {"mail.example.com", 587, "tls", "u", "tea\x00", Invalid{"password", "malformed"}},
		"a very long user":    {"mail.example.com", 587, "tls", strings.Repeat("tea", 200), "tea", Invalid{"user", "too_long"}},
	} {
		_, err := NewSMTPServer(c.host, c.port, c.security, c.user, c.password)
		var invalid *Invalid
		if !errors.As(err, &invalid) || *invalid != c.want || strings.Contains(err.Error(), "tea") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestATypedServerTakesEmails(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{StartTLS: true, User: "maya", Password: hostilePassword})
	to, err := NewSMTPServer("127.0.0.1", server.Port(), "starttls", "maya", hostilePassword)
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(SMTPOptions{Server: to, Roots: server.Roots()})
	defer sender.Close()
	send(t, sender, dated())
	if got := onlyEmail(t, server); !got.TLS || got.User != "maya" {
		t.Errorf("it came as %q, encrypted %v", got.User, got.TLS)
	}
}
