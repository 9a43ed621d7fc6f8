package main

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
)

func TestAConversationGoesOnByEmail(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *post{"SMTP": newSMTPPost, "Resend": newResendPost} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			k := p.found("shop").left("Do you ship to Norway?", "jo@home.example")
			k.answer("We do, in four days.")
			p.must(p.clock.Advance(5 * time.Minute))
			first := p.receives(k.address, 1)
			id := p.answers(first, k.address, "Lovely!\nThen I take two.")
			m := k.hears(chat.Public, "Lovely!\nThen I take two.")
			if m.By != chat.ByCustomer || m.Via != chat.ViaEmail {
				t.Errorf("it stands there by %s, via %s", m.By, m.Via)
			}
			if c := k.conversation(); c.CustomerSeenSeq < m.Seq || c.WaitingFor != chat.Us {
				t.Errorf("after it the customer has seen %d of %d, and it waits for %s", c.CustomerSeenSeq, m.Seq, c.WaitingFor)
			}

			k.answer("Two are on their way.")
			p.must(p.clock.Advance(61 * time.Second))
			second := p.receives(k.address, 2)
			if second.InReplyTo != id {
				t.Errorf("the second answers %q, want the customer's %q", second.InReplyTo, id)
			}
			if !slices.Contains(second.References, first.MessageID) || !slices.Contains(second.References, id) {
				t.Errorf("it refers to %q, want %q and %q", second.References, first.MessageID, id)
			}
			if second.Subject != "Re: "+strings.TrimPrefix(first.Subject, "Re: ") {
				t.Errorf("its subject is %q after %q", second.Subject, first.Subject)
			}
			if second.ReplyTo.Email != first.ReplyTo.Email {
				t.Errorf("answers go to %q, then to %q", first.ReplyTo.Email, second.ReplyTo.Email)
			}
		})
	}
}

func TestALostTellingOfResendIsMadeUpFor(t *testing.T) {
	t.Parallel()
	p := newResendPost(t)
	k := p.found("shop").left("Is it in stock?", "jo@home.example")
	k.answer("It is.")
	p.must(p.clock.Advance(5 * time.Minute))
	sent := p.receives(k.address, 1)
	p.resend.Notify("", "") // nobody is told
	p.answers(sent, k.address, "Then keep one for me.")
	p.must(p.desk.Reconcile(t.Context(), 1))
	k.hears(chat.Public, "Then keep one for me.")
	p.must(p.desk.Reconcile(t.Context(), 1))
	k.once("Then keep one for me.")
}

func TestATellingOfResendCountsOnceAndOnlyWhenItIsTheirs(t *testing.T) {
	t.Parallel()
	p := newResendPost(t)
	k := p.found("shop").left("Is it in stock?", "jo@home.example")
	k.answer("It is.")
	p.must(p.clock.Advance(5 * time.Minute))
	sent := p.receives(k.address, 1)
	p.resend.Notify("", "")
	a := p.reply(sent, k.address, "Told twice, posted once.")
	raw, err := a.Raw()
	p.must(err)
	event, found := p.resend.Event(p.resend.Receive(raw, sent.ReplyTo.Email))
	if !found {
		t.Fatal("the stand-in forgot the mail")
	}
	event.At = p.clock.Now()
	hook := p.base + "/hooks/resend"
	for name, one := range map[string]struct {
		header http.Header
		status int
	}{
		"forged": {event.Header("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusForbidden},
		"stale":  {resendtest.Webhook{ID: event.ID, At: event.At.Add(-6 * time.Minute), Body: event.Body}.Header(resendtest.WebhookSecret), http.StatusForbidden},
	} {
		if status, err := event.PostWith(t.Context(), http.DefaultClient, hook, one.header); err != nil || status != one.status {
			t.Errorf("what is %s is answered %d, %v", name, status, err)
		}
	}
	k.never("Told twice, posted once.")
	for range 2 {
		status, err := event.Post(t.Context(), http.DefaultClient, hook, resendtest.WebhookSecret)
		if err != nil || status != http.StatusOK {
			t.Fatalf("a telling is answered %d, %v", status, err)
		}
	}
	k.hears(chat.Public, "Told twice, posted once.")
	k.once("Told twice, posted once.")
}

// once checks that a text stands in the thread a single time.
func (k *talk) once(text string) {
	k.t.Helper()
	if n := k.count(text); n != 1 {
		k.t.Errorf("%q stands there %d times", text, n)
	}
}

func (k *talk) never(text string) {
	k.t.Helper()
	if n := k.count(text); n != 0 {
		k.t.Errorf("%q stands there %d times", text, n)
	}
}

func (k *talk) count(text string) int {
	n := 0
	for _, m := range k.messages() {
		if m.Text == text {
			n++
		}
	}
	return n
}

// hardBounce is what a mail server returns for an address that does not exist.
func hardBounce(to, messageID string) []byte {
	return []byte(strings.ReplaceAll(`From: MAILER-DAEMON@mx.home.example
To: bounces@shop.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <dsn-`+strings.Trim(messageID, "<>")+`>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The address does not exist.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; `+to+`
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: text/rfc822-headers

Message-ID: `+messageID+`
To: `+to+`

--b--
`, "\n", "\r\n"))
}

func TestAWrongAddressIsCorrectedAndTheAnswerFollows(t *testing.T) {
	t.Parallel()
	p := newSMTPPost(t)
	k := p.found("shop").left("When do you open?", "jo@gmial.example")
	k.answer("On Monday at nine.")
	p.must(p.clock.Advance(5 * time.Minute))
	sent := p.receives(k.address, 1)
	p.comes("", sent.ReplyTo.Email, hardBounce(k.address, sent.MessageID))
	p.until("the customer is unreachable", func() bool { return k.conversation().Reach == followup.Unreachable })
	if c := k.conversation(); c.CoveredSeq != 0 {
		t.Errorf("the answer is still covered up to %d", c.CoveredSeq)
	}
	for _, m := range k.messages() {
		if m.By == chat.ByCustomer && m.Kind == chat.Public && m.Seq > 1 {
			t.Errorf("the bounce became a message: %q", m.Text)
		}
	}
	_, err := p.desk.GiveAddress(t.Context(), k.caller, k.key, "jo@gmail.example")
	p.must(err)
	p.must(p.clock.Advance(20 * time.Minute))
	again := p.receives("jo@gmail.example", 1)
	if !strings.Contains(again.Reply+again.Quote, "On Monday at nine.") {
		t.Errorf("the email to the right address says %q", again.Reply)
	}
	p.receives(k.address, 1)
}

// Two organizations hold each other's reply addresses as their customers': each side's email is the other side's
// incoming mail.
func TestTwoBrandsThatWriteToEachOtherStopAfterOneEmail(t *testing.T) {
	t.Parallel()
	p := newSMTPPost(t)
	one, two := p.found("one"), p.found("two")
	seed := two.left("Who is there?", "seed@home.example")
	seed.answer("We are.")
	p.must(p.clock.Advance(5 * time.Minute))
	ofTwo := p.receives("seed@home.example", 1).ReplyTo.Email

	first := one.left("Hello from two?", ofTwo)
	first.answer("Hello from one.")
	p.must(p.clock.Advance(5 * time.Minute))
	mail := p.receives(ofTwo, 1)
	second := two.left("Hello from one?", mail.ReplyTo.Email)
	second.answer("Hello from two.")
	p.must(p.clock.Advance(5 * time.Minute))
	p.receives(mail.ReplyTo.Email, 1)
	for range 3 { // whatever was sent is carried to where it was sent
		for _, e := range p.smtp.Emails() {
			if strings.HasSuffix(e.To[0], "@"+inboundDomain) {
				p.comes(e.From, e.To[0], e.Raw)
			}
		}
		p.must(p.clock.Advance(time.Hour))
		p.settled()
	}
	p.receives(ofTwo, 1)
	p.receives(mail.ReplyTo.Email, 1)
	for _, k := range []*talk{seed, first, second} {
		for _, m := range k.messages() {
			if m.Via == chat.ViaEmail && m.Kind != chat.Happen {
				t.Errorf("a machine's words stand in the thread as %s: %q", m.Kind, m.Text)
			}
		}
	}
}

// settled waits until no mail waits and nothing is due.
func (p *post) settled() {
	p.t.Helper()
	p.until("nothing is under way", func() bool {
		return p.count("select count(*) from mails where state = 'kept'") == 0 &&
			p.count("select count(*) from deliveries where state in ('queued', 'sending')") == 0 &&
			p.count("select count(*) from conversations where followup_due_at <= now()") == 0
	})
}

func TestAProviderThatIsDownForAnHourDoublesAndLosesNothing(t *testing.T) {
	t.Parallel()
	p := newResendPost(t)
	b := p.found("shop")
	p.resend.Script(func(int, resendtest.Request) resendtest.Fault { return resendtest.Broken() })
	var talks []*talk
	for _, name := range []string{"ada", "ben", "cleo"} {
		k := b.left("A question of "+name, name+"@home.example")
		k.answer("An answer for " + name + ".")
		talks = append(talks, k)
	}
	for range 6 {
		p.must(p.clock.Advance(10 * time.Minute))
		asked := p.resend.Requests()
		p.until("it has been tried", func() bool { return p.resend.Requests() > asked })
	}
	if got := p.resend.Accepted(); len(got) != 0 {
		t.Fatalf("a provider that is down took %d emails", len(got))
	}
	p.resend.Script(nil)
	for _, k := range talks {
		p.receives(k.address, 1)
	}
	p.must(p.clock.Advance(2 * time.Hour))
	p.settled()
	for _, k := range talks {
		p.receives(k.address, 1)
	}
}

func TestMailForNobodyIsListedAndGivenAway(t *testing.T) {
	t.Parallel()
	p := newSMTPPost(t)
	one, two := p.found("one"), p.found("two")
	p.comes("ann@home.example", "hello@"+inboundDomain, []byte("From: Ann <ann@home.example>\r\nTo: hello@"+inboundDomain+
		"\r\nSubject: Anybody there?\r\nMessage-ID: <a@home.example>\r\n\r\nI lost the address.\r\n"))
	var listed bytes.Buffer
	p.until("the mail is listed", func() bool {
		listed.Reset()
		p.must(printUnmatched(t.Context(), p.desk, &listed))
		return strings.Contains(listed.String(), "Anybody there?")
	})
	lines := strings.Split(strings.TrimSpace(listed.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], `"ann@home.example"`) {
		t.Fatalf("listed is:\n%s", listed.String())
	}
	p.must(p.desk.GiveMail(t.Context(), strings.Fields(lines[1])[0], two.admin.Organization.Key))
	for b, want := range map[*brand]int{one: 0, two: 1} {
		mails, _, err := p.desk.UnmatchedMails(t.Context(), b.admin, chat.Cursor{})
		p.must(err)
		if len(mails) != want {
			t.Errorf("%s finds %d mails, want %d", b.admin.Organization.Name, len(mails), want)
		}
	}
	listed.Reset()
	p.must(printUnmatched(t.Context(), p.desk, &listed))
	if strings.Contains(listed.String(), "Anybody there?") {
		t.Error("a mail that was given away is still nobody's")
	}
}

func TestMailForAnotherDomainOfTheAccountIsFetchedOnce(t *testing.T) {
	t.Parallel()
	p := newResendPost(t)
	p.found("shop")
	p.resend.Notify("", "")
	id := p.resend.Receive([]byte("From: Ann <ann@home.example>\r\nTo: hello@other.example\r\nSubject: Hello\r\n\r\nNot for you.\r\n"), "hello@other.example")
	var fetched atomic.Int32
	p.resend.ScriptCalls(func(_ int, c resendtest.Call) resendtest.Fault {
		if strings.HasSuffix(c.Path, id) {
			fetched.Add(1)
		}
		return resendtest.None()
	})
	for range 3 {
		p.must(p.desk.Reconcile(t.Context(), 1))
	}
	if n := fetched.Load(); n != 1 {
		t.Errorf("it was fetched %d times", n)
	}
	if n := p.count("select count(*) from mails"); n != 0 {
		t.Errorf("%d mails are kept", n)
	}
}
