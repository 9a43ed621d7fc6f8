package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// inboxFigure measures the lists of the inbox at a small and at a large number of conversations, each behind a server
// and in a database of its own, asked in turn; before the tables were analysed, and after.
func inboxFigure(ctx context.Context, b *bench) (rows []Row, err error) {
	var houses []*scene
	for _, count := range []int{b.sizes.small, b.sizes.big} {
		begun := time.Now()
		s, err := b.newScene(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		if err := s.brand.fill(ctx, s.database, count); err != nil {
			return nil, err
		}
		b.say("  %d conversations in %.0f s", count, time.Since(begun).Seconds())
		houses = append(houses, s)
	}
	for _, state := range []string{"not analysed", "analysed"} {
		if state == "analysed" {
			for _, s := range houses {
				if _, err := s.database.pool.Exec(ctx, "analyze"); err != nil {
					return rows, fmt.Errorf("analyse: %w", err)
				}
			}
		}
		a := newAsking(b, houses[0], houses[1])
		if err := a.run(ctx); err != nil {
			return rows, err
		}
		rows = append(rows, a.rows(state)...)
	}
	return rows, nil
}

// list is one thing that an agent looks at.
type list struct {
	group string // what it is counted with
	query url.Values
	least int // rows that must come, or it was not measured
}

func lists() []list {
	all := []list{{"inbox list", url.Values{}, 30}}
	for _, view := range []string{"mine", "unassigned", "waiting_for_us", "waiting_for_them", "due", "closed", "spam"} {
		all = append(all, list{"inbox filter by view", url.Values{"view": {view}}, 30})
	}
	for _, reach := range []string{"active", "reachable", "unreachable"} {
		all = append(all, list{"inbox filter by reach", url.Values{"reach": {reach}}, 30})
	}
	return append(all,
		list{"search, a common word", url.Values{"q": {commonWord}}, 30},
		list{"search, a rare word", url.Values{"q": {rareWord}}, 1},
		list{"search, a name", url.Values{"q": {commonName}}, 30})
}

// asking is one run over every list at both sizes.
type asking struct {
	*bench
	lists  []list
	houses [2]*scene

	mu    sync.Mutex
	times [2][]samples // by size, then by list
	bare  samples
	fault error
}

func newAsking(b *bench, small, big *scene) *asking {
	a := &asking{bench: b, lists: lists(), houses: [2]*scene{small, big}}
	for size := range a.times {
		a.times[size] = make([]samples, len(a.lists))
	}
	return a
}

func (a *asking) run(ctx context.Context) error {
	to := [2]*wires{newWires(a.houses[0].server.base), newWires(a.houses[1].server.base)}
	defer to[0].close()
	defer to[1].close()
	const inTurn = 3 // small, big, and the yardstick
	ask := func(count func(i int) bool) func(i int, due time.Time) {
		return func(i int, due time.Time) {
			which, what := i%inTurn, i/inTurn%len(a.lists)
			err := a.ask(ctx, to, which, what, int64(i))
			took := time.Since(due)
			a.mu.Lock()
			defer a.mu.Unlock()
			switch {
			case err != nil:
				a.fault = err
			case !count(i):
			case which == 2:
				a.bare = append(a.bare, took)
			default:
				a.times[which][what] = append(a.times[which][what], took)
			}
		}
	}
	each := inTurn * len(a.lists)
	rate := a.sizes.askRate * inTurn / 2
	openLoop(ctx, rate, 4*each, ask(func(int) bool { return false })) // the first ones fill pools and caches
	if a.fault == nil {
		openLoop(ctx, rate, a.sizes.asked*each, ask(func(int) bool { return true }))
	}
	return errors.Join(a.fault, ctx.Err())
}

func (a *asking) ask(ctx context.Context, to [2]*wires, which, what int, i int64) error {
	if which == 2 {
		var text string
		return a.houses[1].database.pool.QueryRow(ctx, "select last_message_text from conversations where organization_id = $1 and id = $2",
			a.houses[1].brand.id, 1+chance(i, 9, int64(a.sizes.big))).Scan(&text)
	}
	l := a.lists[what]
	drawn, err := to[which].send(ctx, "GET", "/inbox?"+l.query.Encode(), a.houses[which].brand.head(), nil)
	if err != nil {
		return err
	}
	if found := strings.Count(string(drawn), `id="row-`); found < l.least {
		return fmt.Errorf("%s %q has %d rows instead of %d", l.group, l.query.Encode(), found, l.least)
	}
	return nil
}

// rows tells of each group its worst list by the ratio of the sizes, and how long its slowest percent takes at the large.
func (a *asking) rows(state string) []Row {
	var rows []Row
	for _, group := range groupsOf(a.lists) {
		growth := Row{
			Figure: fmt.Sprintf("%s, %d conversations, %s, p50", group, a.sizes.big, state), Unit: "ms",
			Yardstick: fmt.Sprintf("at %d", a.sizes.small), Goal: ratioMost(1.5),
		}
		var small, big samples
		for i, l := range a.lists {
			if l.group != group {
				continue
			}
			few, many := ms(a.times[0][i].at(50)), ms(a.times[1][i].at(50))
			if ratio(many, few) >= growth.ratio() {
				growth.Value, growth.Beside, growth.Note = many, few, "the one that grows most is "+l.query.Encode()
			}
			small, big = append(small, a.times[0][i]...), append(big, a.times[1][i]...)
		}
		if len(big) == len(a.times[1][0]) {
			growth.Note = "" // it has one list
		}
		rows = append(rows, growth, Row{
			Figure: fmt.Sprintf("%s, %d conversations, %s, p99", group, a.sizes.big, state), Value: ms(big.at(99)), Unit: "ms",
			Beside: ms(a.bare.at(99)), Yardstick: "a row by its primary key", Floor: true, Goal: atMost(20),
			More: map[string]float64{"p99 at the small size": ms(small.at(99)), "samples": float64(len(big)), "yardstick p50": ms(a.bare.at(50))},
		})
	}
	return rows
}

func groupsOf(lists []list) []string {
	var groups []string
	for _, l := range lists {
		if !slices.Contains(groups, l.group) {
			groups = append(groups, l.group)
		}
	}
	return groups
}
