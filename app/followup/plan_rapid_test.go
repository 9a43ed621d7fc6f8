package followup

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// aroundChanges are days on which the clock of some zone changes, and one on which none does.
var aroundChanges = []string{"2025-03-30", "2025-10-26", "2025-11-02", "2024-02-29", "2025-06-03"}

// someMinutes is an instant near the given one, never at times.
func someMinutes(t *rapid.T, base time.Time, name string) time.Time {
	if rapid.IntRange(0, 3).Draw(t, name+" never") == 0 {
		return time.Time{}
	}
	return base.Add(time.Duration(rapid.IntRange(0, 360).Draw(t, name)) * 20 * time.Second)
}

func someRules(t *rapid.T) Rules {
	length := func(name string) time.Duration {
		return time.Duration(rapid.IntRange(0, 120).Draw(t, name)) * 20 * time.Second
	}
	return Rules{
		On:         rapid.IntRange(0, 9).Draw(t, "on") > 0,
		Content:    rapid.SampledFrom([]Content{ContentUnread, ContentTranscript, ContentUnread, ContentOff}).Draw(t, "content"),
		ClosedHold: length("closed hold"), OpenHold: length("open hold"), EmailHold: length("email hold"), MaxHold: length("max hold"),
		DraftHold: length("draft hold"), MinGap: length("min gap"), OfflineAtOnce: rapid.Bool().Draw(t, "offline at once"),
	}
}

// someState is a state as the database gives it: what is pending fits the cursors.
func someState(t *rapid.T) State {
	day, err := time.Parse(time.DateOnly, rapid.SampledFrom(aroundChanges).Draw(t, "day"))
	if err != nil {
		t.Fatal(err)
	}
	cursor := func(name string) int64 { return rapid.Int64Range(0, 4).Draw(t, name) }
	at := func(name string) time.Time { return someMinutes(t, day, name) }
	s := State{
		Spam: rapid.IntRange(0, 9).Draw(t, "spam") == 0, Spoke: rapid.IntRange(0, 9).Draw(t, "spoke") > 0,
		Agent: rapid.Int64Range(0, 8).Draw(t, "agent"), Seen: cursor("seen"), Covered: cursor("covered"),
		Withheld: cursor("withheld"), Failed: cursor("failed"), Hurried: cursor("hurried"),
		Active: rapid.IntRange(0, 4).Draw(t, "active") == 0, AwaySince: at("away"),
		AwayCause: rapid.SampledFrom([]Cause{Closed, Hidden, Idle}).Draw(t, "cause"), Channel: "email",
		Point:           rapid.SampledFrom(append(slices.Repeat([]Reason{ReasonPointWorks}, 8), Reasons()...)).Draw(t, "point"),
		AgentsOfflineAt: at("offline"), DraftAt: at("draft"), HurriedAt: at("hurried at"), LastAt: at("last"),
		ByEmail: rapid.IntRange(0, 2).Draw(t, "by email") == 0, SpokeAt: at("spoke at"), CapUntil: at("capped until"),
	}
	if floor := s.Floor(); s.Agent > floor {
		s.To, s.From = s.Agent, rapid.Int64Range(floor+1, s.Agent).Draw(t, "from")
		s.NewestAt = day.Add(time.Duration(rapid.IntRange(0, 360).Draw(t, "newest")) * 20 * time.Second)
		s.OldestAt = s.NewestAt
		if s.From < s.To {
			s.OldestAt = s.NewestAt.Add(-time.Duration(rapid.IntRange(0, 360).Draw(t, "older")) * 20 * time.Second)
		}
	}
	return s
}

// hold and limit are D and cap of the policy.
func hold(r *Rules, s *State) time.Duration {
	if s.ByEmail {
		return r.EmailHold
	}
	if s.AwayCause == Closed {
		return r.ClosedHold
	}
	return r.OpenHold
}

func limit(r *Rules, s *State) time.Time {
	if s.ByEmail {
		return s.OldestAt.Add(max(r.MaxHold, r.EmailHold))
	}
	return latest(s.AwaySince.Add(hold(r, s)), s.OldestAt.Add(max(r.MaxHold, hold(r, s))))
}

func offlineAtOnce(r *Rules, s *State) bool { return r.OfflineAtOnce && !s.AgentsOfflineAt.IsZero() }

// checkDue runs a property over the plans that are due.
func checkDue(t *testing.T, property func(t *rapid.T, r *Rules, s *State, p Plan)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRules(t), someState(t)
		if p := PlanOf(&r, &s); !p.Due.IsZero() {
			property(t, &r, &s, p)
		}
	})
}

func TestNothingIsDueBeforeItsTime(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		earliest := latest(s.AwaySince, s.OldestAt).Add(hold(r, s))
		if s.ByEmail {
			earliest = s.OldestAt.Add(r.EmailHold)
		}
		switch {
		case s.Hurried >= s.From:
			earliest = latest(latest(s.AwaySince, s.HurriedAt), s.OldestAt)
		case offlineAtOnce(r, s):
			gone := latest(latest(s.AwaySince, s.NewestAt), s.AgentsOfflineAt)
			if ceiling := limit(r, s); ceiling.Before(gone) {
				gone = ceiling
			}
			if gone.Before(earliest) {
				earliest = gone
			}
		}
		if p.Due.Before(earliest) {
			t.Fatalf("%s at %s, before %s", p.Code, p.Due, earliest)
		}
	})
}

func TestNothingIsDueLaterThanTheCapButForTheGapOrAHurry(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		if ceiling := limit(r, s); p.Code != CodeMinGap && p.Code != CodeCapped && p.Code != CodeHurried && p.Due.After(ceiling) {
			t.Fatalf("%s at %s, after the cap at %s", p.Code, p.Due, ceiling)
		}
		gap := s.LastAt.Add(r.MinGap)
		if p.Code == CodeMinGap && (s.LastAt.IsZero() || !p.Due.Equal(gap)) {
			t.Fatalf("the gap ends at %s, and it is due at %s", gap, p.Due)
		}
	})
}

func TestNoEmailSkipsTheGapButInATalkByEmail(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		if s.ByEmail && s.SpokeAt.After(s.LastAt) {
			return
		}
		if !s.LastAt.IsZero() && p.Due.Before(s.LastAt.Add(r.MinGap)) {
			t.Fatalf("%s %s after the last email", p.Code, p.Due.Sub(s.LastAt))
		}
	})
}

func TestNothingIsDueBeforeTheAddressMayHaveMore(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		if p.Due.Before(s.CapUntil) || p.Code == CodeCapped && !p.Due.Equal(s.CapUntil) {
			t.Fatalf("%s at %s, capped until %s", p.Code, p.Due, s.CapUntil)
		}
	})
}

func TestWhoWritesByEmailNeverWaitsForTheirPagesToClose(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		if !s.ByEmail {
			return
		}
		gone, open := *s, *s
		gone.AwayCause, open.AwayCause = Closed, Hidden
		if p.Code == CodeOpenHold || p.Code == CodeClosedHold || PlanOf(r, &gone) != PlanOf(r, &open) {
			t.Fatalf("%s at %s", p.Code, p.Due)
		}
	})
}

func TestWhatIsDueIsWhatIsPending(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		switch {
		case s.Active, s.Spam, !s.Spoke, !r.On, r.Content == ContentOff, s.Point != ReasonPointWorks, s.Failed >= s.To:
			t.Fatalf("%s, where nothing may be due", p.Code)
		case p.To == 0 || p.From != s.From || p.To != s.To || p.From <= s.Floor() || p.Channel != s.Channel:
			t.Fatalf("got %+v for %d to %d", p, s.From, s.To)
		}
	})
}

func TestOnlyAReasonMakesItNever(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRules(t), someState(t)
		p := PlanOf(&r, &s)
		if !slices.Contains(Codes(), p.Code) {
			t.Fatalf("no such code: %q", p.Code)
		}
		first := slices.Index(Codes(), CodeClosedHold)
		if never := slices.Index(Codes(), p.Code) < first; never != p.Due.IsZero() {
			t.Fatalf("%s is due at %s", p.Code, p.Due)
		}
		fine := r.On && r.Content != ContentOff && !s.Spam && s.Spoke && s.To > 0 && s.Point == ReasonPointWorks && s.Failed < s.To && !s.Active
		if fine && p.Due.IsZero() {
			t.Fatalf("never, because %s, where nothing is in the way", p.Code)
		}
	})
}

func TestANewReplyNeverMakesItEarlier(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		more := *s
		more.To, more.Agent = s.To+1, s.To+1
		more.NewestAt = s.NewestAt.Add(time.Duration(rapid.IntRange(0, 360).Draw(t, "later")) * 20 * time.Second)
		if next := PlanOf(r, &more); next.Due.Before(p.Due) {
			t.Fatalf("%s at %s became %s at %s", p.Code, p.Due, next.Code, next.Due)
		}
		more.DraftAt = time.Time{}
		if next := PlanOf(r, &more); next.Due.Before(p.Due) && p.Code != CodeDraft {
			t.Fatalf("%s at %s became %s at %s as the draft went", p.Code, p.Due, next.Code, next.Due)
		}
	})
}

func TestAgentsGoingOfflineOnlyEverHastens(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		online := *s
		online.AgentsOfflineAt = time.Time{}
		if before := PlanOf(r, &online); p.Due.After(before.Due) {
			t.Fatalf("%s at %s, with agents online %s at %s", p.Code, p.Due, before.Code, before.Due)
		}
	})
}

func TestADraftOnlyEverPutsOff(t *testing.T) {
	checkDue(t, func(t *rapid.T, r *Rules, s *State, p Plan) {
		plain := *s
		plain.DraftAt = time.Time{}
		if without := PlanOf(r, &plain); p.Due.Before(without.Due) {
			t.Fatalf("%s at %s, without a draft %s at %s", p.Code, p.Due, without.Code, without.Due)
		}
	})
}

func TestPlanningTwiceGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRules(t), someState(t)
		rules, state := r, s
		if first, second := PlanOf(&r, &s), PlanOf(&r, &s); first != second {
			t.Fatalf("got %+v, then %+v", first, second)
		}
		if r != rules || s != state {
			t.Fatal("planning changed what it was given")
		}
	})
}

func TestZonesAndChangesOfTheClockChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRules(t), someState(t)
		moved := s
		for _, at := range []*time.Time{
			&moved.OldestAt, &moved.NewestAt, &moved.AwaySince, &moved.AgentsOfflineAt, &moved.DraftAt, &moved.HurriedAt, &moved.LastAt,
			&moved.SpokeAt, &moved.CapUntil,
		} {
			zone, ok := loadZone(rapid.SampledFrom(awkwardZones).Draw(t, "zone"))
			if !ok {
				t.Fatal("no such zone")
			}
			*at = at.In(zone)
		}
		here, there := PlanOf(&r, &s), PlanOf(&r, &moved)
		if !here.Due.Equal(there.Due) || here.Code != there.Code {
			t.Fatalf("%s at %s became %s at %s", here.Code, here.Due, there.Code, there.Due)
		}
	})
}

// The state of a row that has gone wrong: no fit at all between its fields.
func TestEveryStateHasAPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := someRules(t), someState(t)
		wild := func(name string) int64 { return rapid.Int64().Draw(t, name) }
		s.From, s.To, s.Agent, s.Seen, s.Failed = wild("from"), wild("to"), wild("agent"), wild("seen"), wild("failed")
		s.AwayCause = Cause(rapid.String().Draw(t, "cause"))
		s.Point = Reason(rapid.SampledFrom([]string{"", "point_works", "unheard of"}).Draw(t, "point"))
		if p := PlanOf(&r, &s); !slices.Contains(Codes(), p.Code) {
			t.Fatalf("no such code: %q", p.Code)
		}
	})
}
