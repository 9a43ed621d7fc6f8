package mail

import (
	"strings"
	"unicode"
)

const maxLogin = 500 // bytes of a user or a password

// NewSMTPServer makes a server of settings that an admin has typed. security is "starttls", "tls" (from the first
// byte), or "none", which only this machine's own server may have; empty takes what the port is known for. Port 0
// takes what the security is known for. A user comes with a password, or neither is set. The error is an *Invalid
// that names host, port, security, user or password, and never repeats what was typed.
func NewSMTPServer(host string, port int, security, user, password string) (SMTPServer, error) {
	host, user = strings.Trim(strings.TrimSpace(host), "[]"), strings.TrimSpace(user)
	if host == "" {
		return SMTPServer{}, &Invalid{"host", "empty"}
	}
	ascii, err := smtpHost(strings.TrimSuffix(host, "."))
	if err != nil {
		return SMTPServer{}, &Invalid{"host", "malformed"}
	}
	s := SMTPServer{host: ascii, port: port}
	if port < 0 || port > 65535 {
		return SMTPServer{}, &Invalid{"port", "malformed"}
	}
	if err := s.chooseSecurity(security); err != nil {
		return SMTPServer{}, err
	}
	if err := checkLogin(user, password); err != nil {
		return SMTPServer{}, err
	}
	if user != "" {
		s.user, s.password = user, &password
	}
	return s, nil
}

func (s *SMTPServer) chooseSecurity(security string) error {
	switch {
	case security == "tls", security == "" && s.port == 465:
		s.security = implicitTLS
	case security == "starttls", security == "":
		s.security = startTLS
	case security == "none" && s.isLoopback():
		s.security = noTLS
	case security == "none":
		return &Invalid{"security", "in_clear"}
	default:
		return &Invalid{"security", "malformed"}
	}
	switch {
	case s.port == 0 && s.security == implicitTLS:
		s.port = 465
	case s.port == 0:
		s.port = 587
	}
	return nil
}

func checkLogin(user, password string) error {
	for _, typed := range []struct{ field, value, other string }{{"user", user, password}, {"password", password, user}} {
		switch {
		case typed.value == "" && typed.other != "":
			return &Invalid{typed.field, "empty"}
		case len(typed.value) > maxLogin:
			return &Invalid{typed.field, "too_long"}
		case strings.ContainsFunc(typed.value, unicode.IsControl):
			return &Invalid{typed.field, "malformed"}
		}
	}
	return nil
}
