package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

const (
	// firstLook and secondLook are how many conversations of a view are looked through, newest first.
	firstLook  = 250
	secondLook = 750
	// lookMessages is how many messages of each are looked at then; older ones are for the index of words.
	lookMessages = 50
	// mostOfCustomer is how many conversations of one customer are found by the customer's own words.
	mostOfCustomer = 20
	// enough is how many hits of the index of words are weighed before another way is tried, the second time for good:
	// a word that many have elsewhere and few in this view is not followed to the end. mostHits bounds one stride.
	enough   = 300
	mostHits = 600
)

// search is one page being looked for.
type search struct {
	reader
	organization int64
	branches     []branch
	pattern      string
	limit        int
	found        map[int64]chat.Cursor
	after        chat.Cursor // where the page begins
	looked       chat.Cursor // the last conversation of the view that was looked at
	ended        bool        // it was the last one of the view
	long         bool        // one that was looked at has older messages than were
	exhausted    bool        // nothing is left that was neither looked at nor asked for

	asking                   bool   // the blocks below are set
	conversations, customers blocks // not yet asked for
}

// search finds the newest conversations of a view that have the words, in a message or in the customer's name, phone
// or address. It looks through the newest of the view, which finds common words, then asks the index of words block by
// block, newest first, which finds rare ones: neither takes longer when the organization grows.
func (r reader) search(ctx context.Context, organization int64, branches []branch, q chat.ListQuery) ([]chat.ConversationRow, error) {
	s := &search{
		reader: r, organization: organization, branches: branches, pattern: pattern(organization, q.Search), limit: q.Limit,
		found: make(map[int64]chat.Cursor), after: q.After, looked: q.After,
	}
	if s.after == (chat.Cursor{}) {
		s.after.At = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if s.pattern == "" {
		return nil, nil
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	if len(s.found) == 0 {
		return nil, nil
	}
	return r.rows(ctx, "found conversations", organization,
		"select * from conversations where organization_id = ? and id in (?)", organization, bun.List(s.newest()))
}

// run takes the steps that the page needs: a second look first where it promises to fill the page.
func (s *search) run(ctx context.Context) error {
	if err := s.look(ctx, firstLook); err != nil {
		return err
	}
	steps := []func(context.Context) error{s.ask, s.lookAgain, s.ask}
	if len(s.found)*(firstLook+secondLook) >= s.limit*firstLook {
		steps = []func(context.Context) error{s.lookAgain, s.ask}
	}
	for _, step := range steps {
		if len(s.found) >= s.limit || s.exhausted {
			break
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lookAgain looks twice as far as the page needs by what was found so far.
func (s *search) lookAgain(ctx context.Context) error {
	if s.ended {
		return nil
	}
	missing := s.limit - len(s.found)
	return s.look(ctx, min(secondLook, missing*firstLook*2/max(1, len(s.found))))
}

// newest are the ids of the page.
func (s *search) newest() []int64 {
	hits := slices.SortedFunc(maps.Values(s.found), func(a, b chat.Cursor) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	ids := make([]int64, 0, s.limit)
	for _, hit := range hits[:min(len(hits), s.limit)] {
		ids = append(ids, hit.ID)
	}
	return ids
}

// look looks through the next conversations of the view.
func (s *search) look(ctx context.Context, number int) error {
	page, args := pageOf(s.organization, s.branches, s.looked, number)
	var rows []struct {
		ID            int64
		LastMessageAt time.Time
		LastSeq       int64
		Hit           bool
	}
	err := s.raw(ctx, "look through conversations", &rows, `select v.id, v.last_message_at, v.last_seq, m.hit or cu.hit as hit from (?0) v
		cross join lateral (select replace(?1, ?2, to_hex(v.id >> ?3))::tsquery as of_messages,
			replace(?1, ?2, to_hex(v.customer_id >> ?3))::tsquery as of_customer offset 0) q
		cross join lateral (select coalesce(bool_or(search @@ q.of_messages), false) as hit
			from (select search from messages where organization_id = ?4 and conversation_id = v.id
				order by seq desc limit ?5) m) m
		cross join lateral (select coalesce(bool_or(search @@ q.of_customer), false) as hit
			from (select search from customers where organization_id = ?4 and id = v.customer_id offset 0) cu) cu
		order by v.last_message_at desc, v.id desc`,
		bun.SafeQuery(page, args...), s.pattern, anyBlock, blockBits, s.organization, lookMessages)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s.looked = chat.Cursor{At: row.LastMessageAt, ID: row.ID}
		s.long = s.long || row.LastSeq > lookMessages
		if row.Hit {
			s.found[row.ID] = s.looked
		}
	}
	s.ended = len(rows) < number
	s.exhausted = s.ended && !s.long
	return nil
}

// ask asks the index of words, in strides from the newest block back, for whole conversations; it goes on where
// it stopped.
func (s *search) ask(ctx context.Context) error {
	if err := s.readBlocks(ctx); err != nil {
		return err
	}
	for stride, hits := int64(1), 0; hits < enough && len(s.found) < s.limit; {
		if s.conversations.none() && s.customers.none() {
			s.exhausted = true
			break
		}
		number, err := s.askBlocks(ctx, s.conversations.take(stride), s.customers.take(stride))
		if err != nil {
			return err
		}
		hits += number
		switch {
		case number == 0:
			stride *= 8
		case number < enough/4:
			stride *= 2
		}
	}
	return nil
}

// readBlocks finds the blocks that an organization's ids lie in.
func (s *search) readBlocks(ctx context.Context) error {
	if s.asking {
		return nil
	}
	var ends []int64
	if err := s.raw(ctx, "ends of the ids", &ends, `select unnest(array[
		(select id from conversations where organization_id = ?0 order by id desc limit 1),
		(select id from conversations where organization_id = ?0 order by id limit 1),
		(select id from customers where organization_id = ?0 order by id desc limit 1),
		(select id from customers where organization_id = ?0 order by id limit 1)])`, s.organization); err != nil || len(ends) != 4 {
		return err
	}
	s.asking = true
	s.conversations = blocks{next: ends[0] >> blockBits, last: ends[1] >> blockBits}
	s.customers = blocks{next: ends[2] >> blockBits, last: ends[3] >> blockBits}
	return nil
}

// askBlocks reads what the index of words has in a stride of blocks, keeps what is in the view, and tells how many
// there were. A block is asked for by itself: of many at once PostgreSQL would think that reading the table is cheaper.
func (s *search) askBlocks(ctx context.Context, messages, customers blocks) (number int, err error) {
	var rows []struct {
		ID            int64
		LastMessageAt time.Time
		Number        int
	}
	var where []string
	var args []any
	for _, b := range s.branches {
		where, args = append(where, "("+b.where+")"), append(args, b.args...)
	}
	view := bun.SafeQuery(strings.Join(where, " or "), args...)
	// organization_id + 0 keeps PostgreSQL from taking the primary key for it: the words name the organization already.
	err = s.raw(ctx, "ask the index of words", &rows, `with hit as (
			(select m.conversation_id as id from generate_series(?1::bigint, ?2, -1) block
				cross join lateral (select conversation_id from messages where organization_id + 0 = ?0
					and search @@ replace(?5, ?6, to_hex(block))::tsquery limit ?7) m limit ?7)
			union
			(select c.id from (select cu.id from generate_series(?3::bigint, ?4, -1) block
					cross join lateral (select id from customers where organization_id + 0 = ?0
						and search @@ replace(?5, ?6, to_hex(block))::tsquery limit ?7) cu limit ?7) cu
				cross join lateral (select id from conversations where organization_id = ?0 and customer_id = cu.id
					order by last_message_at desc, id desc limit ?8) c))
		select n.number, coalesce(f.id, 0) as id, coalesce(f.last_message_at, 'epoch') as last_message_at
		from (select count(*) as number from hit) n
		left join (select c.* from hit
			cross join lateral (select * from conversations where organization_id = ?0 and id = hit.id offset 0) c
			where (c.last_message_at, c.id) < (?9, ?10) and (?11)
			order by c.last_message_at desc, c.id desc limit ?12) f on true`,
		s.organization, messages.next, messages.last, customers.next, customers.last, s.pattern, anyBlock, mostHits,
		mostOfCustomer, s.after.At, s.after.ID, view, s.limit)
	for _, row := range rows {
		number = row.Number
		if row.ID != 0 {
			s.found[row.ID] = chat.Cursor{At: row.LastMessageAt, ID: row.ID}
		}
	}
	return number, err
}

// blocks is a range of one table's ids, from the newest block down to the oldest.
type blocks struct{ next, last int64 }

func (b *blocks) none() bool { return b.next < b.last }

// take cuts the newest blocks off.
func (b *blocks) take(stride int64) blocks {
	taken := blocks{next: b.next, last: max(b.last, b.next-stride+1)}
	b.next = taken.last - 1
	return taken
}
