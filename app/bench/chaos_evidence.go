package bench

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/mail/resendtest"
)

// evidence is what is left after the fire, on both sides.
type evidence struct {
	organization  int64
	tales         []*tale
	conversations map[string]*keptConversation // by key
	accepted      []resendtest.Email
	jobs          map[string]int // by state
	patience      time.Duration  // who was never silent for so long was active all the time
}

// keptConversation is what the database holds of a conversation.
type keptConversation struct {
	Key, PlanCode       string
	LastSeq, Seen, Kept int64
	Spam, Stopped, Here bool
	Points              int
	messages            []keptMessage
	deliveries          []keptDelivery
}

type keptMessage struct {
	Conversation string
	Seq          int64
	Kind, By     string
	ClientID     string
	Text         string
}

type keptDelivery struct {
	Conversation string
	Key          string
	Kind         chat.DeliveryKind
	State        chat.DeliveryState
	Reason       string
	From, To     int64
	ProviderID   string
	CreatedAt    time.Time
}

// live tells whether what it covers is covered.
func (d *keptDelivery) live() bool {
	return d.State != chat.Cancelled && d.State != chat.Failed && d.State != chat.Bounced
}

func (d *keptDelivery) final() bool { return d.State != chat.Queued && d.State != chat.Sending }

// idempotencyKey is the one that its email must carry.
func (e *evidence) idempotencyKey(d *keptDelivery) string {
	return "rejoin-" + strconv.FormatInt(e.organization, 36) + "-" + d.Key
}

const (
	keptConversationsSQL = `select c.key, c.plan_code, c.last_seq, c.customer_seen_seq, c.withheld_seq, c.spam_at is not null, c.email_stopped_at is not null, u.active,
		(select count(*) from contact_points p where p.organization_id = u.organization_id and p.customer_id = u.id)
		from conversations c join customers u on u.organization_id = c.organization_id and u.id = c.customer_id`
	keptMessagesSQL = `select c.key, m.seq, m.kind, m.author_kind, m.client_id, m.text
		from messages m join conversations c on c.organization_id = m.organization_id and c.id = m.conversation_id order by c.id, m.seq`
	keptDeliveriesSQL = `select c.key, d.key, d.kind, d.state, d.reason, d.from_seq, d.to_seq, d.provider_id, d.created_at
		from deliveries d join conversations c on c.organization_id = d.organization_id and c.id = d.conversation_id order by c.id, d.id`
)

// evidence reads what the database holds, and what the provider has accepted.
func (f *fire) evidence(ctx context.Context) (*evidence, error) {
	conn, err := pgx.Connect(ctx, f.postgres.URL())
	if err != nil {
		return nil, fmt.Errorf("look at what is left: %w", err)
	}
	defer conn.Close(ctx)
	e := &evidence{
		organization: f.brand.id, tales: f.tales, conversations: make(map[string]*keptConversation), accepted: f.provider.Accepted(),
		jobs: make(map[string]int), patience: chaosClosed - 1500*time.Millisecond,
	}
	conversations, err := rowsOf[keptConversation](ctx, conn, keptConversationsSQL)
	if err != nil {
		return nil, err
	}
	for i := range conversations {
		e.conversations[conversations[i].Key] = &conversations[i]
	}
	messages, err := rowsOf[keptMessage](ctx, conn, keptMessagesSQL)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		c := e.conversations[m.Conversation]
		c.messages = append(c.messages, m)
	}
	deliveries, err := rowsOf[keptDelivery](ctx, conn, keptDeliveriesSQL)
	if err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		c := e.conversations[d.Conversation]
		c.deliveries = append(c.deliveries, d)
	}
	jobs, err := rowsOf[struct {
		State string
		Count int
	}](ctx, conn, "select state::text, count(*) from river_job group by state")
	for _, job := range jobs {
		e.jobs[job.State] = job.Count
	}
	return e, err
}

func rowsOf[T any](ctx context.Context, conn *pgx.Conn, query string) ([]T, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("look at what is left: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (T, error) { return pgx.RowToStructByPos[T](row) })
	if err != nil {
		return nil, fmt.Errorf("look at what is left: %w", err)
	}
	return all, nil
}
