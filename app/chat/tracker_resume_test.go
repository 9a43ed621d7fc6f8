package chat_test

import (
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestAnInstanceThatBeginsLaterLearnsOfPagesAsTheyAre(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	times := func(int64) followup.Times {
		return followup.Times{ClosedAfter: 20 * time.Second, IdleAfter: 4 * time.Minute, SilentAfter: chat.SilentAfter}
	}
	person := chat.CustomerPerson(1, 7)
	for _, test := range []struct {
		name   string
		idle   time.Duration
		before chat.Signal
		cause  followup.Cause
	}{
		{"someone who reads is still here", 3 * time.Minute, "", ""},
		{"someone who has stepped away still is", 5 * time.Minute, "", followup.Idle},
		{"a page that has gone does not come back by a late heartbeat", 0, chat.SignGone, followup.Closed},
		{"a known page keeps what it has told", 0, chat.SignHidden, followup.Hidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracker := chat.NewTracker()
			defer tracker.Stream(person, now)(now)
			if test.before != "" {
				tracker.Sign(person, "page", chat.SignVisible, now.Add(-time.Minute))
				tracker.Sign(person, "page", test.before, now.Add(-time.Minute))
			}
			tracker.Resume(person, "page", now.Add(-test.idle), now)
			changed := tracker.Judge(now, times)
			if len(changed) != 1 || changed[0].Presence.Cause != test.cause {
				t.Errorf("judged %+v, want %q", changed, test.cause)
			}
		})
	}
}
