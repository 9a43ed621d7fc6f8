package main

import (
	"slices"
	"testing"
)

func TestAMailOfResendsIsForUsHoweverItsAddressIsWritten(t *testing.T) {
	for _, test := range []struct{ domain, told, want string }{
		{"reply.shop.example", "reply+1-abc@reply.shop.example", "reply+1-abc@reply.shop.example"},
		{"reply.shop.example", "<reply+1-abc@Reply.Shop.Example>", "reply+1-abc@Reply.Shop.Example"},
		{"reply.shop.example", `"jo@home" <reply+1-abc@reply.shop.example>`, "reply+1-abc@reply.shop.example"},
		{"reply.bücher.example", "reply+1-abc@reply.xn--bcher-kva.example", "reply+1-abc@reply.xn--bcher-kva.example"},
		{"reply.shop.example", "reply+1-abc@shop.example", ""},
		{"reply.shop.example", "reply+1-abc@reply.shop.example@evil.example", ""},
		{"reply.shop.example", "nobody", ""},
	} {
		got := resendInbox{domain: test.domain}.ours([]string{"else@other.example", test.told})
		if want := slices.DeleteFunc([]string{test.want}, func(one string) bool { return one == "" }); !slices.Equal(got, want) {
			t.Errorf("%s at %s gives %q, want %q", test.told, test.domain, got, want)
		}
	}
}

func TestADomainForAnswersIsOneThatAnAddressCanEndIn(t *testing.T) {
	for domain, right := range map[string]bool{
		"reply.shop.example": true, "reply.bücher.example": true, "reply.shop.example.": false, "localhost": false, "192.0.2.1": false, "a@b.example": false,
	} {
		if wrong := (Config{InboundDomain: domain, InboundAddr: ":25"}).checkInbound(); (len(wrong) == 0) != right {
			t.Errorf("%s: %v", domain, wrong)
		}
	}
}
