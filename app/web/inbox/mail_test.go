package inbox_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/app/chat"
)

// mails lets a mail come in by a door, and settles it.
func (h *house) mails(to, from, text string) *chat.Mail {
	h.Helper()
	return h.mailsAnswering(to, from, "", text)
}

// mailsAnswering is mails for one that names the email that it answers.
func (h *house) mailsAnswering(to, from, answers, text string) *chat.Mail {
	h.Helper()
	if answers != "" {
		answers = "In-Reply-To: " + answers + "\n"
	}
	raw := []byte(strings.ReplaceAll("From: "+from+"\nTo: "+to+"\nSubject: About the blue one\nMessage-ID: <"+rand.Text()+"@mail.example>\n"+answers+
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"+text+"\n", "\n", "\r\n"))
	id := rand.Text()
	_, err := h.desk.KeepMail(h.Context(), chat.Arrival{Door: "smtp", DoorID: id, From: from, To: []string{to}, Raw: raw})
	h.must(err)
	kept, err := h.store.MailByDoor(h.Context(), "smtp", id)
	h.must(err)
	_, err = h.desk.Receive(h.Context(), kept.ID)
	h.must(err)
	settled, err := h.store.MailByDoor(h.Context(), "smtp", id)
	h.must(err)
	return settled
}

func TestAMailOfSeveralSendersSaysWhyItWaits(t *testing.T) {
	h := newHouse(t)
	m := h.mails(h.replyTo(), "kim@example.net, jo@example.net", "Who of us?")
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	want := "This mail names several senders, kim@example.net first. The customer does not see it."
	if got := words(page.Find(fmt.Sprintf("#message-%d .held-why", m.MessageSeq))); got != want {
		t.Errorf("it says %q", got)
	}
}

func TestAMailThatMayBeAutomaticSaysSo(t *testing.T) {
	h := newHouse(t)
	to := h.replyTo()
	for text, want := range map[string]string{
		"I am currently out of the office and will return on Monday.": "may be automatic",
		"The blue one, please.": "email",
	} {
		m := h.mailsAnswering(to, "kim@example.net", "<a@mail.example>", text)
		page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
		if got := words(page.Find(fmt.Sprintf("#message-%d .via", m.MessageSeq)).Last()); got != want {
			t.Errorf("%q is marked %q, want %q", text, got, want)
		}
	}
}

// replyTo is where answers to the newest email to Jo go.
func (h *house) replyTo() string {
	h.Helper()
	delivery := h.invite(h.jo)
	_, err := h.desk.Deliver(h.Context(), h.org.ID, delivery.ID)
	h.must(err)
	return h.mailbox.List(1, "")[0].Message.ReplyTo.Email
}

func held(g *guest, seq int64, word string) string {
	return g.at(fmt.Sprintf("messages/%d/%s", seq, word))
}

func TestAStrangersMailIsShownApartUntilAnAgentDecides(t *testing.T) {
	h := newHouse(t)
	to := h.replyTo()
	m := h.mails(to, "kim@example.net", "I am her <b>sister</b>.")
	page := h.agent.get(h.jo.at("")).wants(http.StatusOK).page()
	bubble := page.Find(fmt.Sprintf("#message-%d.held", m.MessageSeq))
	if got := words(bubble.Find(".bubble")); got != "I am her <b>sister</b>." {
		t.Fatalf("it says %q", got)
	}
	if got := words(page.Find("#thread-head .thread-held")); got != "1 mail to accept" {
		t.Errorf("the head says %q", got)
	}
	if page.Find(".row-item .list-row-held").Length() != 1 {
		t.Error("no row is marked")
	}
	h.nobody().post(held(h.jo, m.MessageSeq, "acceptance"), nil).wants(http.StatusSeeOther)
	h.agent.post(held(h.jo, m.MessageSeq+1, "acceptance"), nil).wants(http.StatusNotFound)
	h.agent.post(held(h.jo, m.MessageSeq, "acceptance"), nil).wants(http.StatusSeeOther)
	h.agent.post(held(h.jo, m.MessageSeq, "refusal"), nil).wants(http.StatusConflict)
	page = h.agent.get(h.jo.at("")).page()
	if got := words(page.Find(".event-line.decided > span")); got != "Zoe Martin accepted the mail from kim@example.net" {
		t.Errorf("the decision is told as %q", got)
	}
	if got := words(page.Find(".message[data-by=customer]").Last().Find(".message-author, .via")); !strings.Contains(got, "kim@example.net") || !strings.Contains(got, "email") {
		t.Errorf("the message is from %q", got)
	}
	if got := words(page.Find(".customer-others")); !strings.Contains(got, "kim@example.net") || !strings.Contains(got, "Zoe Martin") {
		t.Errorf("the participants are %q", got)
	}
	if page.Find(".message.held, .thread-held, .list-row-held").Length() != 0 {
		t.Error("it still waits")
	}
}

func TestTheOriginalIsForAgentsAndItsBytesAreNeverAPage(t *testing.T) {
	h := newHouse(t)
	m := h.mails(h.replyTo(), "jo@example.org", "<script>alert(1)</script>\n\n-- \nJo Martin\nRue Bleue 5")
	dialog := h.agent.htmx("/inbox/mail/" + m.Key).wants(http.StatusOK).page().Find("dialog#original[data-open]")
	if got := words(dialog.Find(".original-text")); got != "<script>alert(1)</script>" {
		t.Errorf("its words are %q", got)
	}
	if got := words(dialog.Find("details").First()); !strings.Contains(got, "Rue Bleue 5") {
		t.Errorf("the signature is %q", got)
	}
	if got := dialog.Find(".original-proof-list li").Length(); got != 3 {
		t.Errorf("%d proofs are told", got)
	}
	if h.agent.get("/inbox/mail/"+m.Key).wants(http.StatusOK).page().Find("h1").Text() != "Original email" {
		t.Error("without scripts there is no page")
	}
	raw := h.agent.get("/inbox/mail/" + m.Key + "/raw").wants(http.StatusOK)
	if got := raw.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") || !strings.HasSuffix(got, ".eml") {
		t.Errorf("the disposition is %q", got)
	}
	if raw.Header.Get("Content-Type") != "text/plain; charset=utf-8" || !strings.HasPrefix(raw.Header.Get("Content-Security-Policy"), "sandbox") || raw.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the headers are %v", raw.Header)
	}
	if !strings.Contains(raw.body, "<script>alert(1)</script>") {
		t.Error("it is not the raw mail")
	}
	_, other := h.found("Autre Maison", "bea@autre.example", "Bea")
	for _, path := range []string{"/inbox/mail/" + m.Key, "/inbox/mail/" + m.Key + "/raw"} {
		other.get(path).wants(http.StatusNotFound)
		h.nobody().get(path).wants(http.StatusSeeOther)
	}
}

func TestUnmatchedMailIsForAdminsToPlaceOrDelete(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/unmatched", "/unmatched/count"} {
		h.agent.get(path).wants(http.StatusForbidden)
	}
	if got := words(h.admin.get("/unmatched").wants(http.StatusOK).page().Find("#unmatched .empty-title")); got != "No mail is waiting" {
		t.Errorf("an empty page says %q", got)
	}
	first := h.mails("hello@reply.example", "Bo Berg <bo@example.net>", "Where is it?")
	second := h.mails("hello@reply.example", "Jo <jo@example.org>", "It is me, Jo.")
	h.agent.get("/unmatched/" + first.Key).wants(http.StatusForbidden)
	h.agent.get("/inbox/mail/" + first.Key).wants(http.StatusForbidden)
	page := h.admin.get("/unmatched").page()
	if got := page.Find(".unmatched-row").Length(); got != 2 {
		t.Fatalf("%d mails are listed", got)
	}
	if got := words(page.Find("#rail-unmatched .count")); got != "2" {
		t.Errorf("the count is %q", got)
	}
	if got := words(page.Find(".unmatched-row").Last()); !strings.Contains(got, "Bo Berg") || !strings.Contains(got, "no conversation’s address") {
		t.Errorf("a row says %q", got)
	}
	asked := h.admin.get("/unmatched/" + first.Key + "?step=new").wants(http.StatusOK).page()
	if got := words(asked.Find(".mail-confirm")); !strings.Contains(got, "Bo Berg becomes a new customer with the address bo@example.net") {
		t.Errorf("it is asked %q", got)
	}
	led := h.admin.post("/unmatched/"+first.Key+"/assignment", nil).wants(http.StatusSeeOther).Header.Get("Location")
	if got := words(h.agent.get(led).wants(http.StatusOK).page().Find(".message .bubble")); got != "Where is it?" {
		t.Errorf("the new conversation begins with %q", got)
	}
	h.admin.post("/unmatched/"+first.Key+"/assignment", nil).wants(http.StatusConflict)

	choices := h.admin.htmx("/unmatched/" + second.Key + "?step=add").wants(http.StatusOK).page()
	if got := choices.Find(".mail-choice-row").First(); !strings.Contains(words(got), "probably this one") || got.Find("input[checked]").AttrOr("value", "") != h.jo.key {
		t.Errorf("suggested is %q", words(got))
	}
	unchosen := h.admin.post("/unmatched/"+second.Key+"/assignment", url.Values{"chosen": {"yes"}}, "HX-Request", "true").wants(http.StatusUnprocessableEntity)
	if got := words(unchosen.page().Find(".field-error")); got != "Choose a conversation first." {
		t.Errorf("without a choice it says %q", got)
	}
	h.admin.post("/unmatched/"+second.Key+"/deletion", nil, "HX-Request", "true").wants(http.StatusOK)
	if got := h.admin.htmx("/unmatched").page().Find(".unmatched-row").Length(); got != 0 {
		t.Errorf("%d mails are left", got)
	}
	if got := words(h.admin.get("/settings/audit").page().Find(".audit-list")); !strings.Contains(got, "deleted the mail") || !strings.Contains(got, "assigned the mail") {
		t.Errorf("the log says %q", got)
	}
}
