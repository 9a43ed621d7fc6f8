package chat_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/mail/resendtest"
)

// heldInbox is a provider's inbox that has one mail.
type heldInbox struct{ mail chat.Arrival }

func (i heldInbox) Fetch(context.Context, string) (chat.Arrival, error) { return i.mail, nil }

func (i heldInbox) Newest(context.Context, string, int) ([]string, bool, error) {
	return []string{"one"}, false, nil
}

// full is a place for blobs that takes one and no more, until it has room again.
type full struct {
	chat.Blobs
	puts int
	room bool
}

func (f *full) Put(ctx context.Context, key string, content io.Reader, size int64, mediaType string) error {
	if f.puts++; f.puts > 1 && !f.room {
		return errors.New("no space left")
	}
	return f.Blobs.Put(ctx, key, content, size, mediaType)
}

func TestAFetchedMailToTwoConversationsComesIntoBothWhateverHappensInBetween(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	first := h.replyTo()
	h.clock.advance(time.Hour)
	other, _, _ := h.emailed()
	both := []string{first, h.replyTo()}
	w := writing{from: "jo@example.org", to: strings.Join(both, ", "), text: "To both of you.", envelope: both, id: "<both@mail.example>"}
	place := &full{Blobs: blobs}
	options := h.options(h.store, "fetching", h.channels)
	options.Blobs, options.ReadMail, options.Inbox = place, channel.ReadMail, heldInbox{w.arrival()}
	desk := chat.NewDesk(options)
	if err := desk.Reconcile(h.ctx, 1); err == nil {
		t.Fatal("it says that both are kept")
	}
	place.room = true
	h.must(desk.Reconcile(h.ctx, 1))
	kept, err := h.store.KeptMails(h.ctx, h.clock.now().Add(time.Hour), 0, 10)
	h.must(err)
	for i := range kept {
		h.settle(h.desk, &kept[i])
	}
	if len(h.byMail(g.row())) != 1 || len(h.byMail(other.row())) != 1 {
		t.Errorf("%d and %d came", len(h.byMail(g.row())), len(h.byMail(other.row())))
	}
}

func TestAnAnswerThatNamesNoEmailHasReadNothingThatNeverArrived(t *testing.T) {
	for name, lose := range map[string]func(*house, *chat.Delivery){
		"refused": func(h *house, d *chat.Delivery) {
			h.provider.Script(refusing)
			h.deliver(d)
		},
		"tried in vain": func(h *house, d *chat.Delivery) {
			h.provider.Script(func(int, resendtest.Request) resendtest.Fault { return resendtest.Broken() })
			_, err := h.desk.Deliver(h.ctx, d.OrganizationID, d.ID)
			h.must(err)
		},
		"come back": func(h *house, d *chat.Delivery) {
			h.deliver(d)
			h.told(h.delivery(d.Key), chat.ReportReturned)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := mailHouse(t)
			g, read, first := h.emailed()
			address := h.replyTo()
			h.clock.advance(time.Hour)
			unread := h.answer(g.key, "And in white.")
			h.clock.advance(5 * time.Minute)
			lose(h, h.claim(g))
			h.receive(writing{from: "jo@example.org", to: address, text: "Thanks!"})
			if c := g.row(); c.CustomerSeenSeq < read.Seq || c.CustomerSeenSeq >= unread.Seq {
				t.Errorf("they have seen up to %d, of %d that arrived and %d that did not", c.CustomerSeenSeq, read.Seq, unread.Seq)
			}
			if now := h.delivery(first.Key); now.State != chat.Replied {
				t.Errorf("the one that they have is %s", told(now))
			}
		})
	}
}

func TestWhatComesBackBeforeTheProviderHasAnsweredIsNotSentAfterAll(t *testing.T) {
	for name, fault := range map[string]resendtest.Fault{"taken": resendtest.None(), "nobody knows": resendtest.Broken()} {
		t.Run(name, func(t *testing.T) {
			h, _ := mailHouse(t)
			g := h.gone()
			h.answer(g.key, "Yes, in 41.")
			d := h.claim(g)
			h.provider.Script(func(int, resendtest.Request) resendtest.Fault {
				now := h.delivery(d.Key)
				h.receive(bounce("bounces@"+inbound, "jo@example.org", "4.2.2", "failed", now.MessageID))
				return fault
			})
			_, err := h.desk.Deliver(h.ctx, d.OrganizationID, d.ID)
			h.must(err)
			now := h.delivery(d.Key)
			if now.State != chat.Queued || now.Reason != "returned" || now.Round != 1 || now.NextAttemptAt == nil || now.NextAttemptAt.Sub(h.clock.now()) != time.Hour {
				t.Errorf("it is %s, round %d, next at %v", told(now), now.Round, now.NextAttemptAt)
			}
			h.provider.Script(nil)
			h.clock.advance(time.Hour)
			if n := h.again(); n != 1 || h.delivery(d.Key).State != chat.Sent {
				t.Errorf("%d are sent anew: %s", n, told(h.delivery(d.Key)))
			}
		})
	}
}

// unsure is a store that does what it is told and says that it did not.
type unsure struct {
	chat.Store
	after int // so many are heard of
	lost  error
}

func (u *unsure) Tx(ctx context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	err := u.Store.Tx(ctx, act)
	if u.after--; u.after < 0 {
		err = errors.Join(err, u.lost)
	}
	return err
}

func TestFilesOfAnAssignedMailStayWhenNobodyKnowsWhetherItWas(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	m := h.unmatched(writing{from: "kim@example.org", text: "See below.", files: []chat.IncomingFile{{Name: "a.txt", Type: "text/plain", Content: []byte("notes")}}})
	lost := errors.New("the connection was lost at the commit")
	options := h.options(&unsure{h.store, 1, lost}, "unsure", h.channels)
	options.Blobs, options.ReadMail = blobs, channel.ReadMail
	if _, err := chat.NewDesk(options).AssignMail(h.ctx, h.admin, m.Key, g.key); !errors.Is(err, lost) {
		t.Fatalf("got %v", err)
	}
	got := h.newestEntry(g.row())
	if len(got.Files) != 1 {
		t.Fatalf("it is %+v", got)
	}
	link, err := h.desk.LinkForAgent(h.ctx, h.admin, got.Files[0].Key)
	h.must(err)
	if _, words, err := (&filed{house: h}).opened(link); err != nil || words != "notes" {
		t.Errorf("the file is %q, %v", words, err)
	}
}

func TestBytesThatAreNotOursAreLeftAlone(t *testing.T) {
	h, blobs := mailHouse(t)
	for _, key := range []string{"backup/monday.sql", "1/backup/2026/07/06/x", "7/file/readme", "1/file/2026/07/06/orphan"} {
		h.must(blobs.Put(h.ctx, key, strings.NewReader("x"), 1, "text/plain"))
	}
	h.clock.advance(time.Since(monday) + 25*time.Hour)
	h.must(h.desk.SweepBlobs(h.ctx))
	keys, _, err := blobs.List(h.ctx, "", "", 10)
	h.must(err)
	if got := strings.Join(keys, " "); got != "1/backup/2026/07/06/x 7/file/readme backup/monday.sql" {
		t.Errorf("left are %s", got)
	}
}

func TestAMailForAnOrganizationThatIsNoneIsSeenWhateverIsWrongWithIt(t *testing.T) {
	h, blobs := mailHouse(t)
	options := h.options(h.store, "broken", h.channels)
	options.Blobs, options.ReadMail = blobs, func([]byte) *chat.Incoming { panic("a mail that nobody thought of") }
	desk := chat.NewDesk(options)
	m := h.keep(writing{from: "kim@example.org", to: "reply+" + strconv.FormatInt(99_999, 36) + "-" + strings.Repeat("a", 40) + "@" + inbound, text: "Hello"})
	for range 10 {
		_, _ = desk.Receive(h.ctx, m.ID)
	}
	rows, _, err := h.desk.UnmatchedMails(h.ctx, h.admin, chat.Cursor{})
	h.must(err)
	if len(rows) != 1 || rows[0].State != chat.MailFailed || rows[0].OrganizationID != 0 {
		t.Errorf("the admin sees %+v", rows)
	}
}

func TestAHeldMailThatNoAgentHasSeenStaysUnread(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	own := h.receive(writing{from: "jo@example.org", to: address, text: "In 42?", answers: d.MessageID})
	held := h.receive(writing{from: "kim@example.org", to: address, text: "I am Jo’s partner."})
	h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, own.MessageSeq))
	if c := g.row(); c.AgentUnread != 1 {
		t.Errorf("%d are unread while a stranger's mail waits below", c.AgentUnread)
	}
	h.must(h.desk.SeenByAgent(h.ctx, h.agent, g.key, held.MessageSeq))
	if c := g.row(); c.AgentUnread != 0 {
		t.Errorf("%d are unread after all were seen", c.AgentUnread)
	}
}

func TestAParticipantIsNotTheCustomerInTheMiddleOfATalk(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, d := h.emailed()
	address := h.replyTo()
	h.clock.advance(time.Minute)
	h.receive(writing{from: "jo@example.org", to: address, text: "In 42?", answers: d.MessageID})
	h.answer(g.key, "That too.")
	h.waits(time.Minute, 2)
	held := h.receive(writing{from: "kim@example.org", to: address, text: "I am Jo’s partner."})
	h.clock.advance(time.Minute)
	h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, held.MessageSeq))
	h.answer(g.key, "Hello Kim.")
	g.planned("only a participant wrote since", followup.CodeMinGap, 14*time.Minute)
}

// belated is a store whose commit happens after all, when it was looked for already.
type belated struct {
	chat.Store
	lost    error
	pending func(ctx context.Context, tx chat.Tx) error
}

func (l *belated) Tx(_ context.Context, act func(ctx context.Context, tx chat.Tx) error) error {
	l.pending = act
	return l.lost
}

func (l *belated) MailByDoor(ctx context.Context, door, id string) (*chat.Mail, error) {
	m, err := l.Store.MailByDoor(ctx, door, id)
	return m, errors.Join(err, l.Store.Tx(ctx, l.pending))
}

func TestAMailWhoseCommitComesLateStillHasItsBytes(t *testing.T) {
	h, blobs := mailHouse(t)
	w := writing{from: "kim@example.org", to: "x@" + inbound, text: "Hello", doorID: "one"}
	lost := errors.New("the connection was lost at the commit")
	options := h.options(&belated{Store: h.store, lost: lost}, "late", h.channels)
	options.Blobs, options.ReadMail = blobs, channel.ReadMail
	if _, err := chat.NewDesk(options).KeepMail(h.ctx, w.arrival()); !errors.Is(err, lost) {
		t.Fatalf("got %v", err)
	}
	if fresh, err := h.desk.KeepMail(h.ctx, w.arrival()); fresh || err != nil { // the door brings it again, and hears "taken"
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	m, err := h.store.MailByDoor(h.ctx, "smtp", "one")
	h.must(err)
	h.settle(h.desk, m)
	h.became("settled", h.mail(m.ID), chat.MailUnmatched, "nothing")
}

func TestASettledMailsRowHoldsNoTokenInClear(t *testing.T) {
	h, _ := mailHouse(t)
	h.emailed()
	address := h.replyTo()
	token := strings.TrimSuffix(strings.TrimPrefix(address, "reply+"), "@"+inbound)
	for what, w := range map[string]writing{
		"own": {from: "jo@example.org", to: address, text: "Thanks"}, "held": {from: "kim@example.org", to: "<" + address + ">", text: "Hello"},
		"shouted": {from: "jo@example.org", to: strings.ToUpper(address), text: "Thanks again", envelope: []string{"x@" + inbound, strings.ToUpper(address)}},
	} {
		kept := h.receive(w)
		if kept.State != chat.MailPosted && kept.State != chat.MailHeld || !strings.HasPrefix(kept.EnvelopeTo[len(kept.EnvelopeTo)-1], "reply+…@") {
			t.Errorf("%s: it is %s, to %q", what, kept.State, kept.EnvelopeTo)
		}
	}
	for table, rows := range h.dump() {
		if strings.Contains(strings.ToLower(rows), token) {
			t.Errorf("%s holds the token", table)
		}
	}
}

func TestAParticipantDoesNotSpeakForACustomerWhoNeverDid(t *testing.T) {
	h, _ := mailHouse(t)
	g, _, _ := h.emailed()
	h.exec("update conversations set customer_spoke_at = null where key = $1", g.key)
	held := h.receive(writing{from: "kim@example.org", to: h.replyTo(), text: "I am Jo’s partner."})
	h.must(h.desk.AcceptMail(h.ctx, h.agent, g.key, held.MessageSeq))
	if c := g.row(); c.CustomerSpokeAt != nil || c.WaitingFor != chat.Us {
		t.Errorf("they spoke at %v, and %s are waited for", c.CustomerSpokeAt, c.WaitingFor)
	}
	h.answer(g.key, "Hello Kim.")
	g.planned("nobody but a participant spoke", followup.CodeNotSpoken, -1)
}

func TestAMailThatIsBroughtAgainInAnotherOrderStillComesIntoBoth(t *testing.T) {
	h, blobs := mailHouse(t)
	g, _, _ := h.emailed()
	first := h.replyTo()
	h.clock.advance(time.Hour)
	other, _, _ := h.emailed()
	both := []string{first, h.replyTo()}
	w := writing{from: "jo@example.org", to: strings.Join(both, ", "), text: "To both of you.", envelope: both, doorID: "one"}
	if _, err := h.deskWith(&full{Blobs: blobs}).KeepMail(h.ctx, w.arrival()); err == nil {
		t.Fatal("it says that both are kept")
	}
	w.envelope = []string{both[1], both[0]}
	_, err := h.desk.KeepMail(h.ctx, w.arrival())
	h.must(err)
	kept, err := h.store.KeptMails(h.ctx, h.clock.now().Add(time.Hour), 0, 10)
	h.must(err)
	for i := range kept {
		h.settle(h.desk, &kept[i])
	}
	if len(h.byMail(g.row())) != 1 || len(h.byMail(other.row())) != 1 {
		t.Errorf("%d and %d came", len(h.byMail(g.row())), len(h.byMail(other.row())))
	}
}
