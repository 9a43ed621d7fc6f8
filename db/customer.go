package db

import (
	"context"

	"rejoin/app/chat"
)

// LockCustomer reads one and keeps others from changing it.
func (t *tx) LockCustomer(ctx context.Context, organization, id int64) (*chat.Customer, error) {
	c := new(chat.Customer)
	return c, t.lock(ctx, "customer", c, "organization_id = ? and id = ?", organization, id)
}

// DeleteCustomer removes a customer with everything of theirs: what refers to the row goes with it.
func (t *tx) DeleteCustomer(ctx context.Context, organization, customer int64) error {
	if _, err := t.exec(ctx, "delete from presence_rows where organization_id = ? and subject = ? and subject_id = ?",
		organization, chat.SubjectCustomer, customer); err != nil {
		return wrap(ctx, "delete customer's presence", err)
	}
	_, err := t.exec(ctx, "delete from customers where organization_id = ? and id = ?", organization, customer)
	return wrap(ctx, "delete customer", err)
}

// VisitorToken finds what a browser's token opens, by its hash.
func (r reader) VisitorToken(ctx context.Context, organization int64, tokenHash []byte) (*chat.VisitorToken, error) {
	v := new(chat.VisitorToken)
	return v, r.find(ctx, "visitor token", v, "organization_id = ? and token_hash = ?", organization, tokenHash)
}

// ContactPoint finds one by its id.
func (r reader) ContactPoint(ctx context.Context, organization, id int64) (*chat.ContactPoint, error) {
	p := new(chat.ContactPoint)
	return p, r.find(ctx, "contact point", p, "organization_id = ? and id = ?", organization, id)
}

// maxPoints is how many contact points of one customer are looked at, the newest.
const maxPoints = 50

// ContactPoints lists a customer's, the one that was given last first: at most 50.
func (r reader) ContactPoints(ctx context.Context, organization, customer int64) ([]chat.ContactPoint, error) {
	return list[chat.ContactPoint](ctx, r, "contact points", "created_at desc, id desc", maxPoints, "organization_id = ? and customer_id = ?", organization, customer)
}

// PointsAt lists who has an address, by the customers' ids: at most 200.
func (r reader) PointsAt(ctx context.Context, organization int64, channel, address string) ([]chat.ContactPoint, error) {
	return list[chat.ContactPoint](ctx, r, "contact points of an address", "customer_id", 200,
		"organization_id = ? and channel = ? and address = ?", organization, channel, address)
}

// indexCustomer rewrites the words by which a customer is found: name, phone and addresses.
func (t *tx) indexCustomer(ctx context.Context, organization, customer int64) error {
	var found struct {
		Name      string
		Phone     string
		Addresses string
	}
	err := t.tx.NewRaw(`select name, phone, coalesce((select string_agg(address, ' ') from (
			select address from contact_points where organization_id = ?0 and customer_id = ?1 order by id desc limit ?2) p), '') as addresses
		from customers where organization_id = ?0 and id = ?1`, organization, customer, maxPoints).Scan(ctx, &found)
	if err != nil {
		return wrap(ctx, "read customer's words", err)
	}
	words := append(wordsOf(found.Name+" "+found.Addresses), endingsOf(found.Phone)...)
	_, err = t.exec(ctx, "update customers set search = array_to_tsvector(?::text[]) where organization_id = ? and id = ?",
		lexemes(organization, customer, words), organization, customer)
	return wrap(ctx, "write customer's words", err)
}
