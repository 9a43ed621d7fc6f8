package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"rejoin/app/blob"
	"rejoin/app/chat"
	"rejoin/app/web/hooks"
	"rejoin/mail"
)

// How fast emails go out where nothing else is set: Resend allows two requests per second and more on demand.
const (
	resendRate = 2
	smtpRate   = 10
)

// pace is how fast emails go out.
func (c Config) pace() chat.Pace {
	all := c.MailRate
	switch {
	case all < 0:
		all = 0
	case all == 0 && c.SMTPURL != "":
		all = smtpRate
	case all == 0:
		all = resendRate
	}
	one := c.MailRateEach
	if one <= 0 {
		one = all
	}
	return chat.Pace{All: all, One: one}
}

// checkInbound says what is wrong with how answers come in.
func (c Config) checkInbound() []error {
	var wrong []error
	if c.InboundDomain != "" && !isDomain(c.InboundDomain) {
		wrong = append(wrong, errors.New("set INBOUND_DOMAIN to a domain, like reply.shop.example, or leave it out"))
	}
	if c.InboundAddr != "" && c.InboundDomain == "" {
		wrong = append(wrong, errors.New("set INBOUND_DOMAIN too: INBOUND_SMTP_ADDR takes mail for no other domain"))
	}
	if _, _, err := net.SplitHostPort(c.InboundAddr); c.InboundAddr != "" && err != nil {
		wrong = append(wrong, errors.New("set INBOUND_SMTP_ADDR to an address with a port, like :25, or leave it out"))
	}
	if (c.InboundCert == "") != (c.InboundKey == "") {
		wrong = append(wrong, errors.New("set both INBOUND_TLS_CERT and INBOUND_TLS_KEY, or neither"))
	}
	if c.InboundDomain != "" && c.InboundAddr == "" && (c.ResendAPIKey == "" || c.ResendWebhook == "") {
		wrong = append(wrong, errors.New("set INBOUND_SMTP_ADDR, or RESEND_API_KEY and RESEND_WEBHOOK_SECRET: nothing takes the mail of INBOUND_DOMAIN"))
	}
	if _, err := blob.Parse(c.Blobs); c.Blobs != "" && err != nil {
		wrong = append(wrong, fmt.Errorf("set BLOBS anew: %w", err)) // which repeats no secret of it
	}
	return wrong
}

func isDomain(name string) bool {
	ascii, err := idna.Lookup.ToASCII(name)
	_, numeric := netip.ParseAddr(name)
	return err == nil && numeric != nil && strings.Contains(ascii, ".") && !strings.HasSuffix(ascii, ".") // no address ends in a dot
}

// inbox is the mail that Resend receives for us, nil where it receives none.
func (c Config) inbox() chat.Inbox {
	if c.InboundDomain == "" || c.ResendAPIKey == "" || c.InboundAddr != "" {
		return nil
	}
	return resendInbox{inbox: mail.NewResendInbox(c.ResendAPIKey, c.ResendBaseURL, sendTime), domain: c.InboundDomain}
}

// byResend tells whether Resend sends the emails.
func (c Config) byResend() bool { return c.SMTPURL == "" && c.ResendAPIKey != "" }

// sender is the way that the emails go out, and what ends it. It connects to nothing before the first email.
func (c Config) sender() (mail.Sender, func(), error) {
	if c.SMTPURL == "" {
		return mail.NewResend(c.ResendAPIKey, c.ResendBaseURL, sendTime), func() {}, nil
	}
	server, err := mail.ParseSMTP(c.SMTPURL)
	if err != nil {
		return nil, nil, fmt.Errorf("read SMTP_URL: %w", err)
	}
	sender := mail.NewSMTP(mail.SMTPOptions{Server: server, Hello: c.hostName()})
	return sender, func() { _ = sender.Close() }, nil
}

// hostName is the name that a mail server is greeted with: our own, an address in brackets.
func (c Config) hostName() string {
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return ""
	}
	host := base.Hostname()
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return host
	case ip.Is4():
		return "[" + host + "]"
	}
	return "[IPv6:" + host + "]"
}

// resendWebhook is the secret of Resend's webhooks; the zero one when there is none.
func (c Config) resendWebhook() (hooks.Secret, error) {
	if c.ResendWebhook == "" {
		return hooks.Secret{}, nil
	}
	return hooks.ReadSecret(c.ResendWebhook)
}
