package followup

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// talkative are the settings with every automation on.
func talkative() SpeakRules {
	r := SpeakRules{On: map[Automation]bool{}, Continuous: true, LongWaitAfter: 3 * time.Minute, Pause: 5 * time.Minute}
	for _, a := range Automations() {
		r.On[a] = true
	}
	return r
}

// waiting is a customer on the page since 14:00, agents online, no address known.
func waiting() Wait {
	return Wait{Since: clock("14:00"), Present: true, AgentsOnline: true, Open: true}
}

type speakCase struct {
	name   string
	change func(r *SpeakRules, w *Wait)
	now    string
	which  Automation
	due    string
}

func checkSpeaking(t *testing.T, cases []speakCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, w := talkative(), waiting()
			c.change(&r, &w)
			which, due := Speak(&r, &w, clock(c.now))
			if which != c.which || !due.Equal(clock(c.due)) {
				t.Errorf("got %q or %s, want %q or %s", which, due.Format(time.TimeOnly), c.which, clock(c.due).Format(time.TimeOnly))
			}
		})
	}
}

func alone(_ *SpeakRules, w *Wait)  { w.AgentsOnline = false }
func closed(_ *SpeakRules, w *Wait) { w.AgentsOnline, w.Open = false, false }
func known(_ *SpeakRules, w *Wait)  { w.AgentsOnline, w.AddressKnown = false, true }

func TestWhatAnswersACustomerAtOnce(t *testing.T) {
	checkSpeaking(t, []speakCase{
		{"agents online, open: nobody yet", func(*SpeakRules, *Wait) {}, "14:00", "", "14:03"},
		{"no agent, no address: ask for it", alone, "14:00", RequestEmail, ""},
		{"no agent, an address: say where the answer goes", known, "14:00", Acknowledge, ""},
		{"closed: when someone answers, before all else", closed, "14:00", OutOfOffice, ""},
		{"closed, and an agent online anyway: nobody", func(_ *SpeakRules, w *Wait) { w.Open = false }, "14:00", "", "14:03"},
		{"closed, without continuous conversation too", func(r *SpeakRules, w *Wait) { closed(r, w); r.Continuous = false }, "14:00", OutOfOffice, ""},
		{"closed, to whoever wants no emails too", func(r *SpeakRules, w *Wait) { closed(r, w); w.Refused = true }, "14:00", OutOfOffice, ""},
		{"closed, the text off: the next in order", func(r *SpeakRules, w *Wait) { closed(r, w); r.On[OutOfOffice] = false }, "14:00", RequestEmail, ""},
		{"to a customer who is gone as well", func(r *SpeakRules, w *Wait) { alone(r, w); w.Present = false }, "14:00", RequestEmail, ""},
		{"no continuous conversation: no email is promised", func(r *SpeakRules, w *Wait) { known(r, w); r.Continuous = false }, "14:00", "", ""},
		{"no continuous conversation: no address is asked for", func(r *SpeakRules, w *Wait) { alone(r, w); r.Continuous = false }, "14:00", "", ""},
		{"refused: no address is asked for", func(r *SpeakRules, w *Wait) { alone(r, w); w.Refused = true }, "14:00", "", ""},
		{"refused: no email is promised", func(r *SpeakRules, w *Wait) { known(r, w); w.Refused = true }, "14:00", "", ""},
		{"nobody waits: nobody speaks", func(r *SpeakRules, w *Wait) { closed(r, w); w.Since = time.Time{} }, "14:10", "", ""},
		{"all off: silence", func(r *SpeakRules, w *Wait) { closed(r, w); r.On = nil }, "14:10", "", ""},
	})
}

func TestOneInAPauseAndEachOnceInAWait(t *testing.T) {
	spoke := func(at string, said ...Automation) func(*SpeakRules, *Wait) {
		return func(_ *SpeakRules, w *Wait) { w.AgentsOnline, w.SpokeAt, w.Said = false, clock(at), said }
	}
	checkSpeaking(t, []speakCase{
		{"one has just spoken, in an earlier wait: left out", spoke("13:58"), "14:00", "", "14:03"},
		{"to the last second of the pause", spoke("13:58"), "14:02:59", "", "14:03"},
		{"after it, at the customer's next message", spoke("13:58"), "14:03", RequestEmail, ""},
		{"not the same again", spoke("14:00", RequestEmail), "14:30", "", ""},
		{"another one may follow", func(r *SpeakRules, w *Wait) {
			spoke("14:00", RequestEmail)(r, w)
			w.AddressKnown = true
		}, "14:05", Acknowledge, ""},
		{"but not within the pause, and then nothing is queued", func(r *SpeakRules, w *Wait) {
			spoke("14:00", RequestEmail)(r, w)
			w.AddressKnown = true
		}, "14:04:59", "", ""},
		{"the pause is a setting", func(r *SpeakRules, w *Wait) { spoke("13:58")(r, w); r.Pause = time.Minute }, "14:00", RequestEmail, ""},
		{"five minutes when none is set", func(r *SpeakRules, w *Wait) { spoke("13:58")(r, w); r.Pause = 0 }, "14:02:59", "", "14:03"},
	})
}

func TestALongWait(t *testing.T) {
	checkSpeaking(t, []speakCase{
		{"not before its time", func(*SpeakRules, *Wait) {}, "14:02:59", "", "14:03"},
		{"at its time", func(*SpeakRules, *Wait) {}, "14:03", LongWait, ""},
		{"and any time after", func(*SpeakRules, *Wait) {}, "14:40", LongWait, ""},
		{"with an address known", func(_ *SpeakRules, w *Wait) { w.AddressKnown = true }, "14:03", LongWait, ""},
		{"with no agent, when the others are off", func(r *SpeakRules, w *Wait) { alone(r, w); r.On[RequestEmail] = false }, "14:03", LongWait, ""},
		{"put off to the end of the pause", func(_ *SpeakRules, w *Wait) { w.SpokeAt = clock("13:59") }, "14:03", "", "14:04"},
		{"then it speaks", func(_ *SpeakRules, w *Wait) { w.SpokeAt = clock("13:59") }, "14:04", LongWait, ""},
		{"not to a customer who has left", func(_ *SpeakRules, w *Wait) { w.Present = false }, "14:03", "", ""},
		{"not to one who refused", func(_ *SpeakRules, w *Wait) { w.Refused = true }, "14:03", "", ""},
		{"not without continuous conversation", func(r *SpeakRules, _ *Wait) { r.Continuous = false }, "14:03", "", ""},
		{"not when it is off", func(r *SpeakRules, _ *Wait) { r.On[LongWait] = false }, "14:03", "", ""},
		{"not twice", func(_ *SpeakRules, w *Wait) { w.Said = []Automation{LongWait} }, "14:30", "", ""},
		{"not after out of office", func(_ *SpeakRules, w *Wait) { w.Said = []Automation{OutOfOffice} }, "14:30", "", ""},
		{"not after the request", func(_ *SpeakRules, w *Wait) { w.Said = []Automation{RequestEmail} }, "14:30", "", ""},
		{"not after the acknowledgement", func(_ *SpeakRules, w *Wait) { w.Said = []Automation{Acknowledge} }, "14:30", "", ""},
		{"waits behind one that answers at once", closed, "14:03", OutOfOffice, ""},
	})
}

func TestEveryAutomationIsListedOnce(t *testing.T) {
	want := []Automation{OutOfOffice, RequestEmail, Acknowledge, LongWait}
	if !slices.Equal(Automations(), want) {
		t.Errorf("got %v", Automations())
	}
}

func someSpeakRules(t *rapid.T) SpeakRules {
	r := SpeakRules{
		On:            map[Automation]bool{},
		Continuous:    rapid.IntRange(0, 3).Draw(t, "continuous") > 0,
		LongWaitAfter: time.Duration(rapid.IntRange(0, 20).Draw(t, "long wait")) * time.Minute,
		Pause:         time.Duration(rapid.IntRange(1, 10).Draw(t, "pause")) * time.Minute,
	}
	for _, a := range Automations() {
		r.On[a] = rapid.IntRange(0, 3).Draw(t, string(a)) > 0
	}
	return r
}

// TestAnHourOfTexts lives through an hour in steps of ten seconds, in which
// anything may happen, and looks again just when it was told to.
func TestAnHourOfTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someSpeakRules(t)
		var w Wait
		var due time.Time
		happens := rapid.SliceOfN(rapid.IntRange(0, 40), 360, 360).Draw(t, "happens")
		for i, what := range happens {
			now := clock("14:00").Add(time.Duration(i) * 10 * time.Second)
			if !live(&w, what, now) && (due.IsZero() || now.Before(due)) {
				continue
			}
			which, again := Speak(&r, &w, now)
			if which == "" {
				if !again.IsZero() && !again.After(now) {
					t.Fatalf("told at %s to look again at %s", now, again)
				}
				due = again
				continue
			}
			forbid(t, &r, &w, which, now)
			w.SpokeAt, w.Said, due = now, append(w.Said, which), time.Time{}
		}
	})
}

// live lets one thing happen to a wait; false is nothing.
func live(w *Wait, what int, now time.Time) bool {
	switch what {
	case 0, 1, 2: // the customer writes
		if w.Since.IsZero() {
			w.Since, w.Said = now, nil
		}
		w.Present = true
	case 3: // an agent answers
		w.Since = time.Time{}
	case 4:
		w.Present = !w.Present
	case 5:
		w.AgentsOnline = !w.AgentsOnline
	case 6:
		w.Open = !w.Open
	case 7:
		w.AddressKnown = !w.AddressKnown
	case 8:
		w.Refused = !w.Refused
	default:
		return false
	}
	return true
}

// forbid fails when the automation may not speak.
func forbid(t *rapid.T, r *SpeakRules, w *Wait, which Automation, now time.Time) {
	promises := which != OutOfOffice
	switch {
	case w.Since.IsZero():
		t.Fatalf("%s to nobody", which)
	case !r.On[which]:
		t.Fatalf("%s is off", which)
	case !w.SpokeAt.IsZero() && now.Sub(w.SpokeAt) < r.Pause:
		t.Fatalf("%s %s after the one before", which, now.Sub(w.SpokeAt))
	case slices.Contains(w.Said, which):
		t.Fatalf("%s twice in one wait", which)
	case promises && (!r.Continuous || w.Refused):
		t.Fatalf("%s speaks of emails", which)
	case which != LongWait && w.AgentsOnline:
		t.Fatalf("%s with an agent online", which)
	case which == LongWait && (!w.Present || len(w.Said) > 0 || now.Before(w.Since.Add(r.LongWaitAfter))):
		t.Fatalf("%s too early, too late or to nobody", which)
	}
}

func TestSpeakingIsATotalFunction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someSpeakRules(t)
		r.Pause = time.Duration(rapid.Int64().Draw(t, "any pause"))
		at := func(name string) time.Time { return someMinutes(t, clock("12:00"), name) }
		w := Wait{
			Since: at("since"), Present: rapid.Bool().Draw(t, "present"), AgentsOnline: rapid.Bool().Draw(t, "online"),
			Open: rapid.Bool().Draw(t, "open"), AddressKnown: rapid.Bool().Draw(t, "known"), Refused: rapid.Bool().Draw(t, "refused"),
			SpokeAt: at("spoke"), Said: rapid.SliceOf(rapid.SampledFrom(append(Automations(), ""))).Draw(t, "said"),
		}
		now := clock("13:00")
		which, due := Speak(&r, &w, now)
		switch {
		case which != "" && !slices.Contains(Automations(), which):
			t.Fatalf("no such automation: %q", which)
		case which != "" && !due.IsZero():
			t.Fatalf("%s, and again at %s", which, due)
		case !due.IsZero() && !due.After(now):
			t.Fatalf("look again at %s", due)
		}
		if !due.IsZero() {
			w.AgentsOnline = true // so that only LongWait is left
			if which, _ := Speak(&r, &w, due); which != LongWait {
				t.Fatalf("%q at the time that was said", which)
			}
		}
	})
}
