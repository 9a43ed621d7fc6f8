package demo

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rejoin/mail"
	"rejoin/views"
)

func TestAnAnswerGoesByTheDemosOwnMailDoor(t *testing.T) {
	h := openHouse(t)
	id := h.send(func(m *mail.Message) {
		m.ReplyTo, m.To = mail.Address{Email: "reply+1-abc@reply.example"}, mail.Address{Name: "Jo", Email: "jo@example.org"}
	})
	page := h.get(views.DemoMail(id, views.MailPartAnswer)).page()
	if to := page.Find(".mail-write-to").Text(); !strings.Contains(to, "reply+1-abc@reply.example") || !strings.Contains(to, "jo@example.org") {
		t.Errorf("it goes from and to %q", to)
	}
	h.ask(http.MethodPost, views.DemoMailAnswer(id), url.Values{"text": {"Lovely!\nTwo, please."}}.Encode()).wants(http.StatusSeeOther)
	came := <-h.taken
	in := mail.ParseBytes(came.Raw)
	if in.Reply != "Lovely!\nTwo, please." || in.Kind != mail.KindReply || came.From != "jo@example.org" || came.To[0] != "reply+1-abc@reply.example" {
		t.Errorf("from %q to %q came %s %q", came.From, came.To, in.Kind, in.Reply)
	}
	if !h.get(views.DemoMailAnswered(id)).page().Find(".notice.good").Is("*") {
		t.Error("nothing tells that it has gone")
	}
}

func TestAnAnswerThatIsNotTakenLosesNoWord(t *testing.T) {
	h := openHouse(t)
	id := h.send(func(m *mail.Message) { m.ReplyTo = mail.Address{Email: "reply+1-abc@elsewhere.example"} })
	for text, says := range map[string]string{"": "fill", "Kept words": "did not take it"} {
		answer := h.ask(http.MethodPost, views.DemoMailAnswer(id), url.Values{"text": {text}}.Encode())
		answer.wants(http.StatusUnprocessableEntity)
		page := answer.page()
		if got := page.Find("textarea").Text(); strings.TrimSpace(got) != text {
			t.Errorf("of %q it keeps %q", text, got)
		}
		if got := page.Find(".field-error").Text(); !strings.Contains(got, says) {
			t.Errorf("beside %q it says %q", text, got)
		}
	}
	select {
	case came := <-h.taken:
		t.Errorf("%q was taken", came.Raw)
	default:
	}
}
