package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func (h *house) signIn(email, password string) string {
	h.Helper()
	token, _, err := h.desk.SignIn(h.ctx, chat.SignInInput{Email: email, Password: password, IP: "192.0.2.7", Browser: "Firefox"})
	h.must(err)
	return token
}

func (h *house) tryAs(email, ip string) error {
	_, _, err := h.desk.SignIn(h.ctx, chat.SignInInput{Email: email, Password: "wrong", IP: ip})
	return err
}

func TestASignInNeverTellsWhatWasWrong(t *testing.T) {
	h := newHouse(t)
	_, _, err := h.desk.InviteAgent(h.ctx, h.admin, chat.AgentInput{Name: "Di", Email: "di@nord.example", Role: chat.RoleAgent})
	h.must(err)
	gone := h.colleague(h.admin, "Ed", "ed@nord.example", chat.RoleAgent)
	h.must(h.change(h.admin, gone.Agent, chat.AgentChange{Role: chat.RoleAgent, Deactivated: true}))
	for i, in := range []chat.SignInInput{
		{Email: "bo@nord.example", Password: "wrong"}, {Email: "nobody@nord.example", Password: "another password"},
		{Email: "di@nord.example"}, {Email: "di@nord.example", Password: "anything"},
		{Email: "ed@nord.example", Password: "another password"}, {}, {Email: "bo@nord.example", Password: strings.Repeat("x", 100_000)},
		{Email: strings.Repeat("x", 100_000) + "@nord.example", Password: "another password"}, {Email: "bo@nord.example\x00", Password: "wrong"}, {Email: "\xff", Password: "x"},
	} {
		in.IP = fmt.Sprint("192.0.2.", i)
		before := h.passwords.work()
		_, _, err := h.desk.SignIn(h.ctx, in)
		h.refused(err, chat.Invalid, "chat.sign_in.wrong")
		if h.passwords.work() == before {
			t.Errorf("%.40q is told apart by its time", in.Email)
		}
	}
	h.signIn(" BO@nord.example ", "another password")
}

func TestFailuresSlowTheNextTriesOfAnAddressDown(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.refused(h.tryAs("bo@nord.example", fmt.Sprint("192.0.2.", i)), chat.Invalid)
	}
	for _, wait := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
		_, _, err := h.desk.SignIn(h.ctx, chat.SignInInput{Email: "Bo@nord.example", Password: "another password", IP: "192.0.2.99"})
		h.refused(err, chat.Busy, "chat.sign_in.slow")
		h.clock.advance(wait - time.Second)
		h.refused(h.tryAs("bo@nord.example", "192.0.2.98"), chat.Busy)
		h.clock.advance(2 * time.Second)
		h.refused(h.tryAs("bo@nord.example", "192.0.2.97"), chat.Invalid)
	}
	h.signIn("ada@nord.example", "a long password") // another address is not slowed down
	h.clock.advance(41 * time.Second)
	h.signIn("bo@nord.example", "another password")
	h.refused(h.tryAs("bo@nord.example", "192.0.2.96"), chat.Invalid) // and begins anew
}

func TestFailuresSlowTheNextTriesFromAPlaceDown(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.refused(h.tryAs(name(i)+"@nord.example", "192.0.2.66"), chat.Invalid)
	}
	h.refused(h.tryAs("fresh@nord.example", "192.0.2.66"), chat.Busy)
	h.refused(h.tryAs("fresh@nord.example", "192.0.2.67"), chat.Invalid)
	h.clock.advance(16 * time.Minute)
	h.refused(h.tryAs("fresh@nord.example", "192.0.2.66"), chat.Invalid)
}

func TestASessionEndsInEveryWayItShould(t *testing.T) {
	h := newHouse(t)
	one, two, three := h.signIn("bo@nord.example", "another password"), h.signIn("bo@nord.example", "another password"), h.signIn("bo@nord.example", "another password")
	caller := func(token string) *chat.AgentCaller {
		t.Helper()
		found, err := h.desk.AgentBySession(h.ctx, token)
		h.must(err)
		return found
	}
	gone := func(token string) {
		t.Helper()
		_, err := h.desk.AgentBySession(h.ctx, token)
		h.refused(err, chat.Missing)
	}
	h.must(h.desk.SignOut(h.ctx, caller(one)))
	gone(one)
	h.must(h.desk.SignOutEverywhere(h.ctx, caller(two), true))
	caller(two)
	gone(three)
	h.must(h.desk.SignOutEverywhere(h.ctx, caller(two), false))
	gone(two)

	four, five := h.signIn("bo@nord.example", "another password"), h.signIn("bo@nord.example", "another password")
	h.refused(h.desk.ChangePassword(h.ctx, caller(four), "not it", "the third password"), chat.Invalid, "chat.password.wrong")
	h.refused(h.desk.ChangePassword(h.ctx, caller(four), "another password", "short"), chat.Invalid, "chat.password.length")
	h.must(h.desk.ChangePassword(h.ctx, caller(four), "another password", "the third password"))
	caller(four)
	gone(five)
	h.must(h.change(h.admin, h.agent.Agent, chat.AgentChange{Role: chat.RoleAgent, Deactivated: true}))
	gone(four)
	h.must(h.change(h.admin, h.agent.Agent, chat.AgentChange{Role: chat.RoleAgent}))
	gone(four) // coming back does not bring old sessions back
	h.signIn("bo@nord.example", "the third password")
	for _, token := range []string{"", "x", four + "x", "0" + four[1:], "zz" + four[1:]} {
		gone(token)
	}
}

func TestASessionExpiresWhenItIsNotUsed(t *testing.T) {
	h := newHouse(t)
	used, unused := h.signIn("bo@nord.example", "another password"), h.signIn("bo@nord.example", "another password")
	h.clock.advance(chat.SessionLife - time.Minute)
	_, err := h.desk.AgentBySession(h.ctx, used)
	h.must(err)
	before := h.dump()
	h.clock.advance(4 * time.Minute)
	_, err = h.desk.AgentBySession(h.ctx, used)
	h.must(err)
	h.unchanged(before, "a session used a moment ago")
	_, err = h.desk.AgentBySession(h.ctx, unused)
	h.refused(err, chat.Missing)
	h.clock.advance(chat.SessionLife)
	_, err = h.desk.AgentBySession(h.ctx, used)
	h.refused(err, chat.Missing)
}

func setup(email string) chat.SetupInput {
	return chat.SetupInput{Organization: "Nord", Language: "fr", Zone: "Europe/Paris", Name: "Ada", Email: email, Password: "a long password"}
}

func TestTheFirstOrganizationIsSetUpOnce(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	if needed, err := h.desk.SetupNeeded(h.ctx); !needed || err != nil {
		t.Fatalf("setup needed: %t, %v", needed, err)
	}
	h.refused(h.desk.CheckSetup(h.ctx, ""), chat.Missing)
	_, err := h.desk.Setup(h.ctx, h.desk.SetupToken()+"x", setup("ada@nord.example"))
	h.refused(err, chat.Missing)
	done, errs := h.together(5, func(i int) error {
		_, err := h.desk.Setup(h.ctx, h.desk.SetupToken(), setup(name(i)+"@nord.example"))
		return err
	})
	if done != 1 {
		t.Errorf("%d set up, want 1", done)
	}
	for _, err := range errs {
		h.refused(err, chat.Missing)
	}
	if h.number("select count(*) from organizations") != 1 || h.number("select count(*) from agents") != 1 {
		t.Error("more than one organization or admin")
	}
	h.refused(h.desk.CheckSetup(h.ctx, h.desk.SetupToken()), chat.Missing)
	o, err := h.store.Organization(h.ctx, 1)
	h.must(err)
	if o.Language != "fr" || o.Settings.Hours().Zone != "Europe/Paris" {
		t.Errorf("set up as %+v", o)
	}
}

func TestSetupNamesEveryFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	_, err := h.desk.Setup(h.ctx, h.desk.SetupToken(), chat.SetupInput{Zone: "Mars/Olympus", Language: "xx", Password: "short"})
	h.refused(err, chat.Invalid)
	var refused chat.Errors
	errors.As(err, &refused)
	fields := map[string]bool{}
	for _, one := range refused {
		fields[one.Field] = true
	}
	for _, field := range []string{"organization", "language", "zone", "name", "email", "password"} {
		if !fields[field] {
			t.Errorf("nothing is said of %s", field)
		}
	}
}
