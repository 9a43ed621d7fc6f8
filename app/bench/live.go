package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// liveFigure measures how long after a message was due to be sent the other side's stream shows it, in both directions.
func liveFigure(ctx context.Context, b *bench) (rows []Row, err error) {
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
	customers, err := s.brand.arrive(ctx, s.server.base, b.sizes.chats)
	if err != nil {
		return nil, err
	}
	t := &talk{scene: s, plain: plain, customers: customers, board: newBoard(), ours: newWires(s.server.base), bare: newWires(plain.base), number: 1000}
	defer t.ours.close()
	defer t.bare.close()
	streams, err := t.listen(ctx)
	if err != nil {
		return nil, err
	}
	defer closeAll(streams)
	return t.measure(ctx)
}

// talk is some chats in which both sides hold their streams.
type talk struct {
	*scene
	plain      *child
	customers  []*customer
	board      *board
	ours, bare *wires
	number     int // of the last message; above those that began the conversations
}

// way is one direction, and what it is compared with.
type way struct {
	name string
	ours func(ctx context.Context, chat, n int) error
	bare func(ctx context.Context, chat, n int) error
}

func (t *talk) ways() []way {
	echo := func(topic func(chat int) string) func(context.Context, int, int) error {
		return func(ctx context.Context, chat, n int) error {
			_, err := t.bare.send(ctx, "POST", "/post/"+topic(chat), "", []byte(marked(n)))
			return err
		}
	}
	return []way{
		{"customer's message to the agent's stream", t.asCustomer, echo(func(int) string { return "agent" })},
		{"agent's reply to the customer's stream", t.asAgent, echo(strconv.Itoa)},
	}
}

func (t *talk) asCustomer(ctx context.Context, chat, n int) error {
	c := t.customers[chat]
	body, err := c.message(n, marked(n))
	if err != nil {
		return err
	}
	_, err = t.ours.send(ctx, "POST", c.path("messages"), c.head(), body)
	return err
}

func (t *talk) asAgent(ctx context.Context, chat, n int) error {
	return t.brand.reply(ctx, t.ours, t.customers[chat].conversation, n)
}

// reply posts an agent's answer as the inbox does.
func (b *brand) reply(ctx context.Context, to *wires, conversation string, n int) error {
	form := url.Values{"client": {fmt.Sprintf("reply-%d", n)}, "text": {marked(n)}}
	_, err := to.send(ctx, "POST", "/inbox/c/"+conversation+"/messages", b.head(), []byte(form.Encode()))
	return err
}

// listen opens a stream for every customer and one for the agent, of ours and of the yardstick.
func (t *talk) listen(ctx context.Context) ([]*wire, error) {
	type source struct{ base, path, head string }
	sources := []source{{t.server.base, "/inbox/stream", t.brand.head()}, {t.plain.base, "/stream/agent", ""}}
	for i, c := range t.customers {
		sources = append(sources, source{t.server.base, c.path("stream"), c.head()}, source{t.plain.base, "/stream/" + strconv.Itoa(i), ""})
	}
	var streams []*wire
	for _, s := range sources {
		w, err := openStreamOf(ctx, s.base, s.path, s.head, t.board.hear)
		if err != nil {
			closeAll(streams)
			return nil, err
		}
		streams = append(streams, w)
	}
	return streams, nil
}

func (t *talk) measure(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, w := range t.ways() {
		if _, err := t.round(ctx, w.ours, time.Second); err != nil { // the first ones fill pools and caches
			return rows, err
		}
		var ours, bare samples
		for range t.b.sizes.rounds {
			profiled := t.profile(ctx, "live", t.b.sizes.talk)
			times, err := t.round(ctx, w.ours, t.b.sizes.talk)
			if err = errors.Join(err, profiled()); err != nil {
				return rows, err
			}
			ours = append(ours, times...)
			if times, err = t.round(ctx, w.bare, t.b.sizes.talk); err != nil {
				return rows, err
			}
			bare = append(bare, times...)
		}
		rows = append(rows,
			Row{Figure: w.name + ", p50", Value: ms(ours.at(50)), Unit: "ms", Beside: ms(bare.at(50)), Yardstick: "net/http alone"},
			Row{
				Figure: w.name + ", p99", Value: ms(ours.at(99)), Unit: "ms", Beside: ms(bare.at(99)), Yardstick: "net/http alone",
				Floor: true, Goal: atMost(10), More: map[string]float64{"max": ms(ours.at(100)), "messages": float64(len(ours))},
			})
	}
	return rows, nil
}

// round sends messages at a fixed rate, chat after chat, and returns how long after its due time each was seen.
func (t *talk) round(ctx context.Context, send func(ctx context.Context, chat, n int) error, d time.Duration) (samples, error) {
	count := int(t.b.sizes.rate * d.Seconds())
	first := t.number + 1
	t.number += count
	return t.board.lateness(ctx, t.b.sizes.rate, count, first, func(i, n int) {
		if err := send(ctx, i%len(t.customers), n); err != nil {
			t.b.say("a message was refused: %v", err)
		}
	})
}
