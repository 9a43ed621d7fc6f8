package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/db"
)

// What the customers of a filled brand are called, and what they talk about. Every list of the inbox is longer than a
// page at a thousand conversations already, so that both sizes are asked for the same work.
const (
	firstNames = "Ada Ben Chloé Dana Emil Farah Gaël Hana Ivo Jana Karim Léa Milo Nora Omar Pia Quentin Rosa Samir Théo Uma Vera Willem Yara"
	lastNames  = "Moreau Lind Okafor Haddad Novak Silva Berg Fontaine Keller Mendes Rossi Tanaka"
	talkOf     = "parcel delivery address order refund size colour jacket wool green blue small large broken zip button gift card discount code " +
		"invoice payment account password email phone shop opening hours weekend return label stamp post office courier evening morning " +
		"thanks hello please could would again still waiting arrived missing wrong exchange repair warranty stock basket checkout"
	commonWord = "delivery"
	rareWord   = "quetzalcoatl"
	commonName = "Moreau"
	rareHits   = 5 // conversations that have the rare word, at either size
)

// fill gives a brand count customers with a conversation and two messages each, numbered from 1, spread over 300 days
// with the newest last. No table is analysed, now or later, until somebody asks for it.
func (b *brand) fill(ctx context.Context, d *database, count int) error {
	return b.fillDue(ctx, d, count, nil)
}

// fillDue does the same with open conversations only; where due gives an instant, the customer has left, and the email
// with the agent's answer is planned for then.
func (b *brand) fillDue(ctx context.Context, d *database, count int, due func(i int64) time.Time) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("fill a brand: %w", err)
	}
	defer conn.Release()
	f := &filling{
		brand: b, conn: conn.Conn(), count: count, now: time.Now(), due: due,
		first: strings.Fields(firstNames), last: strings.Fields(lastNames), talk: strings.Fields(talkOf),
	}
	if err := f.run(ctx); err != nil {
		return fmt.Errorf("fill a brand: %w", err)
	}
	return nil
}

type filling struct {
	brand *brand
	conn  *pgx.Conn
	count int
	now   time.Time
	due   func(i int64) time.Time // nil: none is due, and not all are open

	first, last, talk []string
}

func (f *filling) run(ctx context.Context) error {
	tables := []struct {
		name, columns string
		write         func(to *bufio.Writer, i int64)
	}{
		{"customers", "organization_id, id, key, name, language, language_reason, zone, active, away_since, away_cause, created_at, search", f.customer},
		{"contact_points", "organization_id, id, customer_id, channel, address, created_at", f.contactPoint},
		{"conversations", "organization_id, id, key, customer_id, assignee_id, last_seq, customer_seen_seq, agent_unread, customer_unread, waiting_for, reach, " +
			"last_message_at, last_message_text, last_message_by, customer_spoke_at, human_answered_at, closed_at, spam_at, created_at, " +
			"agent_seq, plan_code, plan_from, plan_to, followup_due_at", f.conversation},
		{"messages", "organization_id, conversation_id, seq, kind, author_kind, author_id, author_name, text, client_id, created_at, search", f.messages},
	}
	if err := f.relax(ctx); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := f.conn.Exec(ctx, "alter table "+t.name+" set (autovacuum_enabled = false)"); err != nil {
			return fmt.Errorf("keep %s from being analysed: %w", t.name, err)
		}
		rebuild, err := f.dropIndexes(ctx, t.name)
		if err != nil {
			return err
		}
		if err := f.copy(ctx, t.name, t.columns, t.write); err != nil {
			return err
		}
		for _, statement := range rebuild {
			if _, err := f.conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("index %s: %w", t.name, err)
			}
		}
		if t.name != "messages" {
			if _, err := f.conn.Exec(ctx, "select setval(pg_get_serial_sequence($1, 'id'), $2)", t.name, f.count); err != nil {
				return fmt.Errorf("number %s: %w", t.name, err)
			}
		}
	}
	_, err := f.conn.Exec(ctx, "reset all")
	return err
}

// relax leaves out what a load of rows that fit each other does not need.
func (f *filling) relax(ctx context.Context) error {
	_, err := f.conn.Exec(ctx, "set synchronous_commit = off; set maintenance_work_mem = '512MB'; set statement_timeout = 0")
	if err != nil {
		return err
	}
	// Only a superuser may; others check every foreign key, which takes longer.
	_, _ = f.conn.Exec(ctx, "set session_replication_role = replica")
	return nil
}

// dropIndexes drops those that are no constraint, and returns how to make them again.
func (f *filling) dropIndexes(ctx context.Context, table string) ([]string, error) {
	rows, err := f.conn.Query(ctx, `select pg_get_indexdef(i.indexrelid), i.indexrelid::regclass::text from pg_index i
		where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`, table)
	if err != nil {
		return nil, fmt.Errorf("find indexes of %s: %w", table, err)
	}
	type index struct{ Definition, Name string }
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, fmt.Errorf("find indexes of %s: %w", table, err)
	}
	var rebuild []string
	for _, one := range found {
		if _, err := f.conn.Exec(ctx, "drop index "+one.Name); err != nil {
			return nil, fmt.Errorf("drop %s: %w", one.Name, err)
		}
		rebuild = append(rebuild, one.Definition)
	}
	return rebuild, nil
}

// copy streams the rows of every number into a table.
func (f *filling) copy(ctx context.Context, table, columns string, write func(to *bufio.Writer, i int64)) error {
	read, into := io.Pipe()
	written := make(chan struct{})
	go func() {
		defer close(written)
		to := bufio.NewWriterSize(into, 1<<16)
		for i := range int64(f.count) {
			write(to, i+1)
			if ctx.Err() != nil {
				break
			}
		}
		_ = into.CloseWithError(errors.Join(ctx.Err(), to.Flush())) // nil ends it well
	}()
	_, err := f.conn.PgConn().CopyFrom(ctx, read, "copy "+table+" ("+columns+") from stdin")
	_ = read.Close() // a writer that is still at it ends
	<-written
	if err != nil {
		return fmt.Errorf("load %s: %w", table, err)
	}
	return nil
}

// at is when conversation i had its last message.
func (f *filling) at(i int64) string {
	if due := f.dueAt(i); !due.IsZero() {
		return written(due.Add(-closedHold()))
	}
	age := time.Duration(float64(int64(f.count)-i) / float64(f.count) * float64(300*24*time.Hour))
	return written(f.now.Add(-age))
}

func written(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000000Z") }

// closedHold is how long the answer to a customer who has left waits in a brand that has changed nothing.
func closedHold() time.Duration { return chat.Values(nil).Rules().ClosedHold }

// dueAt is when the email of conversation i is due, zero where none is.
func (f *filling) dueAt(i int64) time.Time {
	if f.due == nil {
		return time.Time{}
	}
	return f.due(i)
}

// plan is the columns of the plan; what is not due has its time tomorrow, when nothing is measured any more.
func (f *filling) plan(i int64, spam bool) string {
	due := f.dueAt(i)
	if due.IsZero() {
		switch {
		case spam || f.customerLast(i):
			return "\t0\t0\t\\N"
		case f.reach(i) == "active":
			return "held\t2\t2\t\\N"
		case f.reach(i) == "unreachable":
			return "no_point\t2\t2\t\\N"
		}
		due = f.now.Add(24*time.Hour + time.Duration(i)*time.Microsecond)
	}
	return "closed_hold\t2\t2\t" + written(due)
}

// chance is a number below most that looks like chance and is the same in every run.
func chance(i, salt, most int64) int64 {
	x := uint64(i)*0x9E3779B97F4A7C15 + uint64(salt)*0xBF58476D1CE4E5B9 //nolint:gosec // it may wrap
	x ^= x >> 31
	x *= 0x94D049BB133111EB
	x ^= x >> 29
	return int64(x % uint64(most)) //nolint:gosec // both are small
}

func (f *filling) reach(i int64) string {
	if !f.dueAt(i).IsZero() {
		return "reachable"
	}
	switch c := chance(i, 1, 100); {
	case c < 20:
		return "active"
	case c < 70:
		return "reachable"
	}
	return "unreachable"
}

func (f *filling) name(i int64) string {
	return f.first[chance(i, 2, int64(len(f.first)))] + " " + f.last[chance(i, 3, int64(len(f.last)))]
}

func addressOf(i int64) string { return fmt.Sprintf("customer%d@mail.example", i) }

func (f *filling) customer(to *bufio.Writer, i int64) {
	active, since, cause, words := "t", `\N`, "", f.name(i)
	reach := f.reach(i)
	if reach != "active" {
		active, since, cause = "f", f.at(i), "closed"
	}
	if reach == "reachable" {
		words += " " + addressOf(i)
	}
	fmt.Fprintf(to, "%d\t%d\tcu%020d\t%s\ten\thtml\tEurope/Paris\t%s\t%s\t%s\t%s\t%s\n",
		f.brand.id, i, i, f.name(i), active, since, cause, f.at(i), db.SearchColumn(f.brand.id, i, words))
}

func (f *filling) contactPoint(to *bufio.Writer, i int64) {
	if f.reach(i) == "reachable" {
		fmt.Fprintf(to, "%d\t%d\t%d\temail\t%s\t%s\n", f.brand.id, i, i, addressOf(i), f.at(i))
	}
}

func (f *filling) conversation(to *bufio.Writer, i int64) {
	assignee, closed, spam := `\N`, `\N`, `\N`
	if chance(i, 4, 100) < 20 {
		assignee = fmt.Sprint(f.brand.agent)
	}
	switch c := chance(i, 5, 100); {
	case f.due != nil:
	case c < 30:
		closed = f.at(i)
	case c < 40:
		spam = f.at(i)
	}
	side, by, seen, forUs, forThem, answered := "them", "agent", 1, 0, 1, 2
	if f.customerLast(i) {
		side, by, seen, forUs, forThem, answered = "us", "customer", 2, 1, 0, 1
	}
	fmt.Fprintf(to, "%d\t%d\tco%020d\t%d\t%s\t2\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.brand.id, i, i, i, assignee,
		seen, forUs, forThem, side, f.reach(i), f.at(i), f.text(i, 2), by, f.at(i), f.at(i), closed, spam, f.at(i), answered, f.plan(i, spam != `\N`))
}

func (f *filling) customerLast(i int64) bool { return f.dueAt(i).IsZero() && chance(i, 6, 2) == 0 }

func (f *filling) messages(to *bufio.Writer, i int64) {
	for seq := int64(1); seq <= 2; seq++ {
		by, author, name := "customer", i, f.name(i)
		if (seq == 2) != f.customerLast(i) {
			by, author, name = "agent", f.brand.agent, "Ada"
		}
		text := f.text(i, seq)
		fmt.Fprintf(to, "%d\t%d\t%d\tpublic\t%s\t%d\t%s\t%s\tloaded-%d\t%s\t%s\n", f.brand.id, i, seq, by, author, name, text, seq, f.at(i),
			db.SearchColumn(f.brand.id, i, text))
	}
}

// text is what stands in a message: eight words and a number.
func (f *filling) text(i, seq int64) string {
	var text strings.Builder
	for n := range int64(8) {
		text.WriteString(f.talk[chance(i*16+n, 6+seq, int64(len(f.talk)))])
		text.WriteByte(' ')
	}
	if seq == 1 && f.isRare(i) {
		text.WriteString(rareWord + " ")
	}
	fmt.Fprintf(&text, "%d", 100_000+i)
	return text.String()
}

// isRare spreads the rare word evenly from the oldest conversation to the newest.
func (f *filling) isRare(i int64) bool {
	every := int64(f.count / rareHits)
	return every > 0 && i%every == every/2
}
