package channel

import (
	"errors"
	"testing"

	"rejoin/app/chat"
	"rejoin/mail"
)

func email() *Email {
	return NewEmail(nil, mail.Address{Name: "Rejoin", Email: "chat@rejoin.example"}, "https://rejoin.example")
}

func TestAnAddressIsTakenInItsCanonicalForm(t *testing.T) {
	for typed, want := range map[string]string{
		" jo@Example.ORG ":      "jo@example.org",
		"Jo.Day+shop@gmail.com": "Jo.Day+shop@gmail.com",
		"jo@bücher.example":     "jo@xn--bcher-kva.example",
		"jo@mail.example.org.":  "jo@mail.example.org",
	} {
		got, err := email().CheckAddress(typed)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestAnAddressThatMailCannotCarryIsRefusedWithItsReason(t *testing.T) {
	for typed, key := range map[string]string{
		"":                               "channel.address.empty",
		"jo":                             "channel.address.form",
		"@example.org":                   "channel.address.form",
		"jo@":                            "channel.address.form",
		"jo@localhost":                   "channel.address.domain",
		"jo@10.0.0.1":                    "channel.address.domain",
		"jö@example.org":                 "channel.address.local",
		"jo day@example.org":             "channel.address.form",
		"jo@example.org\r\nBcc: x@y.org": "channel.address.form",
		"a@b@example.org":                "channel.address.form",
		"jo\x00@example.org":             "channel.address.form",
	} {
		_, err := email().CheckAddress(typed)
		var refused *chat.Error
		if !errors.As(err, &refused) || refused.Key != key || refused.Field != "address" {
			t.Errorf("%q: got %v, want %s beside the address", typed, err, key)
		}
	}
}

func TestASlipOfTheFingerGetsAHint(t *testing.T) {
	for typed, want := range map[string]string{
		"jo@gmial.com":        "jo@gmail.com",
		"jo@gamil.com":        "jo@gmail.com",
		"jo@hotmial.fr":       "jo@hotmail.fr",
		"jo@outlok.com":       "jo@outlook.com",
		"jo@company.con":      "jo@company.com",
		"jo@gmail.com":        "",
		"jo@ymail.com":        "",
		"jo@me.com":           "",
		"jo@we.com":           "",
		"jo@rejoin.example":   "",
		"nobody":              "",
		"jo@mail.example.org": "",
	} {
		if got := email().HintAddress(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
