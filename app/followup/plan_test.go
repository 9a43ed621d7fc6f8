package followup

import (
	"testing"
	"time"
)

// standard are the settings that the policy names.
func standard() Rules {
	return Rules{
		On: true, Content: ContentUnread, ClosedHold: 5 * time.Minute, OpenHold: 30 * time.Minute, MaxHold: 20 * time.Minute,
		EmailHold: time.Minute, DraftHold: time.Minute, MinGap: 15 * time.Minute, OfflineAtOnce: true,
	}
}

// clock is a time of the day of the tests, 14:05 or 14:05:30; "" is never.
func clock(written string) time.Time {
	if written == "" {
		return time.Time{}
	}
	if len(written) == len("14:05") {
		written += ":00"
	}
	at, err := time.Parse(time.DateTime, "2025-06-03 "+written)
	if err != nil {
		panic(err)
	}
	return at
}

// left is a customer who wrote message 1, closed the page at 14:00 and got the answer 2 at 14:02.
func left() State {
	s := State{Spoke: true, AwaySince: clock("14:00"), AwayCause: Closed, Channel: "email", Point: ReasonPointWorks}
	s.answers("14:02")
	return s
}

// answers makes each time the next message of an agent, nothing else pending.
func (s *State) answers(times ...string) {
	s.From, s.To, s.Agent = 2, 1+int64(len(times)), 1+int64(len(times))
	s.OldestAt, s.NewestAt = clock(times[0]), clock(times[len(times)-1])
}

// covers leaves nothing pending because of the cursor given.
func (s *State) covers(cursor *int64) {
	*cursor = s.Agent
	s.From, s.To, s.OldestAt, s.NewestAt = 0, 0, time.Time{}, time.Time{}
}

type planCase struct {
	name   string
	change func(r *Rules, s *State)
	due    string
	code   Code
}

func checkPlans(t *testing.T, cases []planCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, s := standard(), left()
			c.change(&r, &s)
			want := Plan{From: s.From, To: s.To, Code: c.code}
			if c.due != "" {
				want.Due, want.Channel = clock(c.due), "email"
			}
			if got := PlanOf(&r, &s); got != want {
				t.Errorf("got %s %s, want %s %s", got.Due.Format(time.TimeOnly), got.Code, want.Due.Format(time.TimeOnly), want.Code)
			}
		})
	}
}

func TestTheHoldRunsFromTheNewerOfLeavingAndReplying(t *testing.T) {
	checkPlans(t, []planCase{
		{"closed: five minutes after the answer", func(*Rules, *State) {}, "14:07", CodeClosedHold},
		{"closed after the answer: five minutes after leaving", func(_ *Rules, s *State) { s.AwaySince = clock("14:03") }, "14:08", CodeClosedHold},
		{"hidden: half an hour after the answer", func(_ *Rules, s *State) { s.AwayCause = Hidden }, "14:32", CodeOpenHold},
		{"idle: half an hour after the answer", func(_ *Rules, s *State) { s.AwayCause = Idle }, "14:32", CodeOpenHold},
		{"never been here: five minutes after the answer", func(_ *Rules, s *State) { s.AwaySince = time.Time{} }, "14:07", CodeClosedHold},
		{"each reply restarts it", func(_ *Rules, s *State) { s.answers("14:02", "14:06", "14:09") }, "14:14", CodeClosedHold},
		{"the settings are the organization's", func(r *Rules, _ *State) { r.ClosedHold = 40 * time.Second }, "14:02:40", CodeClosedHold},
		{"a transcript waits as long", func(r *Rules, _ *State) { r.Content = ContentTranscript }, "14:07", CodeClosedHold},
		{"an older message that was seen restarts nothing", func(_ *Rules, s *State) { s.Seen, s.From = 1, 2 }, "14:07", CodeClosedHold},
		{"the phone reads while the laptop is open: only the rest is due", func(_ *Rules, s *State) {
			s.answers("14:02", "14:04")
			s.Seen, s.From, s.OldestAt = 2, 3, clock("14:04")
		}, "14:09", CodeClosedHold},
	})
}

func TestTheCapEndsTheSliding(t *testing.T) {
	checkPlans(t, []planCase{
		{"no later than twenty minutes after the oldest", func(_ *Rules, s *State) { s.answers("14:02", "14:20") }, "14:22", CodeMaxHold},
		{"just before the cap the hold still rules", func(_ *Rules, s *State) { s.answers("14:02", "14:17") }, "14:22", CodeClosedHold},
		{"never below the hold", func(_ *Rules, s *State) { s.AwayCause = Hidden; s.answers("14:02", "14:10") }, "14:32", CodeMaxHold},
		{"a cap of nothing never shortens the hold", func(r *Rules, _ *State) { r.MaxHold = 0 }, "14:07", CodeClosedHold},
		{"unread for long while here: the hold after leaving", func(_ *Rules, s *State) { s.answers("13:00") }, "14:05", CodeClosedHold},
		{"and a reply after leaving does not put it off", func(_ *Rules, s *State) { s.answers("13:00", "14:03") }, "14:05", CodeMaxHold},
	})
}

func TestAllAgentsOffline(t *testing.T) {
	checkPlans(t, []planCase{
		{"at once when the last one goes", func(_ *Rules, s *State) { s.AgentsOfflineAt = clock("14:03") }, "14:03", CodeOffline},
		{"at once when the customer leaves after that", func(_ *Rules, s *State) {
			s.AgentsOfflineAt, s.AwaySince = clock("13:00"), clock("14:04")
		}, "14:04", CodeOffline},
		{"at once when the answer comes after that", func(_ *Rules, s *State) { s.AgentsOfflineAt = clock("13:00") }, "14:02", CodeOffline},
		{"does not put off what is due before", func(_ *Rules, s *State) { s.AgentsOfflineAt = clock("14:30") }, "14:07", CodeClosedHold},
		{"does not put off the cap", func(_ *Rules, s *State) {
			s.answers("14:02", "14:20")
			s.AgentsOfflineAt = clock("14:21:59")
		}, "14:21:59", CodeOffline},
		{"may be switched off", func(r *Rules, s *State) { r.OfflineAtOnce, s.AgentsOfflineAt = false, clock("14:03") }, "14:07", CodeClosedHold},
		{"still waits for a draft", func(_ *Rules, s *State) {
			s.AgentsOfflineAt, s.DraftAt = clock("14:03"), clock("14:02:50")
		}, "14:03:50", CodeDraft},
		{"still keeps the gap", func(_ *Rules, s *State) { s.AgentsOfflineAt, s.LastAt = clock("14:03"), clock("13:50") }, "14:05", CodeMinGap},
	})
}

func TestADraftHoldsTheEmail(t *testing.T) {
	checkPlans(t, []planCase{
		{"a minute after the last keystroke", func(_ *Rules, s *State) { s.DraftAt = clock("14:06:30") }, "14:07:30", CodeDraft},
		{"an old draft holds nothing", func(_ *Rules, s *State) { s.DraftAt = clock("14:05") }, "14:07", CodeClosedHold},
		{"up to the cap", func(_ *Rules, s *State) { s.DraftAt = clock("14:21:40") }, "14:22", CodeDraft},
		{"never past the cap", func(_ *Rules, s *State) {
			s.answers("14:02", "14:20")
			s.DraftAt = clock("14:21:40")
		}, "14:22", CodeMaxHold},
		{"hidden: the hold is the cap already", func(_ *Rules, s *State) { s.AwayCause, s.DraftAt = Hidden, clock("14:31:30") }, "14:32", CodeOpenHold},
		{"a hurry does not wait for it", func(_ *Rules, s *State) {
			s.DraftAt, s.Hurried, s.HurriedAt = clock("14:03"), 2, clock("14:03:10")
		}, "14:03:10", CodeHurried},
	})
}

func TestTheGapIsNeverSkipped(t *testing.T) {
	checkPlans(t, []planCase{
		{"a quarter of an hour after the last email", func(_ *Rules, s *State) { s.LastAt = clock("13:58") }, "14:13", CodeMinGap},
		{"an email long ago is no matter", func(_ *Rules, s *State) { s.LastAt = clock("13:52") }, "14:07", CodeClosedHold},
		{"not for the cap", func(_ *Rules, s *State) { s.answers("14:02", "14:20"); s.LastAt = clock("14:10") }, "14:25", CodeMinGap},
		{"not for a hurry", func(_ *Rules, s *State) {
			s.Hurried, s.HurriedAt, s.LastAt = 2, clock("14:03"), clock("13:58")
		}, "14:13", CodeMinGap},
		{"not for a draft that would end before", func(_ *Rules, s *State) { s.DraftAt, s.LastAt = clock("14:07"), clock("13:58") }, "14:13", CodeMinGap},
		{"a draft may end after it", func(_ *Rules, s *State) { s.DraftAt, s.LastAt = clock("14:12:30"), clock("13:58") }, "14:13:30", CodeDraft},
		{"may be nothing", func(r *Rules, s *State) { r.MinGap, s.LastAt = 0, clock("14:01") }, "14:07", CodeClosedHold},
	})
}

// byEmail is a customer whose newest message came by email at the given time.
func (s *State) byEmail(at string) { s.ByEmail, s.SpokeAt = true, clock(at) }

func TestWhoWritesByEmailIsAnsweredByEmailSoon(t *testing.T) {
	checkPlans(t, []planCase{
		{"a minute after the answer", func(_ *Rules, s *State) { s.byEmail("14:01") }, "14:03", CodeEmailHold},
		{"however long they are away", func(_ *Rules, s *State) { s.byEmail("14:01"); s.AwaySince = clock("09:00") }, "14:03", CodeEmailHold},
		{"never been here", func(_ *Rules, s *State) { s.byEmail("14:01"); s.AwaySince, s.AwayCause = time.Time{}, "" }, "14:03", CodeEmailHold},
		{"with a page open somewhere", func(_ *Rules, s *State) { s.byEmail("14:01"); s.AwayCause = Hidden }, "14:03", CodeEmailHold},
		{"with a page that has fallen idle", func(_ *Rules, s *State) { s.byEmail("14:01"); s.AwayCause, s.AwaySince = Idle, clock("14:02:30") }, "14:03", CodeEmailHold},
		{"not while they are here", func(_ *Rules, s *State) { s.byEmail("14:01"); s.Active = true }, "", CodeHeld},
		{"each reply restarts it", func(_ *Rules, s *State) { s.byEmail("14:01"); s.answers("14:02", "14:02:40", "14:03:30") }, "14:04:30", CodeEmailHold},
		{"up to the cap", func(_ *Rules, s *State) { s.byEmail("14:01"); s.answers("14:02", "14:21:30") }, "14:22", CodeMaxHold},
		{"which is never below the hold", func(r *Rules, s *State) {
			r.EmailHold = time.Hour
			s.byEmail("14:01")
			s.answers("14:02", "14:30")
		}, "15:02", CodeMaxHold},
		{"the setting is the organization's", func(r *Rules, s *State) { r.EmailHold = 0; s.byEmail("14:01") }, "14:02", CodeEmailHold},
		{"a draft puts it off", func(_ *Rules, s *State) { s.byEmail("14:01"); s.DraftAt = clock("14:02:30") }, "14:03:30", CodeDraft},
		{"a hurry does not wait", func(_ *Rules, s *State) {
			s.byEmail("14:01")
			s.Hurried, s.HurriedAt = 2, clock("14:02:10")
		}, "14:02:10", CodeHurried},
		{"nobody left online: at once", func(_ *Rules, s *State) { s.byEmail("14:01"); s.AgentsOfflineAt = clock("14:02:20") }, "14:02:20", CodeOffline},
		{"the gap is no matter after their email", func(_ *Rules, s *State) { s.byEmail("14:01"); s.LastAt = clock("14:00") }, "14:03", CodeEmailHold},
		{"but it is for a second answer to the same one", func(_ *Rules, s *State) { s.byEmail("13:58"); s.LastAt = clock("14:00") }, "14:15", CodeMinGap},
		{"and to one that came with the last email", func(_ *Rules, s *State) { s.byEmail("14:00"); s.LastAt = clock("14:00") }, "14:15", CodeMinGap},
		{"who writes in the chat keeps it", func(_ *Rules, s *State) { s.SpokeAt, s.LastAt = clock("14:01"), clock("14:00") }, "14:15", CodeMinGap},
	})
}

func TestAnAddressThatHasHadEnoughWaits(t *testing.T) {
	checkPlans(t, []planCase{
		{"until the oldest of the hour has left it", func(_ *Rules, s *State) { s.CapUntil = clock("14:40") }, "14:40", CodeCapped},
		{"not when that is sooner than the hold", func(_ *Rules, s *State) { s.CapUntil = clock("14:06") }, "14:07", CodeClosedHold},
		{"however long ago it has been", func(_ *Rules, s *State) { s.CapUntil = clock("09:00") }, "14:07", CodeClosedHold},
		{"after the gap as well", func(_ *Rules, s *State) { s.LastAt, s.CapUntil = clock("14:00"), clock("14:40") }, "14:40", CodeCapped},
		{"in no hurry", func(_ *Rules, s *State) {
			s.Hurried, s.HurriedAt, s.CapUntil = 2, clock("14:03"), clock("14:40")
		}, "14:40", CodeCapped},
		{"by email as well", func(_ *Rules, s *State) { s.byEmail("14:01"); s.CapUntil = clock("14:40") }, "14:40", CodeCapped},
		{"and is never a reason for nothing", func(_ *Rules, s *State) { s.covers(&s.Seen); s.CapUntil = clock("14:40") }, "", CodeSeen},
	})
}

func TestAHurrySendsNow(t *testing.T) {
	checkPlans(t, []planCase{
		{"now", func(_ *Rules, s *State) { s.Hurried, s.HurriedAt = 2, clock("14:03") }, "14:03", CodeHurried},
		{"when the customer leaves, if they were here", func(_ *Rules, s *State) {
			s.AwaySince, s.Hurried, s.HurriedAt = clock("14:10"), 2, clock("14:03")
		}, "14:10", CodeHurried},
		{"hidden or closed alike", func(_ *Rules, s *State) { s.AwayCause, s.Hurried, s.HurriedAt = Idle, 2, clock("14:03") }, "14:03", CodeHurried},
		{"later replies go with it", func(_ *Rules, s *State) {
			s.answers("14:02", "14:03:30")
			s.Hurried, s.HurriedAt = 2, clock("14:03")
		}, "14:03", CodeHurried},
		{"the hurry of a message that was read is over", func(_ *Rules, s *State) {
			s.answers("14:02", "14:05")
			s.Seen, s.From, s.OldestAt, s.Hurried, s.HurriedAt = 2, 3, clock("14:05"), 2, clock("14:03")
		}, "14:10", CodeClosedHold},
		{"a time of it that is not known, of a customer never here, is no never", func(_ *Rules, s *State) {
			s.AwaySince, s.Hurried = time.Time{}, 2
		}, "14:02", CodeHurried},
		{"not past the customer's presence", func(_ *Rules, s *State) {
			s.Active, s.Hurried, s.HurriedAt = true, 2, clock("14:03")
		}, "", CodeHeld},
	})
}

func TestNothingGoesOutAndWhy(t *testing.T) {
	checkPlans(t, []planCase{
		{"the organization switched it off", func(r *Rules, _ *State) { r.On = false }, "", CodeOff},
		{"its content is off", func(r *Rules, _ *State) { r.Content = ContentOff }, "", CodeContentOff},
		{"spam", func(_ *Rules, s *State) { s.Spam = true }, "", CodeSpam},
		{"the brand began and nobody answered", func(_ *Rules, s *State) { s.Spoke = false }, "", CodeNotSpoken},
		{"no agent has written", func(_ *Rules, s *State) { s.covers(new(int64)); s.Agent = 0 }, "", CodeNothing},
		{"seen", func(_ *Rules, s *State) { s.covers(&s.Seen) }, "", CodeSeen},
		{"an email carries it", func(_ *Rules, s *State) { s.covers(&s.Covered) }, "", CodeCovered},
		{"emailed and then seen is seen", func(_ *Rules, s *State) { s.covers(&s.Covered); s.Seen = s.Covered }, "", CodeSeen},
		{"an agent does not want it sent", func(_ *Rules, s *State) { s.covers(&s.Withheld) }, "", CodeWithheld},
		{"not even in a hurry", func(_ *Rules, s *State) {
			s.covers(&s.Withheld)
			s.Hurried, s.HurriedAt = 2, clock("14:03")
		}, "", CodeWithheld},
		{"tried in vain", func(_ *Rules, s *State) { s.Failed = 2 }, "", CodeFailed},
		{"no address", func(_ *Rules, s *State) { s.Point = ReasonNoPoint }, "", CodeNoPoint},
		{"an address nobody has judged is none", func(_ *Rules, s *State) { s.Point = "" }, "", CodeNoPoint},
		{"bounced", func(_ *Rules, s *State) { s.Point = ReasonBounced }, "", CodeBounced},
		{"complained", func(_ *Rules, s *State) { s.Point = ReasonComplained }, "", CodeComplained},
		{"stopped", func(_ *Rules, s *State) { s.Point = ReasonStopped }, "", CodeStopped},
		{"the customer is here", func(_ *Rules, s *State) { s.Active = true }, "", CodeHeld},
	})
}

func TestWhatChangesMakesItDueAgain(t *testing.T) {
	checkPlans(t, []planCase{
		{"a reply after a withheld one goes alone", func(_ *Rules, s *State) {
			s.answers("14:02", "14:05")
			s.Withheld, s.From, s.OldestAt = 2, 3, clock("14:05")
		}, "14:10", CodeClosedHold},
		{"a reply after a failure takes the failed one along", func(_ *Rules, s *State) {
			s.answers("14:02", "14:05")
			s.Failed = 2
		}, "14:10", CodeClosedHold},
		{"a failure is no email that the gap counts from", func(_ *Rules, s *State) {
			s.answers("14:02", "14:05")
			s.Failed, s.LastAt = 2, time.Time{}
		}, "14:10", CodeClosedHold},
		{"an address given only afterwards: its time may have passed", func(_ *Rules, s *State) { s.Point = ReasonPointWorks }, "14:07", CodeClosedHold},
	})
}

// Everything is in the way at once, and is removed in the order of the policy:
// what is left is named each time.
func TestTheFirstReasonIsTheOneGiven(t *testing.T) {
	r, s := standard(), left()
	r.On, r.Content = false, ContentOff
	s.Spam, s.Spoke, s.Active, s.Failed, s.Point = true, false, true, 2, ReasonBounced
	pending := s
	s.covers(&s.Withheld)
	for _, step := range []struct {
		code   Code
		remove func()
	}{
		{CodeOff, func() { r.On = true }},
		{CodeContentOff, func() { r.Content = ContentUnread }},
		{CodeSpam, func() { s.Spam = false }},
		{CodeNotSpoken, func() { s.Spoke = true }},
		{CodeWithheld, func() { pending.Spam, pending.Spoke = false, true; s = pending }},
		{CodeBounced, func() { s.Point = ReasonPointWorks }},
		{CodeFailed, func() { s.Failed = 1 }},
		{CodeHeld, func() { s.Active = false }},
		{CodeClosedHold, func() {}},
	} {
		if got := PlanOf(&r, &s); got.Code != step.code {
			t.Fatalf("got %s, want %s", got.Code, step.code)
		}
		step.remove()
	}
}

func TestAPlanIsDueFromItsTimeOn(t *testing.T) {
	p := Plan{Due: clock("14:07"), Code: CodeClosedHold}
	if p.Now(clock("14:06:59")) || !p.Now(clock("14:07")) || !p.Now(clock("15:00")) {
		t.Error("a plan is due from its time on, and not before")
	}
	if (Plan{Code: CodeHeld}).Now(clock("14:07")) {
		t.Error("never came")
	}
}

func TestEveryCodeIsListedOnce(t *testing.T) {
	seen := map[Code]bool{}
	for _, code := range Codes() {
		if code == "" || seen[code] {
			t.Errorf("%q is listed twice, or empty", code)
		}
		seen[code] = true
	}
	if len(seen) != 23 {
		t.Errorf("%d codes", len(seen))
	}
}
