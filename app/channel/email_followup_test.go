package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/mail/resendtest"
)

func missed() chat.Composition {
	c := composition()
	c.Kind, c.Text, c.Omitted = chat.KindFollowup, "", true
	c.Lines = []chat.Line{
		{Seq: 4, By: chat.ByCustomer, Name: "Jo", Text: "Is it blue? https://mine.example", At: c.At.Add(-2 * time.Hour), Earlier: true},
		{Seq: 5, By: chat.ByAutomation, Name: "Rejoin", Text: "We answer soon.", At: c.At.Add(-2 * time.Hour), Earlier: true},
		{Seq: 6, By: chat.ByAgent, Name: "Maya", Text: "Yes, it is blue.", At: c.At.Add(-time.Hour), Attachments: []chat.Attachment{{Name: "blue.jpg"}}},
	}
	return c
}

func TestAParticipantsWordsAreNotCalledTheCustomers(t *testing.T) {
	c := missed()
	c.Lines = append([]chat.Line{{
		Seq: 3, By: chat.ByCustomer, Name: "Kim", Other: true, Text: "I am her sister.", At: c.At.Add(-3 * time.Hour), Earlier: true,
	}}, c.Lines...)
	content, err := NewEmail(EmailOptions{From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example/"}).Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	kim, own := strings.Index(content.Text, "Kim · "), strings.Index(content.Text, "You · ")
	sister, blue := strings.Index(content.Text, "sister"), strings.Index(content.Text, "Is it blue?")
	if kim < 0 || kim > sister || sister > own || own > blue || !strings.Contains(content.HTML, ">Kim<") {
		t.Errorf("the email says %q", content.Text)
	}
}

func setting(c *chat.Composition, key, text string) {
	raw, err := json.Marshal(map[string]string{"en": text})
	if err != nil {
		panic(err)
	}
	if c.Organization.Settings == nil {
		c.Organization.Settings = chat.Values{}
	}
	c.Organization.Settings[key] = raw
}

func TestAFollowupGoesOutAsItWasComposed(t *testing.T) {
	provider := resendtest.New(t)
	channel := NewEmail(EmailOptions{Sender: mail.NewResend(provider.Key(), provider.URL(), 5*time.Second), From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example/"})
	c := missed()
	content, err := channel.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content.Frozen, []byte(c.Token)) {
		t.Error("the frozen bytes hold the token in clear")
	}
	if again, _ := channel.Compose(c); !bytes.Equal(again.Frozen, content.Frozen) || again.Digest != content.Digest {
		t.Error("the same composition gave other bytes")
	}
	for range 2 {
		if _, err := channel.Send(context.Background(), sent(c, content)); err != nil {
			t.Fatal(err)
		}
	}
	accepted := provider.Accepted()
	if len(accepted) != 1 {
		t.Fatalf("accepted %d emails, want 1", len(accepted))
	}
	sent := accepted[0]
	if sent.HTML != content.HTML || sent.Text != content.Text || sent.Subject != "New answer from Nimbus" || sent.From != `"Maya (Nimbus)" <chat@rejoin.example>` {
		t.Errorf("sent %q from %s", sent.Subject, sent.From)
	}
	if sent.Headers["Auto-Submitted"] != "auto-generated" || sent.Headers["Message-ID"] != "<"+c.Key+".7@rejoin.example>" {
		t.Errorf("sent with %v", sent.Headers)
	}
	if sent.Headers["List-Unsubscribe"] != "<https://rejoin.example/r/"+c.Token+"/unsubscribe>" ||
		sent.Headers["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click" {
		t.Errorf("a mail program could not stop it: %v", sent.Headers)
	}
	for _, want := range []string{
		"https://rejoin.example/r/" + c.Token + "/reach\n", "Hello Jo,", "> You · 09:00\n> Is it blue?", "> Nimbus · 09:00\n> We answer soon.", "Maya · 10:00\nYes, it is blue.",
		"There is more in the conversation", "https://rejoin.example/r/" + c.Token + "\n",
	} {
		if !strings.Contains(sent.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, sent.Text)
		}
	}
}

func TestOnlyAutomaticMailIsMarkedAsAutomatic(t *testing.T) {
	for kind, want := range map[chat.DeliveryKind]string{
		chat.KindFollowup: "auto-generated", chat.KindRenewal: "auto-replied", chat.KindInvitation: "",
	} {
		c := missed()
		c.Kind, c.Text = kind, "Come back"
		content, err := email().Compose(c)
		if err != nil {
			t.Fatal(err)
		}
		message, err := mail.Decode(content.Frozen)
		if err != nil || message.Headers["Auto-Submitted"] != want {
			t.Errorf("%s is marked %q, %v", kind, message.Headers["Auto-Submitted"], err)
		}
	}
}

func TestEveryEmailCanBeStoppedAndItsStoredBytesHoldNoToken(t *testing.T) {
	for _, kind := range []chat.DeliveryKind{chat.KindFollowup, chat.KindRenewal, chat.KindInvitation} {
		c := missed()
		c.Kind, c.Text = kind, "Come back"
		content, err := email().Compose(c)
		if err != nil {
			t.Fatal(err)
		}
		for name, part := range map[string]string{"html": content.HTML, "text": content.Text} {
			if !strings.Contains(part, "/r/"+c.Token+"/reach") {
				t.Errorf("the %s of %s tells no way to stop it", name, kind)
			}
		}
		stored, err := mail.Decode(content.Frozen)
		if err != nil || bytes.Contains(content.Frozen, []byte(c.Token)) ||
			!strings.HasSuffix(stored.Headers["List-Unsubscribe"], "/r/"+tokenPlace+"/unsubscribe>") {
			t.Errorf("%s is stored with %v, %v", kind, stored.Headers, err)
		}
	}
}

func TestTheBrandsOwnWordsStandInTheFollowup(t *testing.T) {
	c := missed()
	setting(&c, chat.EmailSubject, "{name}, {agent} of {brand}\r\nhas answered")
	setting(&c, chat.EmailIntro, "Namaste {name}!\n\n{agent} has thought about it. <b>{brand}</b>")
	setting(&c, chat.EmailFooter, "{brand}, base camp 1")
	content, err := email().Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	if content.Subject != "Jo, Maya of Nimbus has answered" {
		t.Errorf("the subject is %q", content.Subject)
	}
	for _, want := range []string{"Namaste Jo!\n\nMaya has thought about it. <b>Nimbus</b>", "\nNimbus, base camp 1\n"} {
		if !strings.Contains(content.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, content.Text)
		}
	}
	c.AgentName, c.Customer.Name = "", "win at evil.example"
	if content, err = email().Compose(c); err != nil {
		t.Fatal(err)
	}
	if content.Subject != "Nimbus of Nimbus has answered" || !strings.Contains(content.Text, "Namaste!\n") || content.From != "Nimbus <chat@rejoin.example>" {
		t.Errorf("of several, to nobody: %q from %s\n%s", content.Subject, content.From, content.Text)
	}
}

func TestAnUnknownNameLeavesNoGap(t *testing.T) {
	for text, want := range map[string]string{
		"Hello {name}, we have news":   "Hello, we have news",
		"Hello, {name}!":               "Hello!",
		"Bonjour {name} !":             "Bonjour !",
		"{name}, we have news":         "We have news",
		"{ name }: élan":               "Élan",
		"{name}":                       "",
		"Dear {name}\n\nnews, {name}.": "Dear\n\nnews.",
		"For {name} from us":           "For from us",
		"مرحبا {name}، لدينا رد":       "مرحبا، لدينا رد",
		"No name, no gap , kept":       "No name, no gap , kept",
	} {
		if got := fill(text, map[string]string{"name": "", "brand": "Nimbus"}); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := fill("Hello {name}, {brand}", map[string]string{"name": "{brand}", "brand": "Nimbus"}); got != "Hello {brand}, Nimbus" {
		t.Errorf("a value was filled again: %q", got)
	}
}

func TestAFollowupWithNothingNewIsRefused(t *testing.T) {
	c := missed()
	c.Lines = c.Lines[:2]
	_, err := email().Compose(c)
	var refused *chat.Error
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}
