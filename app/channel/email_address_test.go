package channel

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"rejoin/app/chat"
	"rejoin/mail"
)

func email() *Email {
	return NewEmail(EmailOptions{Sender: nil, From: mail.Address{Name: "Rejoin", Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example"})
}

func TestAnAddressIsTakenInItsCanonicalForm(t *testing.T) {
	for typed, want := range map[string]string{
		" jo@Example.ORG ":                       "jo@example.org",
		"Jo.Day+shop@gmail.com":                  "Jo.Day+shop@gmail.com",
		"jo@bücher.example":                      "jo@xn--bcher-kva.example",
		"jo@mail.example.org.":                   "jo@mail.example.org",
		"jo@例え.jp":                               "jo@xn--r8jz45g.jp",
		"JO'DAY_1-x@ÉCOLE.fr":                    "JO'DAY_1-x@xn--cole-9oa.fr",
		"o.k!#$%&*/=?^`{|}~@example.org":         "o.k!#$%&*/=?^`{|}~@example.org",
		strings.Repeat("j", 64) + "@example.org": strings.Repeat("j", 64) + "@example.org",
	} {
		got, err := email().CheckAddress(typed)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestAnAddressThatMailCannotCarryIsRefusedWithItsReason(t *testing.T) {
	for typed, key := range map[string]string{
		"":                                       "channel.address.empty",
		"jo":                                     "channel.address.form",
		"@example.org":                           "channel.address.form",
		"jo@":                                    "channel.address.form",
		"jo@localhost":                           "channel.address.domain",
		"jo@10.0.0.1":                            "channel.address.domain",
		"jö@example.org":                         "channel.address.local",
		"jo day@example.org":                     "channel.address.form",
		"jo@example.org\r\nBcc: x@y.org":         "channel.address.form",
		"a@b@example.org":                        "channel.address.form",
		"jo\x00@example.org":                     "channel.address.form",
		"Jo <jo@example.org>":                    "channel.address.form",
		"jo\tday@example.org":                    "channel.address.form",
		".jo@example.org":                        "channel.address.dots",
		"jo.@example.org":                        "channel.address.dots",
		"jo..day@example.org":                    "channel.address.dots",
		`"jo"@example.org`:                       "channel.address.local",
		`jo\day@example.org`:                     "channel.address.local",
		"jo(home)@example.org":                   "channel.address.local",
		"jo,day@example.org":                     "channel.address.local",
		"jo:day@example.org":                     "channel.address.local",
		"jo\x7f@example.org":                     "channel.address.local",
		"\xffjo@example.org":                     "channel.address.local",
		strings.Repeat("j", 65) + "@example.org": "channel.address.long",
		"jo@" + strings.Repeat(strings.Repeat("x", 60)+".", 5) + "org": "channel.address.long",
		"jo@" + strings.Repeat("x", 64) + ".org":                       "channel.address.domain",
		"jo@example..org":                                              "channel.address.domain",
		"jo@.example.org":                                              "channel.address.domain",
		"jo@[192.0.2.1]":                                               "channel.address.domain",
		"jo@-shop-.org":                                                "channel.address.domain",
		"jo@exa_mple.org":                                              "channel.address.domain",
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

func TestAThrowawayAddressIsTakenWithAWarning(t *testing.T) {
	for typed, warns := range map[string]bool{
		"jo@mailinator.com":     true,
		"jo@Box7.YOPMAIL.com":   true,
		"jo@guerrillamail.net":  true,
		"jo@notyopmail.com":     false,
		"jo@yopmail.com.org":    false,
		"jo@gmail.com":          false,
		"jo@example.org":        false,
		"not an address at all": false,
	} {
		want := ""
		if warns {
			want = "channel.address.disposable"
			if _, err := email().CheckAddress(typed); err != nil {
				t.Errorf("%s is refused: %v", typed, err)
			}
		}
		if got := email().NoteAddress(typed); got != want {
			t.Errorf("%s: noted %q, want %q", typed, got, want)
		}
	}
}

func TestTheThrowawayDomainsAreSortedWrittenAsWeCompareThemAndNoCommonOnes(t *testing.T) {
	listed := strings.Split(strings.TrimSuffix(throwaways, "\n"), "\n")
	if len(listed) < 300 || !slices.IsSorted(listed) || len(slices.Compact(slices.Clone(listed))) != len(listed) {
		t.Errorf("%d domains, sorted: %v", len(listed), slices.IsSorted(listed))
	}
	for _, domain := range listed {
		if canonical, err := email().CheckAddress("jo@" + domain); err != nil || canonical != "jo@"+domain {
			t.Errorf("%s is written %q: %v", domain, canonical, err)
		}
		if email().HintAddress("jo@"+domain) != "" {
			t.Errorf("%s is taken for a slip: %s", domain, email().HintAddress("jo@"+domain))
		}
	}
	for _, common := range domains() {
		if isThrowaway(common) {
			t.Errorf("%s is no throwaway", common)
		}
	}
}
