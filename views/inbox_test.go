package views

import (
	"testing"

	"rejoin/locales"
)

func TestACustomerWithoutANameIsCalledByFourLettersAndDigits(t *testing.T) {
	for key, want := range map[string]string{
		"CMZ-x9Kf": "Customer CMZX", "ZZF_-_7q": "Customer ZZF7", "--ab_1c2": "Customer AB1C", "x-y": "Customer XY",
	} {
		if got := CustomerName(locales.For("en"), "", "", key); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
	}
	if got := CustomerName(locales.For("en"), "", "jo@example.org", "CMZ-x9Kf"); got != "jo@example.org" {
		t.Errorf("a customer with an address is called %q", got)
	}
}
