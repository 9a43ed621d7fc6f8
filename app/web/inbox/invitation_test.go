package inbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

// dialog opens the dialog and fills its text in.
func (h *house) dialog(g *guest, text string) url.Values {
	h.Helper()
	page := h.agent.htmx(g.at("invitation")).wants(http.StatusOK).page()
	form := url.Values{"text": {text}}
	form.Set("key", page.Find("[name=key]").AttrOr("value", ""))
	form.Set("language", page.Find("#invitation-language option[selected]").AttrOr("value", ""))
	return form
}

// previewed asks for the preview, and puts what the dialog would send of it into the form.
func (h *house) previewed(g *guest, form url.Values) answer {
	h.Helper()
	seen := h.agent.post(g.at("invitation/preview"), form, htmxAsks...).wants(http.StatusOK)
	for _, name := range []string{"at", "digest"} {
		form.Set(name, seen.page().Find("[name="+name+"]").AttrOr("value", ""))
	}
	return seen
}

func (h *house) step(g *guest, form url.Values, step string) answer {
	h.Helper()
	form.Set("step", step)
	return h.agent.post(g.at("invitation"), form, htmxAsks...)
}

func (h *house) deliveries(g *guest) []chat.Delivery {
	h.Helper()
	found, err := h.store.Deliveries(h.Context(), h.org.ID, h.conversation(g).ID)
	h.must(err)
	return found
}

func (h *house) conversation(g *guest) *chat.Conversation {
	h.Helper()
	c, err := h.store.ConversationByKey(h.Context(), h.org.ID, g.key)
	h.must(err)
	return c
}

func TestWhatIsPreviewedIsWhatArrivesByteForByte(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	for _, language := range []string{"en", "fr"} {
		form := h.dialog(h.jo, "Bonjour Jo,\r\n\r\nthe <blue> one is “here” & yours — 漢字 🎉\r\nhttps://lune.example/blue?a=1&b=2")
		form.Set("language", language)
		seen := h.previewed(h.jo, form).page()
		h.clock.advance(2 * time.Minute)
		email := h.agent.post(h.jo.at("invitation/email"), form).wants(http.StatusOK)
		h.clock.advance(2 * time.Minute)
		if asked := h.step(h.jo, form, "confirm").wants(http.StatusOK).page().Find(".invitation-question").Text(); !strings.Contains(asked, "jo@example.org") {
			t.Errorf("asked %q", asked)
		}
		h.step(h.jo, form, "send").wants(http.StatusOK)
		newest := h.deliveries(h.jo)[0]
		_, err := h.desk.Deliver(t.Context(), h.org.ID, newest.ID)
		h.must(err)
		arrived := h.mailbox.List(1, "")[0].Message
		if arrived.HTML != email.body {
			t.Errorf("%s: the HTML of %d bytes arrived as %d bytes", language, len(email.body), len(arrived.HTML))
		}
		if plain := seen.Find(".invitation-plain").Text(); strings.TrimSpace(arrived.Text) != strings.TrimSpace(plain) {
			t.Errorf("%s: the plain text differs:\n%q\n%q", language, plain, arrived.Text)
		}
		if facts := seen.Find(".invitation-facts").Text(); !strings.Contains(facts, arrived.From.Name+" <"+arrived.From.Email+">") || !strings.Contains(facts, arrived.Subject) || !strings.Contains(facts, arrived.To.Email) {
			t.Errorf("%s: the preview says %q", language, facts)
		}
		h.clock.advance(time.Hour)
	}
	if h.mailbox.Len() != 2 {
		t.Errorf("%d emails arrived", h.mailbox.Len())
	}
}

func TestAnEmailGoesOutOnlyAfterTheQuestionAndOnlyOnce(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	form := h.dialog(h.jo, "Your blue one is here.")
	h.previewed(h.jo, form)
	asked := h.step(h.jo, form, "confirm").wants(http.StatusOK).page()
	if asked.Find("[data-confirming]").Length() != 1 || len(h.deliveries(h.jo)) != 0 {
		t.Fatal("it is not asked, or it went out already")
	}
	h.step(h.jo, form, "write").wants(http.StatusOK)
	for range 2 {
		sent := h.step(h.jo, form, "send").wants(http.StatusOK)
		if !strings.Contains(sent.page().Find("[data-toast]").Text(), "jo@example.org") || sent.Header.Get("HX-Trigger") == "" {
			t.Errorf("said %s", sent.body)
		}
	}
	if got := len(h.deliveries(h.jo)); got != 1 {
		t.Errorf("sent %d times", got)
	}
}

func TestASecondEmailTooSoonAsksAgain(t *testing.T) {
	h := newHouse(t)
	h.invite(h.jo)
	h.clock.advance(3*time.Minute + 20*time.Second)
	form := h.dialog(h.jo, "One more thing.")
	h.previewed(h.jo, form)
	if got := h.step(h.jo, form, "send").wants(http.StatusConflict).page().Find(".invitation-warning").Text(); !strings.Contains(got, "You wrote to them 3 minutes ago") {
		t.Errorf("warned %q", got)
	}
	asked := h.step(h.jo, form, "confirm").wants(http.StatusOK).page()
	form.Set("again", asked.Find("[name=again]").AttrOr("value", ""))
	h.step(h.jo, form, "send").wants(http.StatusOK)
	if got := len(h.deliveries(h.jo)); got != 2 {
		t.Errorf("%d emails", got)
	}
}

func TestAnotherEmailThanWasShownIsShownFirst(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	form := h.dialog(h.jo, "Your blue one is here.")
	h.previewed(h.jo, form)
	h.set(chat.EmailName, "Maison Soleil")
	changed := h.step(h.jo, form, "send").wants(http.StatusConflict).page()
	if !strings.Contains(changed.Find(".invitation-warning").Text(), "has changed since this preview") || changed.Find("[name=digest]").AttrOr("value", "") == form.Get("digest") {
		t.Error("it is not said, or the old one is shown")
	}
	form.Set("text", "Something else.")
	h.step(h.jo, form, "send").wants(http.StatusConflict)
	h.clock.advance(2 * time.Hour)
	h.step(h.jo, form, "send").wants(http.StatusConflict)
	if len(h.deliveries(h.jo)) != 0 {
		t.Error("it went out")
	}
}

func TestTheReasonIsSaidWhereNobodyCanBeInvited(t *testing.T) {
	h := newHouse(t)
	silent := h.guest(h.org, "Anyone?")
	for _, c := range []struct { // in this order: who leaves lets the time pass for all
		name  string
		guest *guest
		made  func()
		said  string
	}{
		{"active", h.jo, func() {}, "here right now"},
		{"no point", silent, silent.leaves, "no address"},
	} {
		c.made()
		dialog := h.agent.htmx(c.guest.at("invitation")).wants(http.StatusOK).page()
		if got := dialog.Find("dialog .notice").Text(); !strings.Contains(got, c.said) || dialog.Find("form").Length() != 0 {
			t.Errorf("%s: said %q", c.name, got)
		}
	}
	h.jo.leaves()
	form := h.dialog(h.jo, "Your blue one is here.")
	h.previewed(h.jo, form)
	h.set(chat.ContinuousOn, false)
	refused := h.step(h.jo, form, "send").wants(http.StatusConflict).page()
	if got := refused.Find("#invitation-preview").Text(); !strings.Contains(got, "switched off") {
		t.Errorf("said %q", got)
	}
}

func TestBadTextsAreRefusedBesideTheText(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	form := h.dialog(h.jo, "")
	if got := h.previewed(h.jo, form).page().Find("#invitation-error").Text(); got != "" {
		t.Errorf("an empty text is a mistake already while nothing is typed: %q", got)
	}
	for name, text := range map[string]string{"empty": " \r\n ", "too long": strings.Repeat("é", chat.MaxText)} {
		form.Set("text", text)
		refused := h.step(h.jo, form, "confirm").wants(http.StatusUnprocessableEntity).page()
		if refused.Find("#invitation-error").Text() == "" || refused.Find("[data-confirming]").Length() != 0 {
			t.Errorf("%s: nothing beside the text", name)
		}
	}
	form.Set("text", strings.Repeat("x", 1<<20))
	h.step(h.jo, form, "confirm").wants(http.StatusRequestEntityTooLarge)
	for _, text := range []string{"<script>alert(1)</script>", "a\x00b", "\u202egnp.exe", "Subject: x\r\nBcc: all@example.org"} {
		form.Set("text", text)
		h.previewed(h.jo, form)
		email := h.agent.post(h.jo.at("invitation/email"), form).wants(http.StatusOK)
		if email.page().Find("script").Length() != 0 {
			t.Errorf("%q: a script came in", text)
		}
		if policy := email.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "frame-ancestors 'self'") {
			t.Errorf("the email's policy is %q", policy)
		}
	}
	form.Set("key", "../../etc/passwd")
	h.agent.post(h.jo.at("invitation/preview"), form, htmxAsks...).wants(http.StatusUnprocessableEntity)
	form.Set("key", "")
	h.step(h.jo, form, "send").wants(http.StatusUnprocessableEntity)
}

func TestTheDialogWorksWithoutScripts(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	page := h.agent.get(h.jo.at("invitation")).wants(http.StatusOK).page()
	if page.Find(".rail").Length() != 1 || page.Find("#invitation-form").AttrOr("action", "") != h.jo.at("invitation") {
		t.Fatal("there is no whole page")
	}
	form := url.Values{"key": {page.Find("[name=key]").AttrOr("value", "")}, "text": {"Your blue one is here."}, "step": {"confirm"}}
	asked := h.agent.post(h.jo.at("invitation"), form).wants(http.StatusOK).page()
	if got := asked.Find("#invitation-text").Text(); got != "Your blue one is here." {
		t.Errorf("the text became %q", got)
	}
	for _, name := range []string{"at", "digest"} {
		form.Set(name, asked.Find("[name="+name+"]").AttrOr("value", ""))
	}
	form.Set("step", "send")
	sent := h.agent.post(h.jo.at("invitation"), form).wants(http.StatusSeeOther)
	if sent.Header.Get("Location") != h.jo.at("") || len(h.deliveries(h.jo)) != 1 {
		t.Errorf("led to %q", sent.Header.Get("Location"))
	}
}

func TestNobodyInvitesAnotherOrganizationsCustomer(t *testing.T) {
	h := newHouse(t)
	h.jo.leaves()
	form := h.dialog(h.jo, "Hello")
	h.previewed(h.jo, form)
	form.Set("step", "send")
	_, other := h.found("Other", "eve@other.example", "Eve")
	other.get(h.jo.at("invitation")).wants(http.StatusNotFound)
	for _, part := range []string{"invitation", "invitation/preview", "invitation/email"} {
		other.post(h.jo.at(part), form, htmxAsks...).wants(http.StatusNotFound)
		h.nobody().post(h.jo.at(part), form).wants(http.StatusSeeOther)
	}
	if len(h.deliveries(h.jo)) != 0 {
		t.Error("it went out")
	}
}
