package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestAMovedClockMakesNobodySilent(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	times := func(int64) followup.Times {
		return followup.Times{ClosedAfter: 20 * time.Second, IdleAfter: 4 * time.Minute, SilentAfter: chat.SilentAfter}
	}
	for _, test := range []struct {
		name    string
		skipped bool
		signal  chat.Signal
		cause   followup.Cause
	}{
		{"a page that stays is idle after a jump", true, chat.SignVisible, followup.Idle},
		{"a page that stays silent is gone", false, chat.SignVisible, followup.Closed},
		{"a page that has gone is gone after a jump", true, chat.SignGone, followup.Closed},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracker, person := chat.NewTracker(), chat.CustomerPerson(1, 7)
			defer tracker.Stream(person, now)(now)
			tracker.Sign(person, "page", chat.SignVisible, now)
			tracker.Sign(person, "page", test.signal, now)
			tracker.Judge(now, times)
			if test.skipped {
				tracker.Skip(5 * time.Minute)
			}
			changed := tracker.Judge(now.Add(5*time.Minute), times)
			if len(changed) != 1 || changed[0].Presence.Cause != test.cause {
				t.Errorf("judged %+v, want %s", changed, test.cause)
			}
		})
	}
}
