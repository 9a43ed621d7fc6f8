package mail

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// smtpSecurity is how the way to the mail server is kept from strangers.
type smtpSecurity int

const (
	startTLS    smtpSecurity = iota // required: without it nothing is said
	implicitTLS                     // from the first byte
	noTLS                           // in the clear
)

// SMTPServer is a mail server and how to sign in there; ParseSMTP makes one. It never shows its user or password.
type SMTPServer struct {
	host     string // ASCII
	port     int
	user     string
	password *string // behind a pointer, so that printing what holds it does not print it
	security smtpSecurity
}

// The reasons for which an address of a mail server is refused. None repeats a part of it, since any part may be a
// piece of a password that was not percent-encoded.
var (
	errSMTPForm  = errors.New("it has to look like smtp://user:password@mail.example.com:587, with @ : / ? # % in user and password percent-encoded")
	errSMTPLogin = errors.New("it has a user without a password, a password without a user, or a control character in one of them")
	errSMTPHost  = errors.New("it names no usable host")
	errSMTPPort  = errors.New("its port has to be a number from 1 to 65535")
	errSMTPQuery = errors.New("after ? it may say tls=starttls or tls=none, and allow=cleartext")
	errSMTPTLS   = errors.New("smtps:// is TLS from the first byte: leave tls out, or write smtp://")
	errSMTPClear = errors.New("tls=none would send emails and password in the clear to another machine; add &allow=cleartext if the network between is yours alone")
)

// ParseSMTP reads an address like smtp://user:password@mail.example.com:587 (STARTTLS, required),
// smtps://user:password@mail.example.com:465 (TLS from the first byte) or smtp://127.0.0.1:25 (this machine, in the
// clear unless ?tls=starttls). Another machine is spoken to in the clear only with ?tls=none&allow=cleartext.
func ParseSMTP(address string) (SMTPServer, error) {
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Opaque != "" || u.Host == "" ||
		u.Path != "" && u.Path != "/" || u.Fragment != "" || strings.HasSuffix(address, "#") {
		return SMTPServer{}, errSMTPForm
	}
	var s SMTPServer
	if s.host, err = smtpHost(u.Hostname()); err != nil {
		return SMTPServer{}, err
	}
	if err := s.readLogin(u.User); err != nil {
		return SMTPServer{}, err
	}
	if err := s.readSecurity(u); err != nil {
		return SMTPServer{}, err
	}
	return s, s.readPort(u)
}

func smtpHost(host string) (string, error) {
	if net.ParseIP(host) != nil {
		return host, nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", errSMTPHost
	}
	return ascii, nil
}

func (s *SMTPServer) readLogin(login *url.Userinfo) error {
	if login == nil {
		return nil
	}
	password, _ := login.Password()
	if login.Username() == "" || password == "" || strings.ContainsFunc(login.Username()+password, unicode.IsControl) {
		return errSMTPLogin
	}
	s.user, s.password = login.Username(), &password
	return nil
}

func (s *SMTPServer) readSecurity(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errSMTPQuery
	}
	for name, values := range query {
		if name != "tls" && name != "allow" || len(values) != 1 {
			return errSMTPQuery
		}
	}
	choice, allowed := query.Get("tls"), query.Get("allow") == "cleartext"
	if query.Has("allow") && !allowed {
		return errSMTPQuery
	}
	if u.Scheme == "smtps" {
		s.security = implicitTLS
		if choice != "" {
			return errSMTPTLS
		}
		return nil
	}
	switch {
	case choice == "starttls":
		s.security = startTLS
	case choice == "none" && !s.isLoopback() && !allowed:
		return errSMTPClear
	case choice == "none":
		s.security = noTLS
	case choice != "" || query.Has("tls"):
		return errSMTPQuery
	case u.Port() == "465": // where every server speaks TLS from the first byte, and would wait for ours
		s.security = implicitTLS
	case s.isLoopback():
		s.security = noTLS
	}
	return nil
}

func (s *SMTPServer) readPort(u *url.URL) error {
	s.port = 587
	if s.security == implicitTLS {
		s.port = 465
	}
	if u.Port() == "" {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 {
		return errSMTPPort
	}
	s.port = port
	return nil
}

func (s SMTPServer) isLoopback() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsZero tells whether there is no server at all.
func (s SMTPServer) IsZero() bool { return s.host == "" }

func (s SMTPServer) address() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// String is the server without its user and password.
func (s SMTPServer) String() string {
	scheme, login := "smtp", ""
	if s.security == implicitTLS {
		scheme = "smtps"
	}
	if s.user != "" {
		login = "***@"
	}
	return scheme + "://" + login + s.address()
}

// GoString is String, so that no way of printing shows the password.
func (s SMTPServer) GoString() string { return s.String() }

// masked is a text of the server without our password, however it was encoded.
func (s SMTPServer) masked(text string) string {
	if s.password == nil {
		return text
	}
	for _, secret := range secretForms(s.user, *s.password) {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
