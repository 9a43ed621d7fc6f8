package bench

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// burnt is what a fire leaves that did no harm: one customer who left, was answered twice and once with a note, and got
// one email.
func burnt() *evidence {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	t := &tale{customer: &customer{}, life: life{role: leaves}, number: 1, key: "conversation"}
	c := &keptConversation{Key: t.key, LastSeq: 4, Seen: 1, Points: 1}
	for i, by := range []chat.AuthorKind{chat.ByCustomer, chat.ByAgent, chat.ByAgent, chat.ByAgent} {
		s, kind := t.say(by, i == 2), chat.Public
		if s.note {
			kind = chat.Note
		}
		s.taken = at.Add(time.Duration(i) * time.Second)
		t.said = append(t.said, s)
		c.messages = append(c.messages, keptMessage{Conversation: t.key, Seq: int64(i + 1), Kind: string(kind), By: string(by), ClientID: s.id, Text: s.text})
	}
	c.deliveries = []keptDelivery{{
		Conversation: t.key, Key: "delivery", Kind: chat.KindFollowup, State: chat.Sent, From: 2, To: 4, ProviderID: "1", CreatedAt: at.Add(time.Minute),
	}}
	return &evidence{
		organization: 1, tales: []*tale{t}, conversations: map[string]*keptConversation{t.key: c}, jobs: map[string]int{"completed": 1},
		patience: time.Second, accepted: []resendtest.Email{{
			ID: "1", IdempotencyKey: "rejoin-1-delivery", To: []string{"A Customer <" + addressOf(1) + ">"}, Text: t.said[1].text + "\n\n" + t.said[3].text + "\n",
		}},
	}
}

func (e *evidence) first() (*tale, *keptConversation, *keptDelivery) {
	c := e.conversations["conversation"]
	return e.tales[0], c, &c.deliveries[0]
}

// complaints are the kinds of violation that are found.
func (e *evidence) complaints() []string {
	var all []string
	for _, f := range e.judge() {
		if len(f.Wrong) > 0 {
			all = append(all, f.What)
		}
	}
	return all
}

func TestAFireThatDidNoHarmIsNotBlamed(t *testing.T) {
	e := burnt()
	if found := e.complaints(); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	for _, f := range e.judge() {
		looked := f.Count > 0
		if expected := !strings.Contains(f.What, "stopped") && !strings.Contains(f.What, "active") && !strings.Contains(f.What, "readings") && !strings.Contains(f.What, "kept"); looked != expected {
			t.Errorf("%s: looked at %d", f.What, f.Count)
		}
	}
}

func TestEveryHarmIsFound(t *testing.T) {
	const (
		kept, gapless, once    = "accepted messages", "numbered", "due messages"
		byKey, twice, ended    = "emails accepted once", "no two emails", "deliveries that ended"
		overlap, jobs, address = "never overlap", "jobs", "own address"
		halted, present, read  = "stayed silent", "in peace", "readings"
		secret, stay           = "in no email", "they stayed"
	)
	for name, test := range map[string]struct {
		harm func(e *evidence, t *tale, c *keptConversation, d *keptDelivery)
		want []string
	}{
		"a message was lost": {func(_ *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			c.messages = slices.Delete(c.messages, 2, 3)
		}, []string{kept, gapless}},
		"a message was changed": {func(_ *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			c.messages[0].Text = "else"
		}, []string{kept}},
		"a message is there twice": {func(_ *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			again := c.messages[2]
			again.Seq = 5
			c.messages, c.LastSeq = append(c.messages, again), 5
		}, []string{kept}},
		"a whole conversation was lost": {func(e *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			delete(e.conversations, t.key)
		}, []string{kept, byKey}},
		"the counter ran ahead": {func(_ *evidence, _ *tale, c *keptConversation, _ *keptDelivery) { c.LastSeq++ }, []string{gapless}},
		"nothing was sent": {func(e *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			c.deliveries, e.accepted = nil, nil
		}, []string{once}},
		"an answer is missing in the email": {func(e *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted[0].Text = t.said[1].text
		}, []string{once}},
		"an answer is only quoted": {func(e *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted[0].Text = "> " + t.said[1].text + "\n" + t.said[3].text
		}, []string{once}},
		"the same email was accepted twice": {func(e *evidence, _ *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted = append(e.accepted, e.accepted[0])
		}, []string{once, byKey, twice}},
		"the same words went out in another email": {func(e *evidence, _ *tale, c *keptConversation, d *keptDelivery) {
			again, email := *d, e.accepted[0]
			again.Key, again.ProviderID, again.From = "another", "2", 4
			email.ID, email.IdempotencyKey = "2", "rejoin-1-another"
			c.deliveries, e.accepted = append(c.deliveries, again), append(e.accepted, email)
		}, []string{once, twice, overlap}},
		"an email belongs to nothing": {func(e *evidence, _ *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted = append(e.accepted, resendtest.Email{IdempotencyKey: "rejoin-1-unknown"})
		}, []string{byKey}},
		"a delivery says that it was sent, and was not": {func(e *evidence, _ *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted = nil
		}, []string{once, byKey}},
		"a delivery says that it failed, and was sent": {func(_ *evidence, _ *tale, _ *keptConversation, d *keptDelivery) {
			d.State = chat.Failed
		}, []string{byKey, ended}},
		"a delivery remembers another email": {func(_ *evidence, _ *tale, _ *keptConversation, d *keptDelivery) {
			d.ProviderID = "2"
		}, []string{byKey}},
		"a delivery is stuck": {func(_ *evidence, _ *tale, _ *keptConversation, d *keptDelivery) { d.State = chat.Sending }, []string{ended}},
		"a job was given up":  {func(e *evidence, _ *tale, _ *keptConversation, _ *keptDelivery) { e.jobs["discarded"] = 1 }, []string{jobs}},
		"an email went to another": {func(e *evidence, _ *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted[0].To = []string{addressOf(2)}
		}, []string{address}},
		"who gave no address was written to": {func(_ *evidence, t *tale, c *keptConversation, _ *keptDelivery) {
			t.role, c.Points = silent, 0
		}, []string{address}},
		"who wants no email was written to": {func(_ *evidence, t *tale, _ *keptConversation, d *keptDelivery) {
			t.halted = d.CreatedAt.Add(-time.Second)
		}, []string{halted}},
		"who was active all the time was written to": {func(_ *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			t.role, t.gap = stays, 999*time.Millisecond
		}, []string{present}},
		"what was read went out": {func(_ *evidence, t *tale, _ *keptConversation, d *keptDelivery) {
			t.seen = []glance{{t.said[1].taken, d.CreatedAt.Add(-time.Second)}}
		}, []string{read}},
		"what an agent kept back went out": {func(_ *evidence, t *tale, _ *keptConversation, d *keptDelivery) {
			t.kept = []glance{{t.said[1].taken, d.CreatedAt.Add(-time.Second)}}
		}, []string{stay}},
		"what was answered after others were kept back is missing": {func(e *evidence, t *tale, c *keptConversation, _ *keptDelivery) {
			t.role, c.Kept, c.deliveries, e.accepted = keeps, 2, nil, nil
		}, []string{once}},
		"a note went out": {func(e *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted[0].Text += "> " + t.said[2].text
		}, []string{secret}},
		"what a stranger typed went out": {func(e *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			e.accepted[0].Text += "> " + t.said[0].text
		}, []string{secret}},
	} {
		t.Run(name, func(t *testing.T) {
			e := burnt()
			told, c, d := e.first()
			test.harm(e, told, c, d)
			found := e.complaints()
			if len(found) != len(test.want) {
				t.Fatalf("found %q, want %q", found, test.want)
			}
			for i, want := range test.want {
				if !strings.Contains(found[i], want) {
					t.Errorf("found %q, want %q", found, test.want)
				}
			}
		})
	}
}

func TestWhatIsNoHarmIsNotBlamed(t *testing.T) {
	for name, allow := range map[string]func(e *evidence, t *tale, c *keptConversation, d *keptDelivery){
		"who is here again is owed nothing": func(e *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			c.deliveries, e.accepted, c.Here = nil, nil, true
		},
		"who has read is owed nothing": func(e *evidence, _ *tale, c *keptConversation, _ *keptDelivery) {
			c.deliveries, e.accepted, c.Seen = nil, nil, 4
		},
		"who read in time had the email cancelled": func(e *evidence, _ *tale, c *keptConversation, d *keptDelivery) {
			d.State, e.accepted, c.Seen = chat.Cancelled, nil, 4
		},
		"an answer after the reading went out": func(e *evidence, t *tale, c *keptConversation, d *keptDelivery) {
			t.seen = []glance{{t.said[1].taken, d.CreatedAt.Add(-time.Second)}}
			d.From, c.Seen, e.accepted[0].Text = 4, 2, "> "+t.said[1].text+"\n"+t.said[3].text
		},
		"what an agent kept back is owed no more": func(e *evidence, t *tale, c *keptConversation, _ *keptDelivery) {
			t.role, c.Kept, c.deliveries, e.accepted = keeps, 4, nil, nil
		},
		"who was silent for long may have been away": func(_ *evidence, t *tale, _ *keptConversation, _ *keptDelivery) {
			t.role, t.gap = stays, time.Second
		},
		"what was claimed before they stopped it": func(_ *evidence, t *tale, _ *keptConversation, d *keptDelivery) {
			t.halted = d.CreatedAt.Add(time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := burnt()
			told, c, d := e.first()
			allow(e, told, c, d)
			if found := e.complaints(); len(found) > 0 {
				t.Errorf("found %q", found)
			}
		})
	}
}

func TestASeedRepeatsThePlanAndAnotherDoesNot(t *testing.T) {
	o := ChaosOptions{Seed: 7, Conversations: 200, Kills: 20, Fire: time.Minute}
	other := o
	other.Seed = 8
	if !reflect.DeepEqual(planChaos(o), planChaos(o)) || reflect.DeepEqual(planChaos(o), planChaos(other)) {
		t.Error("a plan does not hang on its seed alone")
	}
	faults := func(seed uint64) (names []string) {
		a := newArson(seed, 100)
		for n := range 100 {
			names = append(names, fmt.Sprint(a.script(n, resendtest.Request{IdempotencyKey: "one"})))
		}
		return names
	}
	if !slices.Equal(faults(7), faults(7)) || slices.Equal(faults(7), faults(8)) {
		t.Error("faults do not hang on the seed alone")
	}
}

func TestAPlanHasEveryRoleAndEveryKill(t *testing.T) {
	p := planChaos(ChaosOptions{Seed: 1, Conversations: 60, Kills: 10, Fire: time.Minute})
	roles := make(map[role]int)
	for _, l := range p.lives {
		roles[l.role]++
		for _, r := range l.rounds {
			if last := r.answers[len(r.answers)-1]; last.note || r.leaves > len(r.answers) {
				t.Errorf("a round is %+v", r)
			}
		}
	}
	if len(roles) != len(shares()) || len(p.lives) < 60 {
		t.Errorf("%d lives, roles are %v", len(p.lives), roles)
	}
	if kills := slices.Concat(p.kills[0], p.kills[1]); len(kills) != 10 || slices.Max(kills) != time.Minute || len(p.kills[0]) != 5 {
		t.Errorf("kills are %v", kills)
	}
}

func TestAnEmailIsStruckSoOftenAtMostAndOnceWhenItCalmsDown(t *testing.T) {
	a := newArson(1, 2)
	strikes := func(key string) (struck int) {
		for n := range 200 {
			if a.script(n, resendtest.Request{IdempotencyKey: key}) != resendtest.None() {
				struck++
			}
		}
		return struck
	}
	if struck := strikes("one"); struck != 2 {
		t.Errorf("one email was struck %d times", struck)
	}
	a.calm()
	if struck := strikes("one") + strikes("two"); struck != 1 {
		t.Errorf("struck %d times since it calmed down", struck)
	}
	if counts, again := a.tally(); again != 199+200+199 || len(counts) == 0 {
		t.Errorf("%v, %d again", counts, again)
	}
}
