package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/doctor"
	"rejoin/mail"
	"rejoin/mail/resendtest"
	"rejoin/mail/smtptest"
)

func TestEmailsComeFromAnOwnDomainAtResend(t *testing.T) {
	p := newResendPost(t)
	shop := p.found("nord")
	p.must(p.desk.ChooseDomain(t.Context(), shop.admin, "hello@chat.nord.example"))
	own, err := p.desk.OwnSender(t.Context(), shop.admin)
	p.must(err)
	if len(own.Records) != 3 || own.Records[0].Name != "send.nord.example" || own.Records[0].Priority != 10 || own.Usable() {
		t.Fatalf("after choosing it: %+v", own)
	}
	first := shop.left("Do you ship to Malta?", "jo@example.org")
	first.answer("We do.")
	p.must(p.clock.Advance(time.Hour))
	p.receives("jo@example.org", 1)
	p.resend.Publish("chat.nord.example")
	p.must(p.desk.VerifyDomain(t.Context(), shop.admin))
	if own, err = p.desk.OwnSender(t.Context(), shop.admin); err != nil || !own.Usable() {
		t.Fatalf("with its records in DNS: %+v, %v", own, err)
	}
	second := shop.left("And to Crete?", "al@example.org")
	second.answer("There too.")
	p.must(p.clock.Advance(time.Hour))
	p.receives("al@example.org", 1)
	from := map[string]string{}
	for _, e := range p.resend.Accepted() {
		from[e.To[0]] = bareAddress(e.From)
	}
	for to, address := range from {
		if want := map[bool]string{true: "chat@shop.example", false: "hello@chat.nord.example"}[strings.Contains(to, "jo@")]; address != want {
			t.Errorf("the email to %s comes from %s, want %s", to, address, want)
		}
	}
	p.must(p.desk.DropSender(t.Context(), shop.admin))
	if found, err := (resendDomains{mail.NewResendDomains(p.resend.Key(), p.resend.URL(), time.Minute)}).Find(t.Context(), "chat.nord.example"); err != nil || found != nil {
		t.Errorf("after dropping it Resend still has %+v, %v", found, err)
	}
}

func TestWhatResendSaysOfDomainsIsUnderstood(t *testing.T) {
	server := resendtest.New(t)
	domains := resendDomains{mail.NewResendDomains(server.Key(), server.URL(), time.Minute)}
	made, err := domains.Create(t.Context(), "nord.example")
	if err != nil {
		t.Fatal(err)
	}
	codeOf := func(err error) string {
		failure := new(chat.SendFailure)
		if !errors.As(err, &failure) {
			t.Fatalf("got %v", err)
		}
		return failure.Code
	}
	if _, err := domains.Create(t.Context(), "nord.example"); codeOf(err) != "exists" {
		t.Errorf("a known name: %v", err)
	}
	if err := errors.Join(domains.Delete(t.Context(), made.ID), domains.Delete(t.Context(), made.ID)); err != nil {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := domains.Get(t.Context(), made.ID); codeOf(err) != "missing" {
		t.Errorf("a domain that is gone: %v", err)
	}
	server.ScriptCalls(func(int, resendtest.Call) resendtest.Fault { return resendtest.Broken() })
	if _, err := domains.Create(t.Context(), "nord.example"); codeOf(err) != "unreachable" {
		t.Errorf("a provider in trouble: %v", err)
	}
	for _, row := range [][3]string{
		{"send", "nord.example", "send.nord.example"}, {"send.chat", "chat.nord.co.uk", "send.chat.nord.co.uk"},
		{"send.nord.example", "nord.example", "send.nord.example"}, {"@", "nord.example", "nord.example"},
	} {
		if got := wholeName(row[0], row[1]); got != row[2] {
			t.Errorf("%s of %s is %s, want %s", row[0], row[1], got, row[2])
		}
	}
}

func TestAnOwnMailServerIsTriedAndUsed(t *testing.T) {
	p := newSMTPPost(t)
	shop := p.found("nord")
	own := smtptest.New(t, smtptest.Options{User: "shop", Password: "open sesame"})
	input := chat.ServerInput{
		Address: "hello@nord.example", Host: "127.0.0.1", Port: own.Port(), Security: "none", User: "shop", Password: "open sesame",
	}
	if err := p.desk.UseServer(t.Context(), shop.admin, input); chat.AsFieldError(err, "host") == nil {
		t.Errorf("a server in a private network: %v", err)
	}
	p.house.config.PrivateSMTP = true
	for field, wrong := range map[string]func(*chat.ServerInput){
		"password": func(i *chat.ServerInput) { i.Password = "open barley" }, "host": func(i *chat.ServerInput) { i.Port = 1 },
		"security": func(i *chat.ServerInput) { i.Host, i.Port = "mail.nord.example", 587 }, "address": func(i *chat.ServerInput) { i.Address = "nobody" },
	} {
		typed := input
		wrong(&typed)
		if err := p.desk.TestServer(t.Context(), shop.admin, typed); chat.AsFieldError(err, field) == nil || strings.Contains(err.Error(), typed.Password) {
			t.Errorf("a wrong %s: %v", field, err)
		}
	}
	p.must(p.desk.UseServer(t.Context(), shop.admin, input))
	if got := own.Emails(); len(got) != 1 || got[0].To[0] != "maya@nord.example" || got[0].From != "hello@nord.example" {
		t.Fatalf("the test email: %+v", got)
	}
	k := shop.left("Do you ship to Malta?", "jo@example.org")
	k.answer("We do.")
	p.must(p.clock.Advance(time.Hour))
	p.until("the own server has it", func() bool { return len(own.Emails()) == 2 })
	if e := own.Emails()[1]; e.To[0] != "jo@example.org" || !bytes.Contains(e.Raw, []byte("<hello@nord.example>")) || len(p.emails("jo@example.org")) != 0 {
		t.Errorf("the customer's email: from %s to %s", e.From, e.To)
	}
}

// doctorBeside is a house for the command, beside the one that serves.
func (p *post) doctorBeside() *house {
	p.t.Helper()
	h, closing, err := quietHouse(p.t.Context(), p.house.config, &database{url: p.house.config.DatabaseURL, revive: p.house.revive})
	p.must(err)
	p.t.Cleanup(closing)
	return h
}

func TestTheDoctorTellsOfAPasswordThatCannotBeReadAnyMore(t *testing.T) {
	p := newResendPost(t)
	shop := p.found("nord")
	now := p.clock.Now()
	broken := &chat.Sender{
		OrganizationID: shop.admin.Organization.ID, Way: chat.WaySMTP, Address: "hello@nord.example", Host: "mail.nord.example", Port: 587,
		Security: "starttls", Username: "shop", Password: []byte("sealed with another key"), VerifiedAt: &now, CreatedAt: now,
	}
	p.must(p.house.store.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error { return tx.Insert(ctx, broken) }))
	patient, err := p.house.patient(t.Context(), subject{organization: shop.admin.Organization.ID, admin: "ada@nord.example"})
	p.must(err)
	if patient.Way != doctor.OwnSMTP || patient.From.Email != broken.Address || patient.SMTPHost != broken.Host || patient.Trip != nil {
		t.Errorf("examined is %+v", patient)
	}
	failure := new(mail.Failure)
	if err := patient.Verify(t.Context()); !errors.As(err, &failure) || failure.Status == 0 || !strings.Contains(failure.Detail, "SECRET_KEY") {
		t.Errorf("it says %v", err)
	}
}

func TestTheDoctorFollowsAnEmailThroughTheRunningServer(t *testing.T) {
	p := newSMTPPost(t)
	go func() { // the world between the mail server and our door
		if p.smtp.WaitFor(smtptest.Answer, 1) {
			e := p.smtp.Emails()[0]
			_ = mail.HandOver(t.Context(), p.house.doorAddress(), e.From, e.To[0], e.Raw) // should it fail, the email is lost
		}
	}()
	p.smtp.Script(nil)
	beside := p.doctorBeside()
	beside.config.InboundAddr = p.house.doorAddress()
	p.until("the server listens", func() bool { n, err := p.house.store.Listening(t.Context()); return err == nil && n > 0 })
	var out, notes bytes.Buffer
	err := doctorCommand{JSON: true}.examine(t.Context(), beside, &out, &notes)
	if !errors.Is(err, errUnhealthy) || notes.Len() > 0 { // no customer reaches 127.0.0.1
		t.Errorf("it ends with %v, and says %q", err, notes.String())
	}
	var lines []doctorLine
	p.must(json.Unmarshal(out.Bytes(), &lines))
	states := map[string]string{}
	for _, line := range lines {
		states[line.Check] = string(line.State) + " " + line.Outcome
	}
	for check, want := range map[string]string{
		"way": "ok ok", "door": "warn clear", "link": "bad private", "trip_out": "ok ok", "trip_back": "ok ok",
	} {
		if states[check] != want && (check != "door" || !strings.HasPrefix(states[check], "warn ")) {
			t.Errorf("%s is %q, want %q", check, states[check], want)
		}
	}
	if len(lines) != len(chat.Checks()) {
		t.Errorf("%d lines", len(lines))
	}
}

func TestTheDoctorSaysThatNoServerRuns(t *testing.T) {
	w := newTown(t)
	w.house.config.SMTPURL, w.house.config.InboundDomain, w.house.config.InboundAddr = "smtp://127.0.0.1:1", inboundDomain, "127.0.0.1:1"
	var out, notes bytes.Buffer
	err := doctorCommand{Organization: w.own.Key}.examine(t.Context(), w.house, &out, &notes)
	if !errors.Is(err, errUnhealthy) || !strings.Contains(notes.String(), "No server is running") {
		t.Errorf("it ends with %v, and says %q", err, notes.String())
	}
	said := out.String()
	for _, want := range []string{"✗ Credentials", "✗ Inbound door", "✗ Links", "– Test email out"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in\n%s", want, said)
		}
	}
	if strings.Index(said, "Credentials") > strings.Index(said, "SPF") || strings.Index(said, "SPF") > strings.Index(said, "Links") {
		t.Errorf("the lines are out of order:\n%s", said)
	}
	if err := (doctorCommand{Organization: "nobody"}).examine(t.Context(), w.house, &out, &notes); err == nil || errors.Is(err, errUnhealthy) {
		t.Errorf("an unknown organization: %v", err)
	}
}

func TestAPingProvesWhoAnswers(t *testing.T) {
	w := newTown(t)
	get := func(path string) (int, string) {
		answer, err := w.roles["nobody"].client.Get(w.server.URL + path) //nolint:noctx // the client has a timeout
		w.must(err)
		defer answer.Body.Close()
		var said bytes.Buffer
		_, err = said.ReadFrom(answer.Body)
		w.must(err)
		return answer.StatusCode, said.String()
	}
	if status, said := get(doctor.PingPath + "?nonce=abc"); status != 200 || said != doctor.Pong(w.house.config.pingKey(), "abc") {
		t.Errorf("%d %s", status, said)
	}
	for _, nonce := range []string{"", strings.Repeat("n", 101)} {
		if status, _ := get(doctor.PingPath + "?nonce=" + nonce); status != 422 {
			t.Errorf("a nonce of %d characters: %d", len(nonce), status)
		}
	}
	if strings.Contains(w.house.config.pingKey(), w.house.config.SecretKey) {
		t.Error("the key tells the secret")
	}
	refused := 0
	for range 60 {
		if status, _ := get(doctor.PingPath + "?nonce=abc"); status == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a stranger may ask without end")
	}
}
