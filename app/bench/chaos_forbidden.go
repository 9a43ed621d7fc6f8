package bench

import (
	"net/mail"

	"rejoin/app/chat"
)

// withoutAddress: who gave none is not written to, and everyone else at their own only.
func (e *evidence) withoutAddress(emails map[string][]email) Finding {
	f := Finding{What: "customers who were written to at their own address or not at all"}
	for _, t := range e.tales {
		f.Count++
		c := e.of(t)
		if t.role == silent && len(c.deliveries) > 0 {
			f.wrong("customer %d gave no address%s", t.number, c.history())
		}
		for i := range c.deliveries {
			for _, sent := range emails[e.idempotencyKey(&c.deliveries[i])] {
				if len(sent.To) != 1 || !isTo(sent.To[0], addressOf(int64(t.number))) {
					f.wrong("an email for customer %d went to %v", t.number, sent.To)
				}
			}
		}
	}
	return f
}

func isTo(header, address string) bool {
	to, err := mail.ParseAddress(header)
	return err == nil && to.Address == address
}

// halted: nothing is claimed after the customer has switched email off, or an agent has marked spam.
func (e *evidence) halted() Finding {
	f := Finding{What: "stopped and spam conversations that stayed silent"}
	for _, t := range e.tales {
		if t.halted.IsZero() {
			continue
		}
		f.Count++
		for _, d := range e.of(t).deliveries {
			if d.CreatedAt.After(t.halted) {
				f.wrong("customer %d, %s: %d–%d was claimed", t.number, t.role, d.From, d.To)
			}
		}
	}
	return f
}

// present: nobody is written to who was there all the time.
func (e *evidence) present(emails map[string][]email) Finding {
	f := Finding{What: "customers who were active all the time, and were left in peace"}
	for _, t := range e.tales {
		t.mu.Lock()
		gap := t.gap
		t.mu.Unlock()
		if t.role != stays || gap >= e.patience { // their own signs were held up too long to tell
			continue
		}
		f.Count++
		c := e.of(t)
		for i := range c.deliveries {
			if d := &c.deliveries[i]; len(emails[e.idempotencyKey(d)]) > 0 {
				f.wrong("customer %d was silent for %s at most, and was sent %d–%d", t.number, gap, d.From, d.To)
			}
		}
	}
	return f
}

// readBefore: nothing is claimed that was seen before.
func (e *evidence) readBefore() Finding {
	f := Finding{What: "readings after which nothing read was claimed"}
	for _, t := range e.tales {
		e.claimedAfter(&f, t, t.seen)
	}
	return f
}

// keptBack: nothing is claimed that an agent has kept back before.
func (e *evidence) keptBack() Finding {
	f := Finding{What: "times that an agent kept answers back, and they stayed"}
	for _, t := range e.tales {
		e.claimedAfter(&f, t, t.kept)
	}
	return f
}

// claimedAfter finds claims of what had been decided about when they were made.
func (e *evidence) claimedAfter(f *Finding, t *tale, glances []glance) {
	c := e.of(t)
	for _, g := range glances {
		f.Count++
		seq := c.seqBefore(t, g)
		for _, d := range c.deliveries {
			if d.Kind == chat.KindFollowup && d.CreatedAt.After(g.taken) && d.From <= seq {
				f.wrong("customer %d: number %d was decided about when %d–%d was claimed", t.number, seq, d.From, d.To)
			}
		}
	}
}

// seqBefore is the newest answer that was certainly there at that moment.
func (c *keptConversation) seqBefore(t *tale, g glance) int64 {
	var seq int64
	for _, s := range t.said {
		if s.taken.IsZero() || s.taken.After(g.asked) {
			continue
		}
		for _, m := range c.messages {
			if m.ClientID == s.id {
				seq = max(seq, m.Seq)
			}
		}
	}
	return seq
}

// secrets: no note leaves the house, nor what a customer wrote before a human had answered.
func (e *evidence) secrets(emails map[string][]email) Finding {
	f := Finding{What: "notes and unanswered words that stand in no email"}
	hidden := make(map[string]string)
	for _, t := range e.tales {
		for _, s := range t.said {
			switch {
			case s.note:
				hidden[s.word] = "a note"
			case s.by == chat.ByCustomer && !s.human:
				hidden[s.word] = "a customer's words before an answer"
			}
		}
	}
	f.Count = len(hidden)
	for _, sent := range emails {
		for _, one := range sent {
			for _, words := range []map[string]int{one.unread, one.earlier} {
				for word := range words {
					if what, is := hidden[word]; is {
						f.wrong("%s went out: %s", what, word)
					}
				}
			}
		}
	}
	return f
}
