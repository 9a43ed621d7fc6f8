package channel

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
	"rejoin/mail/resendtest"
)

func composition() chat.Composition {
	return chat.Composition{
		Organization: &chat.Organization{ID: 7, Name: "Nimbus", Language: "en"},
		Customer:     &chat.Customer{Name: "Jo", Language: "en", Zone: "Europe/Paris"},
		Point:        &chat.ContactPoint{Channel: "email", Address: "jo@example.org"},
		Kind:         chat.KindInvitation, Key: "abcdefghijklmnopqrstuv", Token: chat.NewToken(7, rand.Reader),
		AgentName: "Maya", Text: "Your parcel left this morning.", Language: "en",
		At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC),
	}
}

// sent is a composed email as it is handed over.
func sent(c chat.Composition, content chat.Content) chat.Outgoing {
	return chat.Outgoing{Frozen: content.Frozen, Token: c.Token, ReplyToken: c.ReplyToken}
}

func TestWhatIsComposedIsWhatArrivesAndNoTokenIsKept(t *testing.T) {
	provider := resendtest.New(t)
	channel := NewEmail(EmailOptions{Sender: mail.NewResend(provider.Key(), provider.URL(), 5*time.Second), From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example/"})
	c := composition()
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
	if accepted[0].HTML != content.HTML || accepted[0].Text != content.Text || accepted[0].Subject != content.Subject {
		t.Error("what arrived is not what was composed")
	}
	if !strings.Contains(accepted[0].Text, "https://rejoin.example/r/"+c.Token) {
		t.Error("the text part has no rejoin link")
	}
}

func TestOtherWordsGiveAnotherDigest(t *testing.T) {
	channel := email()
	c := composition()
	one, _ := channel.Compose(c)
	c.At = c.At.Add(12 * time.Hour) // the hours sentence changes
	two, _ := channel.Compose(c)
	if one.Digest == two.Digest {
		t.Error("the digest does not see the hours")
	}
}

func TestARefusalNamesItsReason(t *testing.T) {
	provider := resendtest.New(t)
	channel := NewEmail(EmailOptions{Sender: mail.NewResend(provider.Key(), provider.URL(), 5*time.Second), From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example"})
	c := composition()
	content, err := channel.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		fault     resendtest.Fault
		code      string
		temporary bool
	}{
		"broken": {resendtest.Broken(), "unreachable", true},
		"rate":   {resendtest.RateLimited(7 * time.Second), "rate", true},
		"quota":  {resendtest.DailyQuota(), "quota", true},
	} {
		provider.Script(func(int, resendtest.Request) resendtest.Fault { return want.fault })
		_, err := channel.Send(context.Background(), sent(c, content))
		var failure *chat.SendFailure
		if !errors.As(err, &failure) || failure.Code != want.code || failure.Temporary != want.temporary {
			t.Errorf("%s: got %#v", name, err)
		}
	}
}

func TestAnAgentsEssayIsRefusedBesideItsField(t *testing.T) {
	c := composition()
	c.Text = strings.Repeat("a", mail.MaxText+1)
	_, err := email().Compose(c)
	var refused *chat.Error
	if !errors.As(err, &refused) || refused.Field != "text" {
		t.Errorf("got %v", err)
	}
}
