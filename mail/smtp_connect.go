package mail

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoStartTLS  = errors.New("the mail server offers no STARTTLS, and nothing is sent in the clear")
	errNoMechanism = errors.New("the mail server offers no way to sign in that is known here")
)

// connect opens a connection that is ready for an email: greeted, encrypted, signed in.
func (p *smtpPool) connect(ctx context.Context) (*smtpConn, *Failure) {
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	dialer := net.Dialer{}
	if p.options.Public {
		dialer.Control = refusePrivate
	}
	raw, err := dialer.DialContext(ctx, "tcp", p.options.Server.address())
	if err != nil {
		return nil, p.untaken(ctx, stepConnect, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() }) // unblocks whatever it waits for
	client, step, err := p.introduce(raw)
	if err == nil && !stop() {
		err = ctx.Err()
	}
	if err != nil {
		stop()
		_ = raw.Close() // the first error counts
		return nil, p.untaken(ctx, step, err)
	}
	c := &smtpConn{pool: p, client: client, raw: raw}
	c.forget = context.AfterFunc(p.closing, func() { _ = raw.Close() })
	return c, nil
}

// introduce goes through everything that comes before the first email, and says at which step it failed.
func (p *smtpPool) introduce(raw net.Conn) (*smtp.Client, smtpStep, error) {
	server := p.options.Server
	settings := &tls.Config{ServerName: server.host, RootCAs: p.options.Roots, MinVersion: tls.VersionTLS12}
	conn := raw
	if server.security == implicitTLS {
		conn = tls.Client(raw, settings)
	}
	client, err := smtp.NewClient(conn, server.host)
	if err != nil {
		return nil, stepConnect, err
	}
	client.SkipSMTPUTF8(true) // our bytes are ASCII; asking for more would stop them at an older server further on
	if err := client.Hello(p.options.Hello); err != nil {
		return nil, stepConnect, err
	}
	if server.security == startTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, stepTLS, errNoStartTLS
		}
		if err := client.StartTLS(settings); err != nil {
			return nil, stepTLS, err
		}
	}
	if server.user == "" {
		return client, stepConnect, nil
	}
	_, offered := client.Extension("AUTH")
	auth := server.signIn(strings.Fields(strings.ToUpper(offered)))
	if auth == nil {
		return nil, stepAuth, errNoMechanism
	}
	return client, stepAuth, client.Auth(auth)
}

// signIn picks the best of the offered ways to sign in: under TLS the plain ones before CRAM-MD5, which many servers
// offer without being able to; in the clear those first that do not show the password.
func (s SMTPServer) signIn(offered []string) smtp.Auth {
	order := []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"}
	if s.security == noTLS {
		order = []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"}
	}
	inClear := s.security == noTLS // the operator has said so, or it is this machine
	for _, mechanism := range order {
		if !slices.Contains(offered, mechanism) {
			continue
		}
		switch mechanism {
		case "SCRAM-SHA-256":
			return smtp.ScramSHA256Auth(s.user, *s.password)
		case "SCRAM-SHA-1":
			return smtp.ScramSHA1Auth(s.user, *s.password)
		case "CRAM-MD5":
			return smtp.CRAMMD5Auth(s.user, *s.password)
		case "PLAIN":
			return smtp.PlainAuth("", s.user, *s.password, s.host, inClear)
		case "LOGIN":
			return smtp.LoginAuth(s.user, *s.password, s.host, inClear)
		}
	}
	return nil
}

// secretForms are the ways in which a server may repeat our password.
func secretForms(user, password string) []string {
	encode := base64.StdEncoding.EncodeToString
	return []string{encode([]byte("\x00" + user + "\x00" + password)), encode([]byte(password)), password}
}

// smtpConn is one connection; it is used by one email at a time.
type smtpConn struct {
	pool   *smtpPool
	client *smtp.Client
	raw    net.Conn
	forget func() bool // lets the sender's end pass it by
	idle   *time.Timer // set while it is in the pool
	broken bool        // it can take no further email
}

// abort breaks the connection at once; whoever waits for it fails.
func (c *smtpConn) abort() {
	c.forget()
	_ = c.raw.Close() // it may be closed already
}

// goodbyeTime is how long a server may take to let us go.
const goodbyeTime = time.Second

// quit ends the connection politely where it still works.
func (c *smtpConn) quit() {
	defer c.abort()
	if c.broken || c.client.UpdateDeadline(goodbyeTime) != nil {
		return
	}
	_ = c.client.Quit() // it ends either way
}

// ready tells whether the server still listens, and clears what an earlier email has left.
func (c *smtpConn) ready(ctx context.Context) bool {
	defer context.AfterFunc(ctx, c.abort)()
	if err := c.client.UpdateDeadline(min(c.pool.options.Timeout, 3*time.Second)); err != nil {
		return false
	}
	return c.client.Reset() == nil
}
