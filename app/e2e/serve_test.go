package e2e

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
	"rejoin/mail/resendtest"
)

func TestServeRefusesToStartAndSaysWhatToSet(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, chromium.Build(t), "serve")
	command.Env = append(os.Environ(), "SECRET_KEY=", "BASE_URL=", "MAIL_FROM=", "RESEND_API_KEY=", "DATA_DIR="+t.TempDir())
	said, err := command.CombinedOutput()
	if err == nil {
		t.Fatalf("it ended well: %s", said)
	}
	for _, name := range []string{"SECRET_KEY", "BASE_URL", "MAIL_FROM", "RESEND_API_KEY"} {
		if !strings.Contains(string(said), "set "+name) {
			t.Errorf("it does not say to set %s:\n%s", name, said)
		}
	}
}

func TestAnEmptyInstallIsSetUpOnce(t *testing.T) {
	t.Parallel()
	provider := resendtest.New(t)
	h := open(t, "serve", emptyDatabase(t), "SECRET_KEY=0123456789abcdef0123456789abcdef", "MAIL_FROM=Shop <chat@shop.example>",
		"RESEND_BASE_URL="+provider.URL(), "RESEND_API_KEY="+provider.Key())
	h.WaitLog("/setup/")
	link := regexp.MustCompile(`http://\S+/setup/\S+`).FindString(h.Log())
	stranger := chromium.Person(t, browser.Named("stranger")).Tab()
	stranger.Open(h.base)
	stranger.WaitText("body", "Look at the server’s log")
	stranger.Axe()

	owner := chromium.Person(t, browser.Named("owner"), browser.Zone("Europe/Madrid"))
	tab := owner.Tab()
	tab.Open(link)
	tab.WaitText("h1", "Set Rejoin up")
	tab.Axe()
	tab.Fill("[name=organization]", "Fonda Azul")
	tab.Fill("[name=name]", "Pilar")
	tab.Fill("[name=email]", "pilar@fonda.example")
	tab.Fill("[name=password]", "too short")
	tab.Click(`button "Create and start"`)
	tab.WaitText(".field-error", "Choose a password of")
	if got := tab.Value("[name=organization]") + tab.Value("[name=zone]"); got != "Fonda AzulEurope/Madrid" {
		t.Errorf("the form came back with %q", got)
	}
	tab.Fill("[name=password]", "olive oil and bread")
	tab.Click(`button "Create and start"`)
	tab.WaitURL("/settings/widget")
	tab.WaitText("#widget-snippet", h.base+"/widget.js")
	tab.Open(h.base + "/inbox")
	tab.WaitText("#list", "No open conversations")
	tab.Axe()

	stranger.Open(link)
	stranger.WaitText("body", "There is nothing at this address.")
	stranger.Open(h.base)
	stranger.WaitURL("/sign-in")
	for _, path := range []string{"/demo", "/demo/start", "/demo/mailbox", "/demo/mailbox.json", "/demo/clock"} {
		if status, _ := h.ask(http.MethodGet, path, nil); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if status, _ := h.post("/demo/clock", map[string][]string{"advance": {"1h"}}); status != http.StatusNotFound {
		t.Errorf("moving the clock answers %d", status)
	}
}
