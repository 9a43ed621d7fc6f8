package mail

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestAnAddressOfAMailServerIsRead(t *testing.T) {
	for address, want := range map[string]SMTPServer{
		"smtp://mail.example.com":                    {host: "mail.example.com", port: 587, security: startTLS},
		"smtp://mail.example.com:2525/":              {host: "mail.example.com", port: 2525, security: startTLS},
		" smtp://mail.example.com:25?tls=starttls\n": {host: "mail.example.com", port: 25, security: startTLS},
		"SMTP://MAIL.example.com":                    {host: "mail.example.com", port: 587, security: startTLS},
		"smtps://mail.example.com":                   {host: "mail.example.com", port: 465, security: implicitTLS},
		"smtps://mail.example.com:8465":              {host: "mail.example.com", port: 8465, security: implicitTLS},
		"smtp://mail.example.com:465":                {host: "mail.example.com", port: 465, security: implicitTLS},
		"smtp://mail.example.com:465?tls=starttls":   {host: "mail.example.com", port: 465, security: startTLS},
		"smtp://127.0.0.1:25":                        {host: "127.0.0.1", port: 25, security: noTLS},
		"smtp://127.0.0.1:25?tls=none":               {host: "127.0.0.1", port: 25, security: noTLS},
		"smtp://localhost?tls=starttls":              {host: "localhost", port: 587, security: startTLS},
		"smtp://[::1]:25":                            {host: "::1", port: 25, security: noTLS},
		"smtp://relay:25?tls=none&allow=cleartext":   {host: "relay", port: 25, security: noTLS},
		"smtp://bücher.example":                      {host: "xn--bcher-kva.example", port: 587, security: startTLS},
		"smtp://127.0.0.1.example.com":               {host: "127.0.0.1.example.com", port: 587, security: startTLS},
	} {
		got, err := ParseSMTP(address)
		if err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", address, got, err, want)
		}
	}
}

func TestAUserAndAPasswordMayHoldAnything(t *testing.T) {
	for _, password := range []string{"secret", hostilePassword, "пароль", "%", "a@b@c", "://"} {
		u := url.URL{Scheme: "smtp", Host: "mail.example.com:587", User: url.UserPassword("maya@nimbus.example", password)}
		got, err := ParseSMTP(u.String())
		if err != nil || got.user != "maya@nimbus.example" || *got.password != password {
			t.Errorf("%q comes back as %v (%v)", password, got, err)
		}
	}
}

// hostileAddresses are each wrong in one way, and each holds the word tea in what may be its password.
func hostileAddresses() []string {
	return []string{
		"", "tea", "smtp:", "smtp://", "smtp:tea@host", "://tea", "http://u:tea@host", "smtp+tls://u:tea@host",
		"smtp://u:tea@", "smtp://u:tea@:587", "smtp://u:tea@host:0", "smtp://u:tea@host:65536", "smtp://u:tea@host:x",
		"smtp://u:te/a@host", "smtp://u:te?a@host", "smtp://u:te#a@host", "smtp://u:tea%zz@host", "smtp://u:tea@host#", "smtp://u:12/tea@host",
		"smtp://u:tea@host/inbox", "smtp://u@host", "smtp://:tea@host", "smtp://u:@host", "smtp://u:te%0d%0aa@host", "smtp://u:te%00a@host",
		"smtp://u:tea@ho st", "smtp://u:tea@host_", "smtp://u:tea@-", "smtp://u:tea@[::1", "smtp://u:tea@host,other",
		"smtp://u:tea@host?tls=none", "smtp://u:tea@host?tls=maybe", "smtp://u:tea@host?tls=", "smtp://u:tea@host?tls=none&tls=starttls",
		"smtp://u:tea@host?tls=none&allow=all", "smtp://u:tea@host?verify=no", "smtp://u:tea@host?%zz", "smtps://u:tea@host?tls=none",
		"smtp://192.0.2.1?tls=none", "smtp://u:tea@127.0.0.1.example.com?tls=none", "smtp://\x00", "smtp://u:tea@" + strings.Repeat("a", 300),
	}
}

func TestAMalformedAddressIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, address := range hostileAddresses() {
		got, err := ParseSMTP(address)
		if err == nil {
			t.Errorf("%q is taken as %v", address, got)
			continue
		}
		if strings.Contains(err.Error(), "tea") || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%q: the refusal is %q", address, err)
		}
	}
}

func FuzzParseSMTP(f *testing.F) {
	for _, address := range append(hostileAddresses(), "smtps://maya:tea@mail.example.com:465", "smtp://[::1]:25?tls=none") {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		server, err := ParseSMTP(address)
		switch {
		case err != nil:
			return
		case server.host == "" || server.port < 1 || server.port > 65535 || strings.ContainsAny(server.host, "\r\n @/"):
			t.Errorf("%q is %q port %d", address, server.host, server.port)
		case server.security == noTLS && !server.isLoopback() && !strings.Contains(address, "allow=cleartext"):
			t.Errorf("%q is spoken to in the clear", address)
		case server.password != nil && (strings.ContainsAny(server.user+*server.password, "\r\n\x00") || server.user == ""):
			t.Errorf("%q has a login that no server takes", address)
		}
	})
}

func TestNoWayOfPrintingShowsThePassword(t *testing.T) {
	server, err := ParseSMTP("smtp://maya:earl-grey@mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(SMTPOptions{Server: server})
	defer sender.Close()
	shown := ""
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{server, &server, sender, SMTPOptions{Server: server}, sender.pool, []any{server}} {
			shown += fmt.Sprintf(form, value)
		}
	}
	if strings.Contains(shown, "earl-grey") {
		t.Errorf("it shows %s", shown)
	}
	if got := server.String(); got != "smtp://***@mail.example.com:587" {
		t.Errorf("shown as %s", got)
	}
}
