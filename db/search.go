package db

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

const (
	// firstLook and secondLook are how many conversations of a view are looked through, newest first, for words that
	// many have; only when these are too few is the index of words asked.
	firstLook  = 400
	secondLook = 800
	// lookMessages is how many messages of each are looked at then.
	lookMessages = 20
	// maxCandidates is where asking the index of words stops: what is older may be left out.
	maxCandidates = 3000
	fewCandidates = 200
)

// search is one page being looked for.
type search struct {
	reader
	organization int64
	branches     []branch
	pattern      string
	limit        int
	found        []chat.Cursor
	exhausted    bool        // every conversation of the view was looked at
	looked       chat.Cursor // the last one that was
}

// search finds the newest conversations of a view that have the words, in a message or in the customer's name, phone
// or address. It looks through the newest of the view, which finds common words, then asks the index of words block by
// block, newest first, which finds rare ones: neither takes longer when the organization grows.
func (r reader) search(ctx context.Context, organization int64, branches []branch, q chat.ListQuery) ([]chat.ConversationRow, error) {
	s := &search{reader: r, organization: organization, branches: branches, pattern: pattern(organization, q.Search), limit: q.Limit, looked: q.After}
	if s.pattern == "" {
		return nil, nil
	}
	if err := s.look(ctx, firstLook); err != nil {
		return nil, err
	}
	if missing := s.limit - len(s.found); missing > 0 && !s.exhausted && len(s.found)*secondLook >= missing*firstLook {
		if err := s.look(ctx, secondLook); err != nil {
			return nil, err
		}
	}
	if len(s.found) < s.limit && !s.exhausted {
		if err := s.ask(ctx); err != nil {
			return nil, err
		}
	}
	if len(s.found) == 0 {
		return nil, nil
	}
	ids := make([]int64, 0, s.limit)
	for _, hit := range s.found[:min(len(s.found), s.limit)] {
		ids = append(ids, hit.ID)
	}
	return r.rows(ctx, "found conversations", organization,
		"select * from conversations where organization_id = ? and id in (?)", organization, bun.List(ids))
}

// look looks through the next conversations of the view.
func (s *search) look(ctx context.Context, number int) error {
	page, args := pageOf(s.organization, s.branches, s.looked, number)
	var rows []struct {
		ID            int64
		LastMessageAt time.Time
		Hit           bool
	}
	err := s.raw(ctx, "look through conversations", &rows, `select v.id, v.last_message_at, m.hit or cu.hit as hit from (?0) v
		cross join lateral (select coalesce(bool_or(search @@ replace(?1, ?2, to_hex(v.id >> ?3))::tsquery), false) as hit
			from (select search from messages where organization_id = ?4 and conversation_id = v.id
				order by seq desc limit ?5) m) m
		cross join lateral (select coalesce(bool_or(search @@ replace(?1, ?2, to_hex(v.customer_id >> ?3))::tsquery), false) as hit
			from (select search from customers where organization_id = ?4 and id = v.customer_id offset 0) cu) cu
		order by v.last_message_at desc, v.id desc`,
		bun.SafeQuery(page, args...), s.pattern, anyBlock, blockBits, s.organization, lookMessages)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s.looked = chat.Cursor{At: row.LastMessageAt, ID: row.ID}
		if row.Hit {
			s.found = append(s.found, s.looked)
		}
	}
	s.exhausted = len(rows) < number
	return nil
}

// ask asks the index of words, in growing strides from the newest block back, for conversations behind what was looked
// through.
func (s *search) ask(ctx context.Context) error {
	var ends []int64
	if err := s.raw(ctx, "ends of the ids", &ends, `select unnest(array[
		(select id from conversations where organization_id = ?0 order by id desc limit 1),
		(select id from conversations where organization_id = ?0 order by id limit 1),
		(select id from customers where organization_id = ?0 order by id desc limit 1),
		(select id from customers where organization_id = ?0 order by id limit 1)])`, s.organization); err != nil || len(ends) != 4 {
		return err
	}
	conversations := blocks{next: ends[0] >> blockBits, last: ends[1] >> blockBits}
	customers := blocks{next: ends[2] >> blockBits, last: ends[3] >> blockBits}
	var found []chat.Cursor
	for stride, candidates := int64(1), 0; candidates < maxCandidates && len(s.found)+len(found) < s.limit; {
		byMessage, byCustomer := conversations.take(s.pattern, stride), customers.take(s.pattern, stride)
		if byMessage == "" && byCustomer == "" {
			break
		}
		hits, number, err := s.candidates(ctx, byMessage, byCustomer)
		if err != nil {
			return err
		}
		found = append(found, hits...)
		candidates += number
		if number < fewCandidates {
			stride *= 4
		}
	}
	slices.SortFunc(found, func(a, b chat.Cursor) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	s.found = append(s.found, slices.Compact(found)...)
	return nil
}

// candidates reads what the index of words has in a range of blocks and keeps what is in the view.
func (s *search) candidates(ctx context.Context, byMessage, byCustomer string) (found []chat.Cursor, number int, err error) {
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
			(select conversation_id as id from messages where organization_id + 0 = ?0 and search @@ ?1::tsquery limit ?3)
			union
			(select c.id from (select id from customers where organization_id + 0 = ?0 and search @@ ?2::tsquery limit ?3) cu
				cross join lateral (select id from conversations where organization_id = ?0 and customer_id = cu.id
					order by last_message_at desc, id desc limit ?4) c))
		select n.number, coalesce(f.id, 0) as id, coalesce(f.last_message_at, 'epoch') as last_message_at
		from (select count(*) as number from hit) n
		left join (select c.* from hit
			cross join lateral (select id, last_message_at from conversations where organization_id = ?0 and id = hit.id
				and (last_message_at, id) < (?5, ?6) and (?7) offset 0) c
			order by c.last_message_at desc, c.id desc limit ?8) f on true`,
		s.organization, byMessage, byCustomer, maxCandidates, lookMessages, s.looked.At, s.looked.ID, view, s.limit)
	for _, row := range rows {
		number = row.Number
		if row.ID != 0 {
			found = append(found, chat.Cursor{At: row.LastMessageAt, ID: row.ID})
		}
	}
	return found, number, err
}

// blocks counts down through the blocks of one table's ids.
type blocks struct{ next, last int64 }

// take makes the query of the next stride of blocks, empty when all were taken.
func (b *blocks) take(pattern string, stride int64) string {
	if b.next < b.last {
		return ""
	}
	first := max(b.last, b.next-stride+1)
	query := inBlocks(pattern, first, b.next)
	b.next = first - 1
	return query
}
