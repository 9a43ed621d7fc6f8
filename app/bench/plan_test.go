package bench

import (
	"testing"
	"time"

	"rejoin/app/followup"
)

func TestEveryWayThroughThePlanIsMeasured(t *testing.T) {
	rules, states := plannedStates(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	ways := map[followup.Code]bool{}
	for i := range states {
		ways[followup.PlanOf(&rules, &states[i]).Code] = true
	}
	for _, code := range []followup.Code{
		followup.CodeSeen, followup.CodeHeld, followup.CodeNoPoint, followup.CodeClosedHold, followup.CodeOpenHold, followup.CodeMaxHold,
		followup.CodeOffline, followup.CodeDraft, followup.CodeMinGap, followup.CodeHurried,
	} {
		if !ways[code] {
			t.Errorf("no conversation is planned by %s", code)
		}
	}
	if len(ways) != len(states) {
		t.Errorf("%d conversations are planned in %d ways", len(states), len(ways))
	}
}

func TestAllocationsAreCountedPerCall(t *testing.T) {
	var kept []*int
	if n := allocations(func(calls int) {
		for range calls {
			kept = []*int{new(int)}
		}
	}); n < 1 || len(kept) != 1 {
		t.Errorf("%v allocations per call", n)
	}
	if n := allocations(func(int) {}); n != 0 {
		t.Errorf("%v allocations of nothing", n)
	}
}
