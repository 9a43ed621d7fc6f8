package bench

import (
	"fmt"
	"slices"
	"strings"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// Finding is one thing that must hold, how many cases were looked at, and where it does not.
type Finding struct {
	What  string   `json:"what"`
	Count int      `json:"count"`
	Wrong []string `json:"wrong,omitempty"`
}

func (f *Finding) wrong(format string, args ...any) {
	f.Wrong = append(f.Wrong, fmt.Sprintf(format, args...))
}

// judge says everything that must hold after the fire; it reads nothing but the evidence.
func (e *evidence) judge() []Finding {
	emails := e.emails()
	return []Finding{
		e.kept(), e.gapless(), e.once(emails), e.byKey(emails), e.neverTwice(emails), e.final(), e.disjoint(), e.jobsDone(),
		e.withoutAddress(emails), e.halted(), e.present(emails), e.readBefore(), e.keptBack(), e.secrets(emails),
	}
}

// email is an accepted email with the words that stand in it, unread and as context, each as often as it stands there.
type email struct {
	resendtest.Email
	unread, earlier map[string]int
}

// emails reads the text part of each: what the customer knows is quoted.
func (e *evidence) emails() map[string][]email {
	byKey := make(map[string][]email)
	for _, accepted := range e.accepted {
		read := email{Email: accepted, unread: make(map[string]int), earlier: make(map[string]int)}
		for line := range strings.Lines(accepted.Text) {
			into := read.unread
			if strings.HasPrefix(line, ">") {
				into = read.earlier
			}
			for _, word := range wordsIn(line) {
				into[word]++
			}
		}
		byKey[accepted.IdempotencyKey] = append(byKey[accepted.IdempotencyKey], read)
	}
	return byKey
}

const wordLength = len(mark) + len("0000x0000q")

// wordsIn finds the words that say makes up.
func wordsIn(line string) []string {
	var words []string
	for at := strings.Index(line, mark); at >= 0 && at+wordLength <= len(line); {
		words = append(words, line[at:at+wordLength])
		line = line[at+wordLength:]
		at = strings.Index(line, mark)
	}
	return words
}

// of finds what the database holds of a thread; nothing when its conversation is missing, which kept tells.
func (e *evidence) of(t *tale) *keptConversation {
	if c := e.conversations[t.key]; c != nil {
		return c
	}
	return &keptConversation{}
}

// kept: every message that was taken is there once, as it was typed.
func (e *evidence) kept() Finding {
	f := Finding{What: "accepted messages that are in the database, once"}
	for _, t := range e.tales {
		if e.conversations[t.key] == nil {
			f.wrong("the conversation of customer %d is missing", t.number)
		}
		for _, s := range t.said {
			f.Count++
			found := 0
			for _, m := range e.of(t).messages {
				if m.ClientID == s.id && m.Text == s.text && m.By == string(s.by) {
					found++
				}
			}
			if found != 1 {
				f.wrong("%s of customer %d is there %d times", s.word, t.number, found)
			}
		}
	}
	return f
}

// gapless: messages are numbered 1, 2, 3 … up to the conversation's counter.
func (e *evidence) gapless() Finding {
	f := Finding{What: "conversations numbered without a gap"}
	for _, c := range e.conversations {
		f.Count++
		for i, m := range c.messages {
			if m.Seq != int64(i+1) {
				f.wrong("%s: number %d stands in place %d", c.Key, m.Seq, i+1)
				break
			}
		}
		if c.LastSeq != int64(len(c.messages)) {
			f.wrong("%s: the counter says %d of %d messages", c.Key, c.LastSeq, len(c.messages))
		}
	}
	return f
}

// once: what the policy owes has reached the provider in one email, as unread.
func (e *evidence) once(emails map[string][]email) Finding {
	f := Finding{What: "due messages that reached the provider exactly once"}
	for _, t := range e.tales {
		c := e.of(t)
		for _, m := range c.messages {
			if !c.due(m) || t.role == keeps && m.Seq <= c.Kept {
				continue
			}
			f.Count++
			reached := 0
			for i := range c.deliveries {
				for _, sent := range emails[e.idempotencyKey(&c.deliveries[i])] {
					for _, word := range wordsIn(m.Text) {
						reached += sent.unread[word]
					}
				}
			}
			if reached != 1 {
				f.wrong("number %d of customer %d, who %s, has reached them %d times%s", m.Seq, t.number, t.role, reached, c.history())
			}
		}
	}
	return f
}

// due tells whether a message had to go out: an answer that was never seen, to somebody who is away and may be written to.
func (c *keptConversation) due(m keptMessage) bool {
	return m.Kind == string(chat.Public) && m.By == string(chat.ByAgent) && m.Seq > c.Seen &&
		!c.Spam && !c.Stopped && !c.Here && c.Points > 0
}

func (c *keptConversation) history() string {
	var told strings.Builder
	fmt.Fprintf(&told, " (seen %d, plan %q", c.Seen, c.PlanCode)
	for _, d := range c.deliveries {
		fmt.Fprintf(&told, ", %s %d–%d %s %s", d.Kind, d.From, d.To, d.State, d.Reason)
	}
	return told.String() + ")"
}

// byKey: each delivery that was sent is one accepted email, and no other email is there.
func (e *evidence) byKey(emails map[string][]email) Finding {
	f := Finding{What: "emails accepted once, each for its delivery"}
	known := make(map[string]bool)
	for _, c := range e.conversations {
		for i := range c.deliveries {
			d := &c.deliveries[i]
			key := e.idempotencyKey(d)
			known[key] = true
			sent := emails[key]
			f.Count += len(sent)
			switch {
			case d.live() && len(sent) != 1, len(sent) > 1:
				f.wrong("delivery %s is %s (%s), and was accepted %d times", d.Key, d.State, d.Reason, len(sent))
			case !d.live() && len(sent) == 1:
				f.wrong("delivery %s is %s (%s), and was accepted", d.Key, d.State, d.Reason)
			case d.live() && d.ProviderID != sent[0].ID:
				f.wrong("delivery %s remembers %q as the email %q", d.Key, d.ProviderID, sent[0].ID)
			}
		}
	}
	for key := range emails {
		if !known[key] {
			f.wrong("an email under %q belongs to no delivery", key)
		}
	}
	return f
}

// neverTwice: no word stands in two emails as unread, nor twice in one.
func (e *evidence) neverTwice(emails map[string][]email) Finding {
	f := Finding{What: "words that stand in no two emails as unread"}
	in := make(map[string]int)
	for _, sent := range emails {
		for _, one := range sent {
			for word, times := range one.unread {
				in[word] += times
			}
		}
	}
	f.Count = len(in)
	for word, times := range in {
		if times != 1 {
			f.wrong("%s was sent as unread %d times", word, times)
		}
	}
	return f
}

// final: every delivery has come to its end, and none has failed, for every fault was a passing one.
func (e *evidence) final() Finding {
	f := Finding{What: "deliveries that ended, none in failure"}
	for _, c := range e.conversations {
		for i := range c.deliveries {
			f.Count++
			if d := &c.deliveries[i]; !d.final() || !d.live() && d.State != chat.Cancelled {
				f.wrong("delivery %s of %d–%d is %s %s", d.Key, d.From, d.To, d.State, d.Reason)
			}
		}
	}
	return f
}

// disjoint: no two live follow-ups of a conversation cover the same message.
func (e *evidence) disjoint() Finding {
	f := Finding{What: "follow-ups whose ranges never overlap"}
	for _, c := range e.conversations {
		var before *keptDelivery
		live := slices.DeleteFunc(slices.Clone(c.deliveries), func(d keptDelivery) bool { return !d.live() || d.Kind != chat.KindFollowup })
		slices.SortFunc(live, func(a, b keptDelivery) int { return int(a.From - b.From) })
		for i := range live {
			f.Count++
			if before != nil && live[i].From <= before.To {
				f.wrong("%s: %d–%d and %d–%d overlap", c.Key, before.From, before.To, live[i].From, live[i].To)
			}
			before = &live[i]
		}
	}
	return f
}

func (e *evidence) jobsDone() Finding {
	f := Finding{What: "jobs that are done"}
	for state, count := range e.jobs {
		f.Count += count
		if state != "completed" && state != "cancelled" {
			f.wrong("%d jobs are %s", count, state)
		}
	}
	return f
}
