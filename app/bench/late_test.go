package bench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rejoin/mail/resendtest"
)

func lateEmail(n int, at time.Time) resendtest.Email {
	return resendtest.Email{To: []string{fmt.Sprintf("Ada Moreau <%s>", addressOf(int64(n)))}, At: at}
}

func TestLatenessIsCountedFromTheDueTime(t *testing.T) {
	times := scheduleAt(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), 20)
	bare := resendtest.Email{To: []string{"bare@mail.example"}, At: times.begin}
	accepted := []resendtest.Email{bare}
	for n := 1; n <= 60; n++ {
		accepted = append(accepted, lateEmail(n, times.due(n-1).Add(time.Duration(n)*time.Millisecond)))
	}
	late, err := lateSamples(accepted, 60, times)
	if err != nil || len(late) != 40 {
		t.Fatalf("%d samples, %v", len(late), err)
	}
	if at := late.at(50); at != 40*time.Millisecond {
		t.Errorf("p50 is %s", at)
	}
	if at := late.at(100); at != 60*time.Millisecond {
		t.Errorf("the last is %s", at)
	}
	for want, wrong := range map[string][]resendtest.Email{
		"59 of 60":        accepted[:60],
		"emailed twice":   append(accepted[:60:60], accepted[1]),
		"before its time": append(accepted[:60:60], lateEmail(60, times.due(59).Add(-time.Second))),
	} {
		if _, err := lateSamples(wrong, 60, times); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
