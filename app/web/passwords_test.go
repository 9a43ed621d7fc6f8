package web

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rejoin/app/chat"
)

var _ chat.Passwords = (*Passwords)(nil)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	p := NewPasswords(2, true)
	hash, err := p.Hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterY": false, "": false} {
		if got, err := p.Match(t.Context(), password, hash); err != nil || got != want {
			t.Errorf("%q matches: %t, %v; want %t", password, got, err, want)
		}
	}
	again, err := p.Hash(t.Context(), "correct horse battery")
	if err != nil || again == hash {
		t.Errorf("the same password has the same hash twice (%v)", err)
	}
}

func TestRealHashesCostSixtyFourMegabytes(t *testing.T) {
	p := NewPasswords(1, false)
	hash, err := p.Hash(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,") {
		t.Fatalf("hashed as %.40q, %v", hash, err)
	}
	if same, err := NewPasswords(1, true).Match(t.Context(), "correct horse battery", hash); err != nil || !same {
		t.Errorf("the hash's own parameters were not used: %t, %v", same, err)
	}
}

func TestABrokenHashIsAnErrorAndNoMatch(t *testing.T) {
	if same, err := NewPasswords(1, true).Match(t.Context(), "x", "$argon2id$broken"); same || err == nil {
		t.Errorf("matched %t, error %v", same, err)
	}
}

func TestWhoWaitsForAPlaceLeavesWithTheRequest(t *testing.T) {
	p := NewPasswords(1, true)
	release, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Hash(ctx, "correct horse"); !errors.Is(err, context.Canceled) {
		t.Errorf("hashed beside the full line: %v", err)
	}
	release()
	if _, err := p.Hash(t.Context(), "correct horse"); err != nil {
		t.Errorf("the place was not given back: %v", err)
	}
}
