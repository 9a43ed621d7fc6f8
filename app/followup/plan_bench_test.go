package followup

import "testing"

// planned is every way through the plan: never, held, hold, cap, offline, draft, gap, hurry, by email, capped.
func planned() (Rules, []State) {
	states := make([]State, 10)
	for i := range states {
		states[i] = left()
	}
	states[0].covers(&states[0].Seen)
	states[1].Active = true
	states[3].answers("14:02", "14:20")
	states[4].AgentsOfflineAt = clock("14:03")
	states[5].DraftAt = clock("14:06:30")
	states[6].LastAt = clock("13:58")
	states[7].Hurried, states[7].HurriedAt = 2, clock("14:03")
	states[8].byEmail("14:01")
	states[9].CapUntil = clock("14:40")
	return standard(), states
}

func TestPlanningAllocatesNothing(t *testing.T) {
	r, states := planned()
	var last Plan
	for i := range states {
		if n := testing.AllocsPerRun(100, func() { last = PlanOf(&r, &states[i]) }); n != 0 {
			t.Errorf("%v allocations for %s", n, last.Code)
		}
	}
}

func BenchmarkPlanOf(b *testing.B) {
	r, states := planned()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		PlanOf(&r, &states[i%len(states)])
	}
}
