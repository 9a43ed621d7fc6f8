package chat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestEmailsComeFromAnOwnDomainOnceItIsVerified(t *testing.T) {
	s := newSending(newHouse(t))
	s.forget()
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "Hello@Nord.Example"))
	own := s.own()
	if own.Address != "Hello@nord.example" || own.Domain != "nord.example" || len(own.Records) != 1 || own.Usable() {
		t.Fatalf("after choosing: %+v", own)
	}
	if got := s.from(s.org); got != "" {
		t.Errorf("before it is verified, emails come from %q", got)
	}
	s.provider.turn("nord.example", "verified")
	s.look()
	if got := s.from(s.org); got != "" {
		t.Errorf("it was looked at too early: %q", got)
	}
	s.clock.advance(time.Minute)
	s.look()
	if got := s.from(s.org); got != "Hello@nord.example" {
		t.Errorf("once verified, emails come from %q", got)
	}
	if n := s.heard(chat.SettingChanged, "org:"); n < 3 {
		t.Errorf("open pages heard %d times", n)
	}
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "team@nord.example"))
	if got := s.from(s.org); got != "team@nord.example" {
		t.Errorf("with another local part, emails come from %q", got)
	}
	want := []string{
		"sender.readdressed nord.example Hello@nord.example → team@nord.example", "sender.domain_state nord.example not_started → verified",
		"sender.domain_chosen nord.example  → Hello@nord.example",
	}
	if got := s.logged()[:3]; !slices.Equal(got, want) {
		t.Errorf("the log says %q", got)
	}
}

func TestALostVerificationIsNoticedAndStaysTheOrganizations(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	s.provider.turn("nord.example", "verified")
	s.clock.advance(time.Minute)
	s.look()
	s.provider.turn("nord.example", "temporary_failure")
	s.clock.advance(23 * time.Hour)
	s.look()
	if s.from(s.org) == "" {
		t.Fatal("it is looked at daily, not sooner")
	}
	s.clock.advance(time.Hour)
	s.look()
	if got := s.from(s.org); got != "" {
		t.Errorf("without its records, emails come from %q", got)
	}
	s.clock.advance(30 * 24 * time.Hour)
	other, admin := s.organization("Rival", "eve@rival.example")
	s.refused(s.desk.ChooseDomain(s.ctx, admin, "me@nord.example"), chat.Conflict, "chat.sender.taken")
	s.provider.turn("nord.example", "verified")
	s.look()
	if s.from(s.org) == "" || s.from(other) != "" {
		t.Error("the records are back, and emails still come from the operator's address")
	}
}

func TestADomainIsOneOrganizations(t *testing.T) {
	s := newSending(newHouse(t))
	_, rival := s.organization("Rival", "eve@rival.example")
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@rejoin.example"), chat.Conflict, "chat.sender.operators")
	s.must(s.desk.ChooseDomain(s.ctx, rival, "eve@nord.example"))
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"), chat.Conflict, "chat.sender.taken")
	if one := chat.AsFieldError(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"), "address"); one == nil {
		t.Error("the refusal stands beside no field")
	}
	s.clock.advance(8 * 24 * time.Hour)
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	if own, err := s.desk.OwnSender(s.ctx, rival); err != nil || own != nil {
		t.Errorf("after a week without proof the rival still has it: %+v, %v", own, err)
	}
	if own := s.own(); own.Domain != "nord.example" || own.ProviderID == "" {
		t.Errorf("it is %+v", own)
	}
	s.refused(s.desk.ChooseDomain(s.ctx, s.agent, "hello@nord.example"), chat.Forbidden)
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "no address"), chat.Invalid)
}

func TestADomainThatTheProviderKnowsFromElsewhereIsNobodysToTake(t *testing.T) {
	s := newSending(newHouse(t))
	if _, err := s.provider.Create(s.ctx, "nord.example"); err != nil {
		t.Fatal(err)
	}
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"), chat.Conflict, "chat.sender.exists")
	if s.own() != nil || !slices.Equal(s.provider.names(), []string{"nord.example"}) {
		t.Errorf("own %+v, provider %v", s.own(), s.provider.names())
	}
	s.provider.refuses = &chat.SendFailure{Code: "refused", Detail: "You have reached the limit."}
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@sud.example"), chat.Invalid, "chat.sender.refused")
	if s.own() != nil {
		t.Error("what the provider refuses is kept")
	}
}

func TestWhatTheProviderHasMadeIsNeverForgotten(t *testing.T) {
	s := newSending(newHouse(t))
	s.provider.be(false, true)
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	if own := s.own(); own.Status != chat.DomainCreating || own.Detail != "the answer was lost" {
		t.Fatalf("after a lost answer: %+v", own)
	}
	s.provider.be(false, false)
	s.clock.advance(time.Minute)
	s.look()
	if own := s.own(); own.ProviderID == "" || len(own.Records) != 1 || own.Detail != "" {
		t.Fatalf("it was not found again: %+v", own)
	}
	s.provider.be(true, false)
	s.must(s.desk.DropSender(s.ctx, s.admin))
	if own := s.own(); own == nil || own.Status != chat.DomainDropping || own.Usable() {
		t.Fatalf("while the provider is away: %+v", own)
	}
	s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@sud.example"), chat.Busy, "chat.sender.provider_away")
	s.provider.be(false, false)
	s.clock.advance(6 * time.Minute)
	s.look()
	if s.own() != nil || len(s.provider.names()) != 0 {
		t.Errorf("the provider still has %v", s.provider.names())
	}
}

func TestAVerifiedDomainIsNotAdopted(t *testing.T) {
	s := newSending(newHouse(t))
	s.provider.be(true, false)
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	s.provider.be(false, false)
	if _, err := s.provider.Create(s.ctx, "nord.example"); err != nil { // by somebody else meanwhile
		t.Fatal(err)
	}
	s.provider.turn("nord.example", "verified")
	s.clock.advance(time.Minute)
	s.look()
	if s.from(s.org) != "" || s.own() != nil {
		t.Errorf("it has become theirs: %+v", s.own())
	}
}

func TestAnUnverifiedDomainIsAskedForLessAndLessAndThreeDaysLong(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	began, looks, longest := s.clock.now(), 0, time.Duration(0)
	for last := began; s.own().NextAt != nil; looks++ {
		next := *s.own().NextAt
		longest = max(longest, next.Sub(last))
		last = next
		s.clock.advance(next.Sub(s.clock.now()))
		s.look()
		if looks > 300 {
			t.Fatal("it never ends")
		}
	}
	if took := s.clock.now().Sub(began); took < 72*time.Hour || took > 74*time.Hour || longest > time.Hour || looks < 70 {
		t.Errorf("%d looks in %s, at most %s apart", looks, took, longest)
	}
	s.provider.turn("nord.example", "pending")
	s.clock.advance(time.Minute)
	s.must(s.desk.VerifyDomain(s.ctx, s.admin))
	if own := s.own(); own.Status != "pending" || own.NextAt == nil {
		t.Errorf("asked by hand: %+v", own)
	}
	before := s.provider.asked
	s.must(s.desk.VerifyDomain(s.ctx, s.admin))
	if s.provider.asked != before {
		t.Error("an impatient admin reaches the provider each time")
	}
	s.provider.turn("nord.example", "verified")
	s.clock.advance(time.Minute)
	s.look()
	if s.from(s.org) == "" {
		t.Error("the one more look saw nothing")
	}
	s.provider.be(true, false)
	s.clock.advance(time.Minute)
	s.refused(s.desk.VerifyDomain(s.ctx, s.admin), chat.Busy, "chat.sender.provider_away")
}

func (s *sending) serverInput() chat.ServerInput {
	return chat.ServerInput{
		Address: "hello@nord.example", Host: "Mail.Nord.example", Port: 587, Security: "starttls", User: "shop", Password: "open sesame",
	}
}

func TestAnOwnServerIsUsedOnlyAfterItHasProvedToWork(t *testing.T) {
	s := newSending(newHouse(t))
	for code, field := range map[string]string{"key": "password", "tls": "security", "private": "host", "unreachable": "host"} {
		s.tries.check = &chat.SendFailure{Code: code, Detail: "535 no"}
		if err := s.desk.UseServer(s.ctx, s.admin, s.serverInput()); chat.AsFieldError(err, field) == nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	s.tries.check, s.tries.send = nil, &chat.SendFailure{Code: "refused", Detail: "550 not from you"}
	if err := s.desk.UseServer(s.ctx, s.admin, s.serverInput()); chat.AsFieldError(err, "address") == nil {
		t.Errorf("a refused test email: %v", err)
	}
	if s.own() != nil {
		t.Fatal("something was saved")
	}
	s.tries.send = nil
	s.must(s.desk.TestServer(s.ctx, s.admin, s.serverInput()))
	if s.own() != nil {
		t.Fatal("a test has saved something")
	}
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	sent := s.tries.sent[len(s.tries.sent)-1]
	if sent.To != "ada@nord.example" || sent.From != "hello@nord.example" || sent.Server == nil || sent.Server.Password != "open sesame" {
		t.Errorf("the test email is %+v", sent)
	}
	way, server, err := s.desk.WayOf(s.ctx, s.org.ID)
	if err != nil || way.Address != "hello@nord.example" || server.Host != "mail.nord.example" || server.Password != "open sesame" {
		t.Errorf("the way is %+v, %+v, %v", way, server, err)
	}
	s.refused(s.desk.UseServer(s.ctx, s.agent, s.serverInput()), chat.Forbidden)
}

func TestThePasswordOfAServerIsSealedAndNeverTold(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	own := s.own()
	if bytes.Contains(own.Password, []byte("sesame")) || len(own.Password) == 0 {
		t.Errorf("the stored password is %q", own.Password)
	}
	told := strings.Join(s.logged(), "\n") + fmt.Sprintf("%+v %#v %v", s.tries.checked[0], s.tries.checked[0], s.tries.sent)
	if strings.Contains(told, "sesame") {
		t.Errorf("the password is told: %s", told)
	}
	other, rival := s.organization("Rival", "eve@rival.example")
	s.must(s.desk.UseServer(s.ctx, rival, s.serverInput()))
	s.must(s.store.Tx(s.ctx, func(ctx context.Context, tx chat.Tx) error {
		return tx.Update(ctx, &chat.Sender{OrganizationID: other.ID, Password: own.Password}, "password")
	}))
	var failure *chat.SendFailure
	if _, _, err := s.desk.WayOf(s.ctx, other.ID); !errors.As(err, &failure) || failure.Code != "key" {
		t.Errorf("another organization's password opens: %v", err)
	}
	if _, _, err := s.deskWith([]byte("quite another secret")).WayOf(s.ctx, s.org.ID); !errors.As(err, &failure) || strings.Contains(err.Error(), "sesame") {
		t.Errorf("another secret opens it: %v", err)
	}
	first, second := s.own().Password, []byte(nil)
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	if second = s.own().Password; bytes.Equal(first, second) {
		t.Error("the same password is sealed to the same bytes")
	}
}

func TestAPasswordGoesToNoOtherServer(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	same := s.serverInput()
	same.Password, same.Address = "", "team@nord.example"
	s.must(s.desk.UseServer(s.ctx, s.admin, same))
	if _, server, err := s.desk.WayOf(s.ctx, s.org.ID); err != nil || server.Password != "open sesame" {
		t.Errorf("the kept password: %v, %v", server, err)
	}
	tried := len(s.tries.checked)
	for name, change := range map[string]func(*chat.ServerInput){
		"host": func(i *chat.ServerInput) { i.Host = "evil.example" }, "port": func(i *chat.ServerInput) { i.Port = 2525 },
		"user": func(i *chat.ServerInput) { i.User = "eve" }, "security": func(i *chat.ServerInput) { i.Security = "none" },
	} {
		input := same
		change(&input)
		if err := s.desk.TestServer(s.ctx, s.admin, input); chat.AsFieldError(err, "password") == nil {
			t.Errorf("with another %s: %v", name, err)
		}
	}
	if len(s.tries.checked) != tried {
		t.Error("a server was reached with a password that was not typed for it")
	}
}

func TestAServerThatNoLongerLetsUsInIsToldAndNotPassedOver(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	s.tries.check = &chat.SendFailure{Code: "key", Detail: "535 expired"}
	s.clock.advance(24 * time.Hour)
	s.look()
	own := s.own()
	if own.Detail != "535 expired" || s.from(s.org) != "hello@nord.example" || own.NextAt.Sub(s.clock.now()) != time.Hour {
		t.Errorf("after a refused sign-in: %+v", own)
	}
	s.tries.check = nil
	s.clock.advance(time.Hour)
	s.look()
	if own := s.own(); own.Detail != "" || own.NextAt.Sub(s.clock.now()) != 24*time.Hour {
		t.Errorf("once it is well again: %+v", own)
	}
	s.must(s.desk.DropSender(s.ctx, s.admin))
	if s.own() != nil || s.from(s.org) != "" {
		t.Error("a dropped server is still used")
	}
}

func TestADomainGivesWayToAServerAndBack(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
	if own := s.own(); own.Way != chat.WaySMTP || len(s.provider.names()) != 0 {
		t.Errorf("a server after a domain: %+v, provider %v", own, s.provider.names())
	}
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	if own := s.own(); own.Way != chat.WayDomain || own.Password != nil || s.from(s.org) != "" {
		t.Errorf("a domain after a server: %+v", own)
	}
	s.must(s.desk.SendTest(s.ctx, s.admin))
	if sent := s.tries.sent[len(s.tries.sent)-1]; sent.From != "" || sent.Server != nil || sent.To != "ada@nord.example" {
		t.Errorf("the test email goes by %+v", sent)
	}
	s.tries.send = &chat.SendFailure{Code: "rate", Detail: "later"}
	s.refused(s.desk.SendTest(s.ctx, s.admin), chat.Busy, "chat.sender.test_failed")
}
