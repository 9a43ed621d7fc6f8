package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rejoin/app/chat"
)

// tale is one conversation as its customer and its agents know it: the truth that the house is judged by.
type tale struct {
	*customer
	life
	number int
	key    string
	said   []said
	seen   []glance
	kept   []glance  // by an agent: what was there then goes out no more
	halted time.Time // from when on nothing may be sent: stopped, or spam

	mu   sync.Mutex
	gap  time.Duration // the longest time without a sign while they were active
	away bool
}

// said is a message that was typed; a word of its own tells it from all others.
type said struct {
	id    string // the client's
	word  string
	text  string
	by    chat.AuthorKind
	note  bool
	human bool      // by the customer, after a human had answered
	taken time.Time // the house has said that it has it; zero when it never did
}

// glance is a moment at which somebody decided about all that was there.
type glance struct{ asked, taken time.Time }

func (f *fire) newTale(number int, l life) *tale {
	return &tale{customer: f.brand.newCustomer(), life: l, number: number}
}

// live plays one life.
func (f *fire) live(ctx, quiet context.Context, t *tale, begun time.Time) error {
	if err := pause(ctx, time.Until(begun.Add(t.starts))); err != nil {
		return err
	}
	if err := f.writes(ctx, t); err != nil {
		return err
	}
	here, gone := context.WithCancel(quiet)
	switch t.role {
	case stays: // until all is judged
		f.keepers.Go(func() { f.stayHere(quiet, t) })
	case spam:
		f.keepers.Go(func() { f.stayHere(here, t) })
	}
	defer gone()
	if t.role != silent {
		if err := f.customerCalls(ctx, t, "address", map[string]any{"conversation": t.key, "address": addressOf(int64(t.number)), "sure": true}); err != nil {
			return err
		}
	}
	if t.role == stopped {
		if err := f.customerCalls(ctx, t, "email", map[string]any{"conversation": t.key, "stop": true}); err != nil {
			return err
		}
		t.halted = time.Now()
	}
	for n := range t.rounds {
		if err := f.round(ctx, t, &t.rounds[n], n == len(t.rounds)-1, gone); err != nil {
			return err
		}
		if t.role == keeps && n == 0 {
			if err := f.keepBack(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// round is an absence, or for who stays a while, with its answers.
func (f *fire) round(ctx context.Context, t *tale, r *turn, last bool, gone func()) error {
	for i := range r.answers {
		if i == r.leaves {
			if err := f.leave(ctx, t, r); err != nil {
				return err
			}
		}
		if err := f.answers(ctx, t, &r.answers[i]); err != nil {
			return err
		}
	}
	switch t.role {
	case spam:
		if err := f.agentCalls(ctx, t, "spam", url.Values{"state": {"spam"}}); err != nil {
			return err
		}
		t.halted = time.Now()
		gone()
	case closes:
		if err := f.agentCalls(ctx, t, "closure", url.Values{"state": {"closed"}}); err != nil {
			return err
		}
	}
	if r.leaves == len(r.answers) {
		if err := f.leave(ctx, t, r); err != nil {
			return err
		}
	}
	return f.afterwards(ctx, t, r, last)
}

// afterwards is what the customer does when the answers are there.
func (f *fire) afterwards(ctx context.Context, t *tale, r *turn, last bool) error {
	if t.role == hurries {
		hurry := form("/inbox/c/"+t.key+"/hurry", f.sessions[0], nil)
		hurry.late = true
		if _, err := f.ask(ctx, hurry); err != nil {
			return err
		}
	}
	if r.awaits && !last {
		if err := f.awaitEmail(ctx, t); err != nil {
			return err
		}
	}
	switch {
	case t.role == reads, t.role == stays && last && t.sees:
		if err := pause(ctx, r.pause); err != nil {
			return err
		}
		return f.looks(ctx, t)
	case t.role != returns || last:
		return nil
	}
	if err := pause(ctx, r.pause); err != nil {
		return err
	}
	if err := f.sign(ctx, t, chat.SignActive); err != nil {
		return err
	}
	t.setAway(false)
	if r.writes {
		return f.writes(ctx, t)
	}
	return f.looks(ctx, t)
}

// awaitEmail waits until the newest answer has been emailed, or for so long that it will not be soon.
func (f *fire) awaitEmail(ctx context.Context, t *tale) error {
	switch t.role {
	case leaves, closes, hurries, returns, reads:
	default:
		return nil
	}
	newest, late := t.said[len(t.said)-1].word, time.Now().Add(f.Fire/2)
	for time.Now().Before(late) {
		for _, email := range f.provider.Accepted() {
			if isTo(email.To[0], addressOf(int64(t.number))) && strings.Contains(email.Text, newest) {
				return nil
			}
		}
		if err := pause(ctx, 3*callAgain); err != nil {
			return err
		}
	}
	return nil
}

// leave closes the page, or hides it; who stays does neither.
func (f *fire) leave(ctx context.Context, t *tale, r *turn) error {
	if t.role == stays {
		return nil
	}
	if err := pause(ctx, r.lingers); err != nil {
		return err
	}
	signal := chat.SignGone
	if r.hides {
		signal = chat.SignHidden
	}
	defer t.setAway(true)
	return f.sign(ctx, t, signal)
}

// writes posts a message of the customer until it is taken.
func (f *fire) writes(ctx context.Context, t *tale) error {
	s := t.say(chat.ByCustomer, false)
	body, err := t.message(t.sent, s.text)
	if err != nil {
		return err
	}
	answered, err := f.ask(ctx, call{method: http.MethodPost, path: t.path("messages"), header: t.headers(), body: body})
	if err != nil {
		return fmt.Errorf("customer %d writes: %w", t.number, err)
	}
	s.taken = time.Now()
	t.key = answered.header.Get("Rejoin-Conversation")
	t.said = append(t.said, s)
	return nil
}

// answers posts a message of an agent until it is taken, and sometimes once more.
func (f *fire) answers(ctx context.Context, t *tale, a *answer) error {
	if err := pause(ctx, a.after); err != nil {
		return err
	}
	s := t.say(chat.ByAgent, a.note)
	path, session := "/inbox/c/"+t.key+"/", f.sessions[a.agent]
	values := url.Values{"text": {s.text}, "client": {s.id}}
	if a.note {
		values.Set("note", "true")
	}
	if a.draft {
		if _, err := f.ask(ctx, form(path+"draft", session, values)); err != nil {
			return fmt.Errorf("an agent types: %w", err)
		}
	}
	times := 1
	if a.twice {
		times = 2
	}
	for range times {
		if _, err := f.ask(ctx, form(path+"messages", session, values)); err != nil {
			return fmt.Errorf("an agent answers customer %d: %w", t.number, err)
		}
		if s.taken.IsZero() {
			s.taken = time.Now()
		}
	}
	t.said = append(t.said, s)
	return nil
}

// say makes up a message; its word has a fixed form, so that none is part of another.
func (t *tale) say(by chat.AuthorKind, note bool) said {
	t.sent++
	word := fmt.Sprintf("%s%04dx%04dq", mark, t.number, t.sent)
	s := said{id: fmt.Sprintf("message-%d", t.sent), word: word, by: by, note: note}
	switch {
	case note:
		s.text = "Between us: " + word + " is not for their eyes."
	case by == chat.ByAgent:
		s.text = "We have looked into it: " + word + " is on its way."
	default:
		s.text = "Hello, where is my parcel " + word + "?"
	}
	for _, before := range t.said {
		s.human = s.human || before.by == chat.ByAgent && !before.note
	}
	return s
}

// looks has everything before their eyes.
func (f *fire) looks(ctx context.Context, t *tale) error {
	asked := time.Now()
	if err := f.customerCalls(ctx, t, "seen", map[string]any{"conversation": t.key, "seq": 1 << 40}); err != nil {
		return err
	}
	t.seen = append(t.seen, glance{asked, time.Now()})
	return nil
}

// keepBack lets an agent keep everything that is unread from going out.
func (f *fire) keepBack(ctx context.Context, t *tale) error {
	asked := time.Now()
	if err := f.agentCalls(ctx, t, "withholding", nil); err != nil {
		return err
	}
	t.kept = append(t.kept, glance{asked, time.Now()})
	return nil
}

func (f *fire) customerCalls(ctx context.Context, t *tale, what string, about any) error {
	body, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	if _, err := f.ask(ctx, call{method: http.MethodPost, path: t.path(what), header: t.headers(), body: body}); err != nil {
		return fmt.Errorf("customer %d: %w", t.number, err)
	}
	return nil
}

func (f *fire) agentCalls(ctx context.Context, t *tale, what string, values url.Values) error {
	_, err := f.ask(ctx, form("/inbox/c/"+t.key+"/"+what, f.sessions[t.number%chaosAgents], values))
	return err
}

// sign tells of the page; the token stands in the body, as in a beacon.
func (f *fire) sign(ctx context.Context, t *tale, signal chat.Signal) error {
	return f.customerCalls(ctx, t, "presence", map[string]any{"token": t.token, "page": "page-of-the-bench", "signal": signal})
}

// stayHere is active once a second until it is over, and keeps the longest silence in mind.
func (f *fire) stayHere(ctx context.Context, t *tale) {
	before := time.Now()
	for ctx.Err() == nil {
		asked := time.Now()
		if f.sign(ctx, t, chat.SignActive) == nil {
			t.silence(time.Since(before))
			before = asked
		}
		_ = pause(ctx, time.Second) // the loop's own condition ends it
	}
}

func (t *tale) silence(gap time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gap = max(t.gap, gap)
}

func (t *tale) setAway(away bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.away = away
}

func (t *tale) isAway() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.away
}

// headers are those of the customer's browser.
func (t *tale) headers() http.Header {
	return http.Header{
		"Authorization": {"Bearer " + t.token}, "Content-Type": {"application/json"}, "Accept": {"text/html"}, "Rejoin-Zone": {"Europe/Paris"},
	}
}
