package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"rejoin/app/e2e/browser"
	"rejoin/mail/resendtest"
	"rejoin/mail/smtptest"
)

func TestAnAdminChoosesWhereEmailsComeFrom(t *testing.T) {
	t.Parallel()
	h, provider := withResend(t)
	g := &gallery{house: h}
	a := h.settings("email")
	a.WaitText(".sender-card", "chat@rejoin.example")
	a.Click(`.sender-card a "Change"`)
	a.WaitText("h1", "Where emails come from")
	a.Axe()
	aDomainIsVerified(h, a, provider)
	aServerIsUsed(h, a)
	a.Click(`.tab "The operator’s address"`)
	a.Click(`summary "Go back to this address"`)
	a.Click(`.sender-removal button "Remove"`)
	a.WaitText(".sender-state", "chat@rejoin.example")
	a.WaitText(".toast", "Saved")
	a.Open(h.base + "/settings/audit")
	a.WaitText(".audit-row", "Maya removed")
	for _, one := range looks() {
		t.Run(one.name, func(t *testing.T) {
			g := &gallery{house: g.in(t), person: chromium.Person(t, append([]browser.Option{browser.Named(one.name)}, one.options...)...), look: one}
			g.senders()
		})
	}
}

// aDomainIsVerified begins with an address, and ends when DNS has all that was asked for.
func aDomainIsVerified(h *house, a *agent, provider *resendtest.Server) {
	h.t.Helper()
	a.Click(`.tab "Your own domain"`)
	a.Fill("#sender-address", "hello@rejoin.example@")
	a.Press("Enter")
	a.Wait("#sender-address[aria-invalid=true]")
	a.Fill("#sender-address", "hello@maison.example")
	a.Press("Enter")
	a.WaitCount(".records tbody tr", 3)
	a.WaitText(".records", "resend._domainkey.maison.example")
	a.WaitText(".sender-state", "hello@maison.example is not verified yet")
	a.Until("the notice has come in", `document.getAnimations().every(a => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)`)
	a.Axe()
	provider.Publish("maison.example", "DKIM")
	h.value("update senders set checked_at = checked_at - interval '1 minute' returning 1::text")
	a.Click(`.sender-state button "Check now"`)
	a.WaitCount(".records .badge.good", 1)
	provider.Publish("maison.example")
	h.value("update senders set checked_at = checked_at - interval '1 minute', next_at = now() - interval '1 minute' returning 1::text")
	h.advance("1m")
	a.WaitText(".sender-state", "Your emails come from hello@maison.example.") // by itself
	a.WaitCount(".records .badge.good", 3)
}

// aServerIsUsed goes over a wrong password, which stays in its field and is typed over.
func aServerIsUsed(h *house, a *agent) {
	h.t.Helper()
	server := smtptest.New(h.t, smtptest.Options{User: "shop", Password: "open sesame"})
	a.Click(`.tab "Your own mail server"`)
	a.Fill("#sender-address", "hello@maison.example")
	a.Fill("#sender-host", "127.0.0.1")
	a.Fill("#sender-port", strconv.Itoa(server.Port()))
	a.Choose("#sender-security", "none")
	a.Fill("#sender-user", "shop")
	a.Fill("#sender-password", "open barley")
	a.Click(`#server-form button "Test"`)
	a.WaitText("#sender-password-error", "refuses user and password")
	if got := a.Value("#sender-password") + " " + a.Value("#sender-host"); got != "open barley 127.0.0.1" {
		h.t.Errorf("after the refusal the form holds %q", got)
	}
	a.Axe()
	a.Fill("#sender-password", "open sesame")
	a.Click(`#server-form button "Test"`)
	a.WaitText("#sender-server-says", "Nothing was sent")
	if len(server.Emails()) != 0 {
		h.t.Error("a test has sent something")
	}
	a.Click(`#server-form button "Check and use"`)
	a.WaitText(".sender-state", "Your emails come from hello@maison.example.")
	a.WaitText("#sender-password-hint", "Unchanged")
	emails := server.Emails()
	if len(emails) != 1 || emails[0].User != "shop" || !strings.Contains(strings.Join(emails[0].To, " "), maya) {
		h.t.Errorf("the mail server took %+v", emails)
	}
	if got := a.Value("#sender-password"); got != "" {
		h.t.Error("the password came back")
	}
}

// senders are the pages of where emails come from, and of the check.
func (g *gallery) senders() {
	g.t.Helper()
	a := g.signIn(g.person, maya)
	a.Open(g.base + "/settings/email/sender?way=domain")
	if g.look.name == looks()[0].name {
		a.Fill("#sender-address", "hello@nord.example")
		a.Press("Enter")
	}
	a.WaitCount(".records tbody tr", 3)
	g.check("settings-sender-domain", a.Tab)
	a.Open(g.base + "/settings/email/sender?way=smtp")
	a.Click(`#server-form button "Test"`)
	a.Wait("#sender-host[aria-invalid=true]")
	g.check("settings-sender-server", a.Tab)
	a.Open(g.base + "/settings/email/sender?way=operator")
	a.Wait(".sender")
	g.check("settings-sender", a.Tab)
	a.Open(g.base + "/settings/email")
	a.Wait(".sender-card")
	g.check("settings-email-sender", a.Tab)
	a.Open(g.base + "/settings/email/check")
	g.check("settings-check-before", a.Tab)
	a.Click(`.check button "Check now"`)
	a.WaitText(".check-result:not([data-running])", "until you leave this page")
	a.Wait(`[data-check-line=trip_back].ok`)
	if got := a.Count(".check-line"); got != 13 {
		g.t.Errorf("the check has %d lines", got)
	}
	ended := browser.Eval[float64](a, `performance.now()`)
	a.Until("a stream would have begun again", fmt.Sprintf("performance.now() > %f", ended+1500))
	if again := browser.Eval[int](a, `performance.getEntriesByType("resource").filter(e => e.name.endsWith("/null")).length`); again > 0 {
		g.t.Error("the check that has ended was asked for again")
	}
	g.check("settings-check", a.Tab)
}
