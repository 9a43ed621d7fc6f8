package db_test

import (
	"context"
	"testing"
	"time"

	"rejoin/app/chat"
)

// slots reserves some for an organization, so many seconds after noon.
func (h *house) slots(o *chat.Organization, n int, second, one, all float64) []float64 {
	h.t.Helper()
	var seconds []float64
	h.do(func(ctx context.Context, tx chat.Tx) error {
		slots, err := tx.ReserveSlots(ctx, o.ID, n, noon.Add(time.Duration(second*float64(time.Second))), one, all)
		seconds = nil
		for _, at := range slots {
			seconds = append(seconds, at.Sub(noon).Round(time.Millisecond).Seconds())
		}
		return err
	})
	return seconds
}

func (h *house) same(why string, got []float64, want ...float64) {
	h.t.Helper()
	equal := len(got) == len(want)
	for i := 0; equal && i < len(got); i++ {
		equal = got[i]-want[i] < 0.01 && want[i]-got[i] < 0.01
	}
	if !equal {
		h.t.Errorf("%s: slots at %v, want %v", why, got, want)
	}
}

func TestAnOrganizationsEmailsGoOutOneAfterTheOther(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	h.same("the first", h.slots(o, 1, 0, 2, 0), 0)
	h.same("at two a second", h.slots(o, 3, 0, 2, 0), 0.5, 1, 1.5)
	h.same("behind those before", h.slots(o, 1, 1, 2, 0), 2)
	h.same("after a rest at once", h.slots(o, 2, 60, 2, 0), 60, 60.5)
	h.same("the slower bound counts", h.slots(o, 2, 120, 2, 1), 120, 121)
	h.same("without a bound", h.slots(o, 2, 180, 0, 0), 180, 180)
}

func TestABurstOfOneOrganizationPutsNoOtherOff(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.organization(), h.organization(), h.organization()
	burst := h.slots(a, 1000, 0, 0, 10)
	if burst[0] != 0 || burst[999] < 99 || burst[999] > 100 {
		t.Errorf("the burst lasts from %v to %v", burst[0], burst[999])
	}
	h.same("another's first email", h.slots(b, 1, 1, 0, 10), 1)
	h.same("and its burst, at half of all", h.slots(b, 3, 1, 0, 10), 1.2, 1.4, 1.6)
	h.same("a third one's, at a third", h.slots(c, 3, 1, 0, 10), 1, 1.3, 1.6)
	h.same("alone again when the others are done", h.slots(c, 2, 200, 0, 10), 200, 200.1)
}

func TestPacesThatServeNoLongerAreSwept(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	h.slots(o, 1, 0, 2, 0)
	if err := h.Sweep(t.Context(), noon.Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	h.same("kept", h.slots(o, 1, 0, 2, 0), 0.5)
	if err := h.Sweep(t.Context(), noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.same("swept", h.slots(o, 1, 0, 2, 0), 0)
}
