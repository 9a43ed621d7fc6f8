package e2e

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"rejoin/app/e2e/browser"
	"rejoin/mail"
)

func TestAnEmailIsAnsweredLikeAFriends(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	for name, story := range map[string]func(*house){
		"in the mailbox": theyAnswerInTheMailbox,
	} {
		t.Run(name, func(t *testing.T) { story(h.in(t)) })
	}
}

// emailed is a customer who has left and got an answer by email, and the agent who wrote it.
func (h *house) emailed(question, address, answer string) (*customer, *agent, email) {
	h.t.Helper()
	c, a := h.meeting(question, address)
	c.leaves(a)
	a.answers(answer)
	a.tells("Will be emailed in")
	h.advance("5m")
	return c, a, h.receives(address, 1)
}

// mails hands a raw mail to the demo's own door.
func (h *house) mails(from, to string, raw []byte) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	if err := mail.HandOver(ctx, h.door, from, to, raw); err != nil {
		h.t.Fatal(err)
	}
}

// answerTo is how a mail program would answer an email.
func answerTo(e email, from, text string) mail.Answer {
	reply := e.Headers["Reply-To"]
	if at := strings.LastIndexByte(reply, '<'); at >= 0 {
		reply = strings.Trim(reply[at:], "<>")
	}
	return mail.Answer{
		To: mail.Message{
			MessageID: e.Headers["Message-ID"], From: mail.Address{Email: "chat@rejoin.example"}, To: mail.Address{Email: e.To.Email},
			ReplyTo: mail.Address{Email: reply}, Subject: e.Subject, Text: e.Text, Date: time.Now(),
			Headers: map[string]string{"References": e.Headers["References"]},
		},
		From: mail.Address{Email: from}, Text: text, ID: "<" + rand.Text() + "@mail.example>", At: time.Now(),
	}
}

// theyAnswer answers an email from an address through the demo's door.
func (h *house) theyAnswer(e email, from, text string) {
	h.t.Helper()
	a := answerTo(e, from, text)
	raw, err := a.Raw()
	if err != nil {
		h.t.Fatal(err)
	}
	h.mails(from, a.Recipient().Email, raw)
}

func theyAnswerInTheMailbox(h *house) {
	_, a, sent := h.emailed("Do you ship to Norway?", "norway@example.org", "We do, in four days.")
	if !strings.HasSuffix(answerTo(sent, "", "").Recipient().Email, "@reply.rejoin.example") {
		h.t.Fatalf("answers go to %q", sent.Headers["Reply-To"])
	}
	jo := chromium.Person(h.t, browser.Named("mailbox")).Tab()
	jo.Open(h.base + "/demo/mailbox/" + sent.ID)
	jo.Click(`.mail-answer "Answer"`)
	jo.Fill("#field-text", "Lovely!\nThen I take two.")
	jo.Click(`.mail-write button[type=submit]`)
	jo.WaitText(".notice.good", "Your answer has gone")
	a.reads("Then I take two.")
	a.WaitCount(`.message[data-by=customer] .bubble "We do, in four days"`, 0)
}
