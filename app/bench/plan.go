package bench

import (
	"context"
	"runtime"
	"time"

	"rejoin/app/followup"
)

// planFigure measures one call of the policy, over every way through it in turn, and what it allocates.
func planFigure(ctx context.Context, b *bench) ([]Row, error) {
	rules, states := plannedStates(time.Now())
	plan := func(calls int) { planAll(&rules, states, calls) }
	compare := func(calls int) { compareAll(&rules, states, calls) }
	var ours, beside []float64
	for range 2*b.sizes.rounds + 1 {
		ours, beside = append(ours, perCall(plan)), append(beside, perCall(compare))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return []Row{
		{
			Figure: "one plan of the policy", Value: median(ours[1:]), Unit: "ns", Beside: median(beside[1:]),
			Yardstick: "one hold added to an instant, and compared", Goal: atMost(1000),
		},
		{Figure: "allocations of one plan", Value: allocations(plan), Goal: atMost(0)},
	}, nil
}

// planCalls is how many calls make one sample.
const planCalls = 200_000

func perCall(act func(calls int)) float64 {
	begun := time.Now()
	act(planCalls)
	return float64(time.Since(begun)) / planCalls
}

// allocations is how many one call makes; what else the program does now and then is less than a whole one.
func allocations(act func(calls int)) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	act(planCalls)
	runtime.ReadMemStats(&after)
	return float64((after.Mallocs - before.Mallocs) / planCalls)
}

func planAll(r *followup.Rules, states []followup.State, calls int) {
	planned := int64(0)
	for i := range calls {
		planned += followup.PlanOf(r, &states[i%len(states)]).To
	}
	runtime.KeepAlive(planned)
}

func compareAll(r *followup.Rules, states []followup.State, calls int) {
	late := 0
	for i := range calls {
		if s := &states[i%len(states)]; s.AwaySince.Add(r.ClosedHold).After(s.NewestAt) {
			late++
		}
	}
	runtime.KeepAlive(late)
}

// plannedStates is a conversation for every way through the plan: seen, held, without an address, and due by each rule.
func plannedStates(now time.Time) (followup.Rules, []followup.State) {
	rules := followup.Rules{
		On: true, Content: followup.ContentUnread, ClosedHold: 5 * time.Minute, OpenHold: 30 * time.Minute, MaxHold: 20 * time.Minute,
		DraftHold: time.Minute, MinGap: 15 * time.Minute, OfflineAtOnce: true,
	}
	left := followup.State{
		Spoke: true, AwaySince: now, AwayCause: followup.Closed, Channel: "email", Point: followup.ReasonPointWorks,
		From: 2, To: 2, Agent: 2, OldestAt: now.Add(time.Minute), NewestAt: now.Add(time.Minute),
	}
	states := []followup.State{left}
	also := func(change func(s *followup.State)) {
		s := left
		change(&s)
		states = append(states, s)
	}
	also(func(s *followup.State) { s.Seen, s.From, s.To = 2, 0, 0 })
	also(func(s *followup.State) { s.Active = true })
	also(func(s *followup.State) { s.Point = followup.ReasonNoPoint })
	also(func(s *followup.State) { s.AwayCause = followup.Idle })
	also(func(s *followup.State) { s.NewestAt = now.Add(18 * time.Minute) })
	also(func(s *followup.State) { s.AgentsOfflineAt = now.Add(2 * time.Minute) })
	also(func(s *followup.State) { s.DraftAt = now.Add(5*time.Minute + time.Second) })
	also(func(s *followup.State) { s.LastAt = now.Add(-time.Minute) })
	also(func(s *followup.State) { s.Hurried, s.HurriedAt = 2, now.Add(2*time.Minute) })
	return rules, states
}
