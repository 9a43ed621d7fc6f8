package followup

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// told records a history by hand: each moment is the one before, changed.
type told struct {
	moments []Moment
	written []Written
}

func (h *told) then(at string, change func(s *State)) *told {
	s := State{Spoke: true, AwaySince: clock("14:00"), AwayCause: Closed, Channel: "email", Point: ReasonPointWorks}
	if n := len(h.moments); n > 0 {
		s = h.moments[n-1].State
	}
	change(&s)
	h.moments = append(h.moments, Moment{At: clock(at), State: s})
	return h
}

func (h *told) answer(at string, seq int64) *told {
	h.written = append(h.written, Written{Seq: seq, At: clock(at)})
	return h.then(at, func(*State) {})
}

func (h *told) back(at string, seen int64) *told {
	return h.then(at, func(s *State) { s.Active, s.Seen, s.AwaySince, s.AwayCause = true, seen, time.Time{}, "" })
}

func (h *told) rejoins(at string, seen int64) *told {
	return h.then(at, func(s *State) { s.RejoinedAt = clock(at) }).back(at, seen)
}

func (h *told) check(t *testing.T, r Rules, want ...Email) {
	t.Helper()
	if got := Replay(&r, h.moments, h.written, clock("18:00")); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func mail(at string, from, to int64) Email { return Email{At: clock(at), From: from, To: to} }

func needless(e Email) Email {
	e.Needless = true
	return e
}

func with(change func(r *Rules)) Rules {
	r := standard()
	change(&r)
	return r
}

func TestReplayingOtherRules(t *testing.T) {
	patient := with(func(r *Rules) { r.ClosedHold = 30 * time.Minute })
	quick := with(func(r *Rules) { r.ClosedHold = time.Minute })
	t.Run("one answer", func(t *testing.T) {
		h := new(told).answer("14:02", 2)
		h.check(t, standard(), mail("14:07", 2, 2))
		h.check(t, patient, mail("14:32", 2, 2))
		h.check(t, quick, mail("14:03", 2, 2))
	})
	t.Run("two answers: one email when patient, two with the gap when quick", func(t *testing.T) {
		h := new(told).answer("14:02", 2).answer("14:06", 4)
		h.check(t, standard(), mail("14:11", 2, 4))
		h.check(t, quick, mail("14:03", 2, 2), mail("14:18", 4, 4))
	})
	t.Run("the emails that went then are not taken over", func(t *testing.T) {
		h := new(told).answer("14:02", 2)
		h.then("14:07", func(s *State) { s.Covered, s.LastAt = 2, clock("14:07") }).answer("14:20", 3)
		h.check(t, standard(), mail("14:07", 2, 2), mail("14:25", 3, 3))
		h.check(t, patient, mail("14:32", 2, 3))
	})
	t.Run("the customer comes back before the patient one", func(t *testing.T) {
		h := new(told).answer("14:02", 2).back("14:15", 2)
		h.check(t, standard(), needless(mail("14:07", 2, 2)))
		h.check(t, patient)
	})
	t.Run("who came by a way back, or late, or did not read, needed it", func(t *testing.T) {
		new(told).answer("14:02", 2).rejoins("14:10", 2).check(t, standard(), mail("14:07", 2, 2))
		new(told).answer("14:02", 2).back("14:17", 2).check(t, standard(), needless(mail("14:07", 2, 2)))
		new(told).answer("14:02", 2).back("14:17:01", 2).check(t, standard(), mail("14:07", 2, 2))
		new(told).answer("14:02", 2).back("14:10", 1).check(t, standard(), mail("14:07", 2, 2))
	})
	t.Run("a way back followed before the email is none that it opened", func(t *testing.T) {
		h := new(told).rejoins("13:00", 0)
		h.then("14:00", func(s *State) { s.Active, s.AwaySince, s.AwayCause = false, clock("14:00"), Closed }).answer("14:02", 2).back("14:10", 2)
		h.check(t, standard(), needless(mail("14:07", 2, 2)))
	})
}

func TestReplayingWhatThePolicyDidNotDo(t *testing.T) {
	t.Run("an email by hand covers and keeps its gap", func(t *testing.T) {
		h := new(told).answer("14:02", 2).answer("14:04", 3)
		h.then("14:04", func(s *State) { s.ByHand, s.ByHandAt = 3, clock("14:04") }).answer("14:05", 4)
		h.check(t, standard(), mail("14:19", 4, 4))
	})
	t.Run("a failure gives back what was covered", func(t *testing.T) {
		h := new(told).answer("14:02", 2)
		h.then("14:08", func(s *State) { s.Failed = 2 }).answer("14:20", 3)
		h.check(t, standard(), mail("14:07", 2, 2), mail("14:22", 2, 3))
	})
	t.Run("an email from before the beginning keeps its gap, unless it fails", func(t *testing.T) {
		begun := func() *told {
			h := new(told).then("14:01", func(s *State) { s.Covered, s.LastAt = 2, clock("14:00") })
			h.written = append(h.written, Written{Seq: 2, At: clock("13:50")})
			return h.answer("14:02", 3)
		}
		begun().check(t, standard(), mail("14:15", 3, 3))
		failed := begun().then("14:03", func(s *State) { s.Covered, s.LastAt, s.Failed = 0, time.Time{}, 2 })
		failed.check(t, standard(), mail("14:07", 2, 3))
	})
	t.Run("nothing from the end on", func(t *testing.T) {
		h := new(told).answer("17:55", 2)
		h.check(t, standard())
	})
	t.Run("nothing without a history", func(t *testing.T) {
		new(told).check(t, standard())
	})
}

func TestComparingTwoReplays(t *testing.T) {
	today := []Email{mail("14:07", 2, 3), needless(mail("14:40", 5, 5)), mail("15:10", 7, 9), mail("16:00", 11, 11)}
	for _, c := range []struct {
		name string
		with []Email
		want Comparison
	}{
		{"the same", today, Comparison{Emails: 4, Today: 4, Needless: 1, NeedlessToday: 1}},
		{"nothing any more", nil, Comparison{Today: 4, NeedlessToday: 1, Missed: 3}},
		{"all in one, late", []Email{mail("16:30", 2, 11)}, Comparison{Emails: 1, Today: 4, NeedlessToday: 1, Later: 4}},
		{
			"a second is no difference",
			[]Email{mail("14:07:01", 2, 3), mail("14:39:59", 5, 5), mail("15:10", 7, 9), mail("16:00", 11, 11)},
			Comparison{Emails: 4, Today: 4, NeedlessToday: 1},
		},
		{
			"two are",
			[]Email{mail("14:07:02", 2, 3), mail("14:39:58", 5, 5), mail("15:10", 7, 9), mail("16:00", 11, 11)},
			Comparison{Emails: 4, Today: 4, NeedlessToday: 1, Later: 1, Earlier: 1},
		},
		{
			"part of it is neither late nor missed",
			[]Email{mail("14:03", 2, 2), mail("14:40", 5, 5), mail("15:00", 7, 8), mail("16:00", 11, 11)},
			Comparison{Emails: 4, Today: 4, NeedlessToday: 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got Comparison
			got.Add(today, c.with)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	var retried Comparison
	retried.Add([]Email{mail("14:07", 2, 3), mail("14:30", 2, 4)}, []Email{mail("14:07", 2, 4), mail("14:40", 2, 4)})
	if want := (Comparison{Emails: 2, Today: 2, Later: 1}); retried != want {
		t.Errorf("of an email that went again: %+v", retried)
	}
	var sum Comparison
	sum.Add(today, today)
	sum.Add(today, nil)
	if want := (Comparison{Emails: 4, Today: 8, Needless: 1, NeedlessToday: 2, Missed: 3}); sum != want {
		t.Errorf("conversations do not add up: %+v", sum)
	}
}

// The proof that the replay may be believed: with the rules that were in force
// it gives what really happened, needless ones included.
func TestReplayingTheRulesInForceGivesWhatHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := livelyRules(t)
		w := someHistory(t, &r, true)
		if got := Replay(&r, w.moments, w.written, w.now); !slices.Equal(got, w.emails()) {
			t.Fatalf("got  %v\nwant %v", got, w.emails())
		}
	})
}

func TestAHistoryMayBeginInTheMiddle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := livelyRules(t)
		w := someHistory(t, &r, true)
		cut := rapid.IntRange(0, len(w.moments)-1).Draw(t, "cut")
		var want []Email
		for _, d := range w.sent {
			if !d.byHand && d.moment > cut {
				want = append(want, d.Email)
			}
		}
		if got := Replay(&r, w.moments[cut:], w.written, w.now); !slices.Equal(got, want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

func TestNoReplaySendsAMessageTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, other := livelyRules(t), someRules(t)
		w := someHistory(t, &r, false)
		before := Email{At: time.Time{}}
		for _, e := range Replay(&other, w.moments, w.written, w.now) {
			switch {
			case e.From <= before.To || e.To < e.From:
				t.Fatalf("%d to %d after %d to %d", e.From, e.To, before.From, before.To)
			case !before.At.IsZero() && e.At.Sub(before.At) < other.MinGap && !w.emailed(before.At, e.At):
				t.Fatalf("%s after the one before", e.At.Sub(before.At))
			case !e.At.Before(w.now):
				t.Fatalf("%s is after the end", e.At)
			}
			before = e
		}
	})
}

func TestReplayingTwiceGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, other := livelyRules(t), someRules(t)
		w := someHistory(t, &r, true)
		moments, written := slices.Clone(w.moments), slices.Clone(w.written)
		first := Replay(&other, w.moments, w.written, w.now)
		if second := Replay(&other, w.moments, w.written, w.now); !slices.Equal(first, second) {
			t.Fatalf("got %v, then %v", first, second)
		}
		if !slices.Equal(moments, w.moments) || !slices.Equal(written, w.written) {
			t.Fatal("replaying changed the history")
		}
		var c Comparison
		c.Add(first, first)
		if c.Later+c.Earlier+c.Missed != 0 || c.Emails != c.Today || c.Needless != c.NeedlessToday {
			t.Fatalf("the same rules differ: %+v", c)
		}
	})
}

func TestRulesThatAreOffSendNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := livelyRules(t)
		w := someHistory(t, &r, true)
		off, silent := r, r
		off.On, silent.Content = false, ContentOff
		if n := len(Replay(&off, w.moments, w.written, w.now)) + len(Replay(&silent, w.moments, w.written, w.now)); n > 0 {
			t.Fatalf("%d emails", n)
		}
	})
}
