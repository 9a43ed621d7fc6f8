package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// memory measures what one idle stream of a customer costs the server.
func memory(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.brand.fill(ctx, s.database, b.sizes.streams); err != nil {
		return nil, err
	}
	customers, err := s.brand.giveTokens(ctx, s.database, 1, b.sizes.streams)
	if err != nil {
		return nil, err
	}
	ours, err := perStream(ctx, s.server, b.sizes.streams, s.heap, func(i int, stands func()) (*wire, error) {
		return customers[i].watch(ctx, s.server.base, stands)
	})
	if err != nil {
		return nil, err
	}
	plain, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, plain.stop()) }()
	nothing := func(context.Context) error { return nil }
	bare, err := perStream(ctx, plain, b.sizes.streams, nothing, func(i int, stands func()) (*wire, error) {
		defer stands()
		return openStreamOf(ctx, plain.base, fmt.Sprintf("/stream/%d", i), "", func([]byte) {})
	})
	if err != nil {
		return nil, err
	}
	return []Row{{
		Figure: fmt.Sprintf("memory of an idle stream, %d of them", b.sizes.streams), Value: ours, Unit: "KiB",
		Beside: bare, Yardstick: "net/http alone", Floor: true, Goal: atMost(30),
	}}, nil
}

// watch opens the customer's stream; stands is called once it has told everything that there was to tell.
func (c *customer) watch(ctx context.Context, base string, stands func()) (*wire, error) {
	return openStreamOf(ctx, base, c.path("stream"), c.head(), func(line []byte) {
		if string(line) == "event: head\n" {
			stands()
		}
	})
}

// perStream is how much more the server holds with its streams open than without, for each, in KiB; look is called then.
func perStream(ctx context.Context, server *child, count int, look func(context.Context) error, open func(i int, stands func()) (*wire, error)) (float64, error) {
	warm, err := openStreams(ctx, min(count, 50), open)
	if err != nil {
		return 0, err
	}
	closeAll(warm)
	if err := pause(ctx, time.Second); err != nil {
		return 0, err
	}
	before, err := server.settled(ctx)
	if err != nil {
		return 0, err
	}
	streams, err := openStreams(ctx, count, open)
	if err != nil {
		return 0, err
	}
	defer closeAll(streams)
	if err := pause(ctx, time.Second); err != nil {
		return 0, err
	}
	after, err := server.settled(ctx)
	if err != nil {
		return 0, err
	}
	return float64(after.memory-before.memory) / 1024 / float64(count), look(ctx)
}

// fanout measures how long it takes until the last of many subscribers of one conversation has its news.
func fanout(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	plain, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, plain.stop()) }()
	customers, err := s.brand.arrive(ctx, s.server.base, 1)
	if err != nil {
		return nil, err
	}
	tally := newTally(b.sizes.subscribers)
	ours, err := openStreams(ctx, b.sizes.subscribers, func(_ int, stands func()) (*wire, error) {
		return openStreamOf(ctx, s.server.base, customers[0].path("stream"), customers[0].head(), func(line []byte) {
			if string(line) == "event: head\n" {
				stands()
			}
			tally.hear(line)
		})
	})
	if err != nil {
		return nil, err
	}
	defer closeAll(ours)
	bare, err := openStreams(ctx, b.sizes.subscribers, func(_ int, stands func()) (*wire, error) {
		defer stands()
		return openStreamOf(ctx, plain.base, "/stream/all", "", tally.hear)
	})
	if err != nil {
		return nil, err
	}
	defer closeAll(bare)
	toOurs, toBare := newWires(s.server.base), newWires(plain.base)
	defer toOurs.close()
	defer toBare.close()
	var times, beside samples
	for n := range b.sizes.events {
		took, err := tally.time(ctx, 2*n+1, func(n int) error { return s.brand.reply(ctx, toOurs, customers[0].conversation, n) })
		if err != nil {
			return nil, err
		}
		times = append(times, took)
		took, err = tally.time(ctx, 2*n+2, func(n int) error {
			_, err := toBare.send(ctx, "POST", "/post/all", "", []byte(marked(n)))
			return err
		})
		if err != nil {
			return nil, err
		}
		beside = append(beside, took)
	}
	return []Row{{
		Figure: fmt.Sprintf("one event to %d subscribers, until the last has it", b.sizes.subscribers), Value: ms(times.at(50)), Unit: "ms",
		Beside: ms(beside.at(50)), Yardstick: "net/http alone, a loop of writes", More: map[string]float64{"max": ms(slices.Max(times))},
	}}, nil
}
