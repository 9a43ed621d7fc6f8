package followup

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// usual are the settings of the product, with silence after 90 seconds.
var usual = Times{ClosedAfter: 20 * time.Second, IdleAfter: 270 * time.Second, SilentAfter: 90 * time.Second}

// sec is an instant that many seconds into the test; 0 is the zero time.
func sec(seconds int) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(1_700_000_000+int64(seconds), 0)
}

func visible(activeAt, goneAt int) Page {
	return Page{Visible: true, ActiveAt: sec(activeAt), GoneAt: sec(goneAt)}
}

func hiddenPage(activeAt, hiddenAt, goneAt int) Page {
	return Page{ActiveAt: sec(activeAt), HiddenAt: sec(hiddenAt), GoneAt: sec(goneAt)}
}

func signed(page Page, at int) Page {
	page.LastSignAt = sec(at)
	return page
}

func TestPresence(t *testing.T) {
	const active = Cause("")
	for _, c := range []struct {
		name  string
		pages []Page
		lost  int
		now   int
		cause Cause
		since int
		next  int
	}{
		{"just came", []Page{visible(100, 0)}, 0, 100, active, 0, 370},
		{"active until the last second", []Page{visible(100, 0)}, 0, 369, active, 0, 370},
		{"idle from the second after", []Page{visible(100, 0)}, 0, 370, Idle, 370, 0},
		{"idle since then, not since now", []Page{visible(100, 0)}, 0, 900, Idle, 370, 0},
		{"a gesture ahead of this clock is active", []Page{visible(200, 0)}, 0, 100, active, 0, 470},
		{"hidden at once", []Page{hiddenPage(100, 150, 0)}, 0, 150, Hidden, 150, 0},
		{"hidden since the last of two was hidden", []Page{hiddenPage(100, 150, 0), hiddenPage(100, 130, 0)}, 0, 200, Hidden, 150, 0},
		{"one of two is visible and active", []Page{hiddenPage(100, 150, 0), visible(140, 0)}, 0, 200, active, 0, 410},
		{"a page opened behind another is hidden since then", []Page{hiddenPage(100, 0, 0)}, 0, 200, Hidden, 100, 0},
		{"idle since the other tab was left", []Page{hiddenPage(300, 350, 0), visible(50, 0)}, 0, 400, Idle, 350, 0},

		{"a reload is no leaving", []Page{visible(100, 200)}, 0, 219, active, 0, 220},
		{"closed after the grace, since the page went", []Page{visible(100, 200)}, 0, 220, Closed, 200, 0},
		{"the new page of a reload keeps active", []Page{visible(100, 200), visible(203, 0)}, 0, 221, active, 0, 473},
		{"the grace does not turn idle", []Page{visible(100, 360)}, 0, 375, active, 0, 380},
		{"hidden stays hidden in the grace", []Page{hiddenPage(100, 150, 200)}, 0, 210, Hidden, 150, 220},
		{"a hidden page that went is closed", []Page{hiddenPage(100, 150, 200)}, 0, 220, Closed, 200, 0},
		{"idle stays idle in the grace", []Page{visible(100, 400)}, 0, 410, Idle, 370, 420},
		{"closed since the last of two went", []Page{visible(100, 200), visible(100, 210)}, 0, 230, Closed, 210, 0},
		{"one in its grace holds the other", []Page{visible(100, 200), visible(100, 210)}, 0, 225, active, 0, 230},
		{"only hidden pages remain, since the visible one went", []Page{hiddenPage(90, 100, 0), visible(100, 200)}, 0, 220, Hidden, 200, 0},
		{"a reload beside a hidden page is no leaving", []Page{hiddenPage(90, 100, 0), visible(100, 200)}, 0, 219, active, 0, 220},

		{"a lost stream is held for its grace", []Page{visible(100, 0)}, 200, 219, active, 0, 220},
		{"then closed since it was lost", []Page{visible(100, 0)}, 200, 220, Closed, 200, 0},
		{"a page that calls without a stream is there", []Page{signed(visible(100, 0), 215)}, 200, 220, active, 0, 235},
		{"a hidden page pauses its stream", []Page{hiddenPage(100, 150, 0)}, 152, 600, Hidden, 150, 0},
		{"its farewell counts before its stream", []Page{visible(100, 200)}, 210, 225, Closed, 200, 0},
		{"its stream counts before its farewell", []Page{visible(100, 205)}, 200, 221, Closed, 200, 0},

		{"a sign keeps the page", []Page{signed(visible(100, 0), 200)}, 0, 289, active, 0, 290},
		{"silence closes since the last sign", []Page{signed(visible(100, 0), 200)}, 0, 290, Closed, 200, 0},
		{"a page not yet silent turns idle", []Page{signed(visible(100, 0), 300)}, 0, 375, Idle, 370, 390},
		{"a silent hidden page is closed as well", []Page{signed(hiddenPage(100, 150, 0), 200)}, 0, 290, Closed, 200, 0},
		{"a silent page leaves the hidden one", []Page{signed(visible(100, 0), 200), signed(hiddenPage(100, 150, 0), 280)}, 0, 290, Hidden, 200, 370},

		{"no page at all is closed since the stream went", nil, 200, 201, Closed, 200, 0},
		{"never been here", nil, 0, 100, Closed, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := PresenceOf(c.pages, sec(c.lost), usual, sec(c.now))
			want := Presence{Active: c.cause == active, AwaySince: sec(c.since), Cause: c.cause}
			if !got.same(want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if next := NextChange(c.pages, sec(c.lost), usual, sec(c.now)); !next.Equal(sec(c.next)) {
				t.Errorf("next change at %s, want %s", next, sec(c.next))
			}
		})
	}
}

func TestSilenceLeavesTheGraceOfAReload(t *testing.T) {
	quick := Times{ClosedAfter: 20 * time.Second, IdleAfter: 270 * time.Second, SilentAfter: 5 * time.Second}
	pages := []Page{signed(visible(100, 0), 200)}
	if p := PresenceOf(pages, time.Time{}, quick, sec(219)); !p.Active {
		t.Errorf("got %+v within the grace", p)
	}
	if p := PresenceOf(pages, time.Time{}, quick, sec(220)); !p.same(Presence{AwaySince: sec(200), Cause: Closed}) {
		t.Errorf("got %+v after the grace", p)
	}
}

func somePages(t *rapid.T) ([]Page, time.Time) {
	instant := rapid.Custom(func(t *rapid.T) time.Time { return sec(rapid.IntRange(0, 600).Draw(t, "at")) })
	pages := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Page {
		return Page{
			Visible:    rapid.Bool().Draw(t, "visible"),
			ActiveAt:   sec(rapid.IntRange(1, 600).Draw(t, "active")),
			HiddenAt:   instant.Draw(t, "hidden"),
			GoneAt:     instant.Draw(t, "gone"),
			LastSignAt: instant.Draw(t, "sign"),
		}
	}), 0, 5).Draw(t, "pages")
	return pages, instant.Draw(t, "lost")
}

func TestNothingChangesBeforeTheNextChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, lost := somePages(t)
		now := rapid.IntRange(601, 900).Draw(t, "now")
		present := PresenceOf(pages, lost, usual, sec(now))
		next := NextChange(pages, lost, usual, sec(now))
		for at := now; at <= 2000; at++ {
			before := next.IsZero() || sec(at).Before(next)
			if same := present.same(PresenceOf(pages, lost, usual, sec(at))); before && !same {
				t.Fatalf("changed at %d, next change said %s", at, next)
			} else if !before {
				if same {
					t.Fatalf("no change at %s", next)
				}
				return
			}
		}
	})
}

func TestPresenceIsOneOfFourThings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, lost := somePages(t)
		now := sec(rapid.IntRange(601, 1200).Draw(t, "now"))
		p := PresenceOf(pages, lost, usual, now)
		switch {
		case p.Active && (p.Cause != "" || !p.AwaySince.IsZero()):
			t.Fatalf("active and away: %+v", p)
		case !p.Active && p.Cause != Closed && p.Cause != Hidden && p.Cause != Idle:
			t.Fatalf("away without a cause: %+v", p)
		case !p.Active && p.AwaySince.After(now):
			t.Fatalf("away since the future: %+v", p)
		}
	})
}

func TestOneMoreActivePageMakesActive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, lost := somePages(t)
		now := sec(rapid.IntRange(601, 1200).Draw(t, "now"))
		pages = append(pages, Page{Visible: true, ActiveAt: now, LastSignAt: now})
		if p := PresenceOf(pages, lost, usual, now); !p.Active {
			t.Fatalf("got %+v", p)
		}
	})
}

func TestEveryoneIsGoneInTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, lost := somePages(t)
		for i := range pages {
			pages[i].GoneAt = sec(rapid.IntRange(500, 600).Draw(t, "last gone"))
		}
		p := PresenceOf(pages, lost, usual, sec(620))
		if p.Cause != Closed || !NextChange(pages, lost, usual, sec(620)).IsZero() {
			t.Fatalf("got %+v", p)
		}
	})
}
