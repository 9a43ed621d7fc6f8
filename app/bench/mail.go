package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	doorConnections = 8
	answerRate      = 10.0 // answers by email per second, when their way to the screen is measured
	mailsWithin     = 30 * time.Second
	mailsPause      = 5 * time.Millisecond
)

// mailFigure measures how many mails a second come through our own mail server into their conversations, and how soon
// an answer by email is on the agent's screen.
func mailFigure(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	l, err := s.openLetterbox(ctx)
	if err != nil {
		return nil, err
	}
	flow, err := l.flow(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := l.shown(ctx)
	if err != nil {
		return []Row{flow}, err
	}
	return append([]Row{flow}, shown...), l.judge(ctx)
}

// flow sends mails as fast as they are taken, and counts those that stand in their conversations.
func (l *letterbox) flow(ctx context.Context) (Row, error) {
	pool, err := yardstickPool(ctx, l.database.url)
	if err != nil {
		return Row{}, err
	}
	defer pool.Close()
	threads, err := l.bareThreads(ctx, doorConnections)
	if err != nil {
		return Row{}, err
	}
	lanes, err := dialDoors(ctx, l.server.door, doorConnections)
	defer closeDoors(lanes)
	if err != nil {
		return Row{}, err
	}
	write := func(ctx context.Context, worker int) error { return threads[worker].write(ctx, pool) }
	if _, _, err := l.burst(ctx, lanes, l.b.sizes.burst/4); err != nil { // pools and caches are filled before it counts
		return Row{}, err
	}
	if _, _, err := throughput(ctx, doorConnections, l.b.sizes.burst/4, write); err != nil {
		return Row{}, fmt.Errorf("bare transactions: %w", err)
	}
	var ours, taken, bare []float64
	cost := &mailCost{race: race{scene: l.scene}}
	for range l.b.sizes.rounds {
		profiled := l.profile(ctx, "mail", l.b.sizes.burst)
		stop := cost.start(ctx)
		first := l.number.Load()
		posted, atDoor, err := l.burst(ctx, lanes, l.b.sizes.burst)
		stop(l.number.Load() - first)
		if err = errors.Join(err, profiled()); err != nil {
			return Row{}, err
		}
		written, _, err := throughput(ctx, doorConnections, l.b.sizes.burst, write)
		if err != nil {
			return Row{}, fmt.Errorf("bare transactions: %w", err)
		}
		ours, taken, bare = append(ours, posted), append(taken, atDoor), append(bare, written)
	}
	row := Row{
		Figure: fmt.Sprintf("mails into their conversations, %d SMTP connections", doorConnections), Value: median(ours), Unit: "/s",
		Beside: median(bare), Yardstick: "bare INSERT + UPDATE transactions",
		More: map[string]float64{"250s of the door per second": median(taken), "bytes of a mail": float64(len(l.raw))},
		Note: fmt.Sprintf("from the first MAIL to the last message's commit, each of %d bytes; a mail is also spoken for in four answers, "+
			"written to the disk with two syncs and committed as a row and a job before its 250, then claimed, read, parsed, matched and planned",
			len(l.raw)),
	}
	cost.tell(row.More)
	return row, nil
}

// mailCost is the CPU time that mails cost; where the system does not tell it, nothing is told.
type mailCost struct {
	race
	mails int64
}

func (c *mailCost) start(ctx context.Context) (stop func(mails int64)) {
	before, err := c.used(ctx)
	c.noUsage = errors.Join(c.noUsage, err)
	return func(mails int64) {
		after, err := c.used(ctx)
		c.noUsage = errors.Join(c.noUsage, err)
		c.cpu, c.race.postgres, c.mails = c.cpu+after.cpu-before.cpu, c.race.postgres+after.postgres-before.postgres, c.mails+mails
	}
}

func (c *mailCost) tell(more map[string]float64) {
	if c.noUsage == nil && c.mails > 0 {
		more["server's CPU, ms per mail"], more["PostgreSQL's CPU, ms per mail"] = ms(c.cpu)/float64(c.mails), ms(c.race.postgres)/float64(c.mails)
	}
}

// burst sends for a while over all connections and waits until every mail is a message: messages and mails a second.
func (l *letterbox) burst(ctx context.Context, lanes []*doorWire, d time.Duration) (posted, taken float64, err error) {
	begun, first := time.Now(), l.number.Load()
	taken, _, err = throughput(ctx, len(lanes), d, func(_ context.Context, worker int) error {
		n := int(l.number.Add(1))
		a := l.answererOf(n)
		return lanes[worker].send(a.address, a.reply, l.write(n))
	})
	if err != nil {
		return 0, 0, fmt.Errorf("bring mail: %w", err)
	}
	at, err := l.settled(ctx, l.number.Load())
	if err != nil {
		return 0, 0, err
	}
	return float64(l.number.Load()-first) / at.Sub(begun).Seconds(), taken, nil
}

// settled waits until so many mails are messages.
func (l *letterbox) settled(ctx context.Context, want int64) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, mailsWithin)
	defer cancel()
	var have int64
	for {
		var counted int64
		err := l.database.pool.QueryRow(ctx, "select count(*) from messages where organization_id = $1 and via = 'email'", l.brand.id).Scan(&counted)
		at := time.Now()
		if err == nil {
			have = counted
		}
		switch {
		case ctx.Err() != nil:
			return at, fmt.Errorf("%d of %d mails became no message within %s: %s", want-have, want, mailsWithin, l.whereabouts())
		case err != nil:
			return at, fmt.Errorf("count messages: %w", err)
		case have >= want:
			return at, nil
		}
		_ = pause(ctx, mailsPause) // its end is told above, with what is missing
	}
}

// whereabouts says what became of the mails.
func (l *letterbox) whereabouts() string {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var words string
	err := l.database.pool.QueryRow(ctx, `select coalesce(string_agg(state || ' ' || reason || ' ' || number, ', '), 'no mail is kept')
		from (select state, reason, count(*) as number from mails group by 1, 2) m`).Scan(&words)
	if err != nil {
		return err.Error()
	}
	return words
}

// shown measures the way of an answer from the sender's first byte to the agent's stream, at a rate that queues nothing.
func (l *letterbox) shown(ctx context.Context) (rows []Row, err error) {
	plain, err := l.b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, plain.stop()) }()
	board, wires := newBoard(), newWires(plain.base)
	defer wires.close()
	streams := make([]*wire, 2)
	defer func() { closeAll(streams) }()
	if streams[0], err = openStreamOf(ctx, l.server.base, "/inbox/stream", l.brand.head(), board.hear); err != nil {
		return nil, err
	}
	if streams[1], err = openStreamOf(ctx, plain.base, "/stream/agent", "", board.hear); err != nil {
		return nil, err
	}
	e := &eyes{letterbox: l, board: board, bare: wires}
	ours, bare, err := e.rounds(ctx)
	if err != nil {
		return nil, err
	}
	row := func(percent float64, goal *Goal) Row {
		return Row{
			Figure: fmt.Sprintf("an answer by email on the agent's screen, p%.0f", percent), Value: ms(ours.at(percent)), Unit: "ms",
			Beside: ms(bare.at(percent)), Yardstick: "net/http alone", Floor: true, Goal: goal,
			More: map[string]float64{
				"max": ms(ours.at(100)), "answers": float64(len(ours)), "yardstick's max": ms(bare.at(100)), "of it at the door": ms(e.taken.at(percent)),
			},
		}
	}
	rows = []Row{row(50, nil), row(99, atMost(300))}
	rows[1].Note = fmt.Sprintf("%d answers at %.0f a second, each over a connection of its own, from the moment it is due to be sent until the inbox's stream has it",
		len(ours), answerRate)
	return rows, nil
}

// eyes look at the agent's screen, and at the yardstick's.
type eyes struct {
	*letterbox
	board *board
	bare  *wires

	mu    sync.Mutex
	taken samples // how long each visit at the door took, with its 250
}

// bareNumbers keep the yardstick's messages apart from the mails.
const bareNumbers = 500_000_000

func (e *eyes) rounds(ctx context.Context) (ours, bare samples, err error) {
	warm, count := int(answerRate), e.b.sizes.answers
	if _, err := e.round(ctx, warm, int(e.number.Load())+1, e.byMail); err != nil { // the first ones fill pools and caches
		return nil, nil, err
	}
	e.number.Add(int64(warm))
	for i := range e.b.sizes.rounds {
		profiled := e.profile(ctx, "mail-shown", time.Duration(float64(count)/answerRate*float64(time.Second)))
		times, err := e.round(ctx, count, int(e.number.Load())+1, e.byMail)
		e.number.Add(int64(count))
		if err = errors.Join(err, profiled()); err != nil {
			return nil, nil, err
		}
		ours = append(ours, times...)
		if times, err = e.round(ctx, count, bareNumbers+i*count, e.plainly); err != nil {
			return nil, nil, err
		}
		bare = append(bare, times...)
	}
	return ours, bare, nil
}

func (e *eyes) round(ctx context.Context, count, first int, send func(ctx context.Context, n int) error) (samples, error) {
	var mu sync.Mutex
	var refused error
	times, err := e.board.lateness(ctx, answerRate, count, first, func(_, n int) {
		if err := send(ctx, n); err != nil {
			mu.Lock()
			defer mu.Unlock()
			refused = errors.Join(refused, err)
		}
	})
	return times, errors.Join(refused, err)
}

func (e *eyes) byMail(ctx context.Context, n int) error {
	a, begun := e.answererOf(n), time.Now()
	err := handOver(ctx, e.server.door, a.address, a.reply, e.write(n))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.taken = append(e.taken, time.Since(begun))
	return err
}

func (e *eyes) plainly(ctx context.Context, n int) error {
	_, err := e.bare.send(ctx, "POST", "/post/agent", "", []byte(marked(n)))
	return err
}

// judge reads every message that came by email: each mail must be one, word for word.
func (l *letterbox) judge(ctx context.Context) error {
	rows, err := l.database.pool.Query(ctx, "select text from messages where organization_id = $1 and via = 'email'", l.brand.id)
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	return judgeAnswers(texts, int(l.number.Load()))
}

// judgeAnswers compares messages with the mails 1 to sent: one that is missing, came twice or says anything else is an error.
func judgeAnswers(texts []string, sent int) error {
	seen := make(map[int]int, sent)
	for _, text := range texts {
		n, found := numberIn([]byte(text))
		if !found || n < 1 || n > sent || text != answerText(n) {
			return fmt.Errorf("a message says what no mail said: %q", text)
		}
		seen[n]++
	}
	for n := 1; n <= sent; n++ {
		switch seen[n] {
		case 1:
		case 0:
			return fmt.Errorf("mail %d became no message", n)
		default:
			return fmt.Errorf("mail %d became %d messages", n, seen[n])
		}
	}
	return nil
}
