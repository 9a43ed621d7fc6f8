package chat

import (
	"context"
	"time"

	"rejoin/app/followup"
)

// Store is the database as the domain needs it; every method but those marked reads within one organization.
// A row that is not there is a Missing error with the key "error.missing".
type Store interface {
	Reader
	MailStore
	// Tx runs one use case in one transaction: all of it or nothing. Serialization failures and deadlocks are retried
	// up to three times, so act may run again. Emitted events go out after the commit, jobs are part of it.
	Tx(ctx context.Context, act func(ctx context.Context, tx Tx) error) error
}

// Reader reads; inside a Tx it sees what the Tx has written.
type Reader interface {
	FetchReader
	Organization(ctx context.Context, organization int64) (*Organization, error)
	OrganizationByKey(ctx context.Context, key string) (*Organization, error) // over all organizations
	OrganizationCount(ctx context.Context) (int, error)                       // over all organizations, at most 2
	Site(ctx context.Context, organization int64, origin string) (*Site, error)
	AuditEntries(ctx context.Context, organization int64, after Cursor, limit int) ([]AuditEntry, error)

	Agent(ctx context.Context, organization, id int64) (*Agent, error)
	AgentByKey(ctx context.Context, organization int64, key string) (*Agent, error)
	AgentsByEmail(ctx context.Context, email string) ([]Agent, error) // over all organizations, at most 10
	Agents(ctx context.Context, organization int64) ([]Agent, error)  // by name, at most 500
	Session(ctx context.Context, organization int64, tokenHash []byte) (*Session, error)
	Sessions(ctx context.Context, organization, agent int64) ([]Session, error) // newest first, at most 100
	JoinLink(ctx context.Context, organization int64, tokenHash []byte) (*JoinLink, error)
	Draft(ctx context.Context, organization, conversation, agent int64) (*Draft, error)

	Customer(ctx context.Context, organization, id int64) (*Customer, error)
	VisitorToken(ctx context.Context, organization int64, tokenHash []byte) (*VisitorToken, error)
	TokenHolder(ctx context.Context, organization int64, tokenHash []byte) (*TokenHolder, error) // in one look
	ContactPoint(ctx context.Context, organization, id int64) (*ContactPoint, error)
	ContactPoints(ctx context.Context, organization, customer int64) ([]ContactPoint, error)           // newest first
	PointsAt(ctx context.Context, organization int64, channel, address string) ([]ContactPoint, error) // of all customers, by their ids, at most 200

	Conversation(ctx context.Context, organization, id int64) (*Conversation, error)
	ConversationByKey(ctx context.Context, organization int64, key string) (*Conversation, error)
	ConversationsOf(ctx context.Context, organization, customer int64, limit int) ([]Conversation, error) // newest message first
	ConversationRow(ctx context.Context, organization, id int64) (*ConversationRow, error)
	ConversationRows(ctx context.Context, organization int64, q ListQuery) ([]ConversationRow, error)
	Counts(ctx context.Context, organization, agent int64) (Counts, error)
	// Messages returns entries with after < seq < before in rising order: the newest limit of them when before is
	// given or both are 0, else the oldest. 0 means no bound; publicOnly leaves notes and happenings out.
	Messages(ctx context.Context, organization, conversation int64, after, before int64, limit int, publicOnly bool) ([]Message, error)
	MessageByClientID(ctx context.Context, organization, conversation int64, clientID string) (*Message, error)
	LatestSeqs(ctx context.Context, organization int64, conversations []int64) (map[int64]int64, error)

	Delivery(ctx context.Context, organization, id int64) (*Delivery, error)
	DeliveryByKey(ctx context.Context, organization int64, key string) (*Delivery, error)
	Deliveries(ctx context.Context, organization, conversation int64) ([]Delivery, error)  // newest first, at most 200
	LastDelivery(ctx context.Context, organization, conversation int64) (*Delivery, error) // newest that was not cancelled, did not fail and did not bounce
	// Decisions lists the ledger's lines about a message, in the order in which they were made: those that people read,
	// the newest limit of them.
	Decisions(ctx context.Context, organization, conversation, seq int64, limit int) ([]Decision, error)
	// PlanFacts reads what plans need of conversations, in their order; their cursors are those of the rows given, and caps
	// are how many emails an address may have in an hour by itself, by organization.
	PlanFacts(ctx context.Context, conversations []*Conversation, caps map[int64]int) ([]PlanFacts, error)
	// Unplanned counts the conversations with a plan, and those of them whose plan is older than version.
	Unplanned(ctx context.Context, organization, version int64) (stale, all int, err error)
	// History reads what the replay needs: conversations with plans since an instant, in the order of their ids after
	// one, at most limit of them, each with its recorded states and its agents' messages.
	History(ctx context.Context, organization int64, since time.Time, after int64, limit int) ([]Past, error)
	RejoinLink(ctx context.Context, organization int64, tokenHash []byte) (*RejoinLink, error)

	MailReader
	OutboundReader
	UploadReader
	SenderReader
}

// Tx is one use case's transaction.
type Tx interface {
	Reader
	FetchTx
	// The locks read a row FOR UPDATE.
	LockOrganization(ctx context.Context, organization int64) (*Organization, error)
	LockConversation(ctx context.Context, organization, id int64) (*Conversation, error)
	LockNewest(ctx context.Context, organization, customer int64) (*Conversation, error) // the customer's, by its newest message
	LockCustomer(ctx context.Context, organization, id int64) (*Customer, error)
	LockDelivery(ctx context.Context, organization, id int64) (*Delivery, error)
	// LockPlanned locks a customer's conversations that have a plan, by id, at most 100.
	LockPlanned(ctx context.Context, organization, customer int64) ([]Conversation, error)
	// LockDue locks conversations whose follow-up is due, the longest due first; those that others hold are skipped.
	// It works over all organizations.
	LockDue(ctx context.Context, now time.Time, limit int) ([]Conversation, error)
	// LockAutomationDue does the same for automations.
	LockAutomationDue(ctx context.Context, now time.Time, limit int) ([]Conversation, error)
	// LockStale locks conversations whose plan is older than the organization's version; those that others hold are skipped.
	LockStale(ctx context.Context, organization, version int64, limit int) ([]Conversation, error)
	// LockReplanning locks the first organization behind an id that has asked for new plans; nil when there is none that
	// others do not hold.
	LockReplanning(ctx context.Context, after int64) (*Organization, error)

	// Insert writes a new row (a pointer to one of this package's row structs) and fills its generated ID.
	// A duplicate key is a Conflict error with the key "error.exists".
	Insert(ctx context.Context, row any) error
	// InsertIfNew inserts and tells false, changing nothing, when a row with the same unique key stands there.
	InsertIfNew(ctx context.Context, row any) (bool, error)
	// Update writes the named columns of a row found by its primary key; no row is a Missing error.
	Update(ctx context.Context, row any, columns ...string) error
	// Delete removes a row by its primary key; no row is no error.
	Delete(ctx context.Context, row any) error

	// InsertAll inserts rows of one kind (a pointer to a slice of row structs) in one statement and fills their IDs.
	InsertAll(ctx context.Context, rows any) error
	// SavePlans writes the plan columns of locked conversations (followup_due_at, plan_code, plan_from, plan_to, plan_version,
	// covered_seq) and adds the decisions to the ledger, in one statement each.
	SavePlans(ctx context.Context, conversations []*Conversation, decisions []Decision) error
	// Post inserts the message and writes every cursor column of the conversation that Post moves, in one statement;
	// the conversation must be locked by this Tx. Columns: last_seq, agent_unread, customer_unread, waiting_for,
	// last_message_*, customer_spoke_at, human_answered_at, closed_at, reach, covered_seq, agent_seen_*, customer_seen_*, agent_seq,
	// waiting_since, automation_*, last_via, held_mails.
	Post(ctx context.Context, c *Conversation, m *Message) error
	// SaveSettings merges changed keys into the organization's settings.
	SaveSettings(ctx context.Context, organization int64, changed Values) error
	// SaveDraft writes or replaces; DeleteDrafts forgets an agent's draft.
	SaveDraft(ctx context.Context, d *Draft) error
	// DeleteSessions ends all sessions of an agent but the one whose hash is given (nil = all).
	DeleteSessions(ctx context.Context, organization, agent int64, except []byte) error
	// SpendJoinLinks marks every join link of an agent that was not used.
	SpendJoinLinks(ctx context.Context, organization, agent int64, at time.Time) error
	// RevokeLinks marks every unrevoked link of a conversation, removes the visitor tokens that links have admitted to it,
	// and tells how many links there were.
	RevokeLinks(ctx context.Context, organization, conversation int64, at time.Time) (int, error)
	// SetReach writes the reach of every conversation of a customer and returns their ids and keys, at most 100.
	SetReach(ctx context.Context, organization, customer int64, reach string) ([]Conversation, error)
	// Covered returns the newest seq that a delivery which did not fail, bounce or get cancelled covers.
	Covered(ctx context.Context, organization, conversation int64) (int64, error)
	// DeleteCustomer removes a customer with everything of theirs.
	DeleteCustomer(ctx context.Context, organization, customer int64) error

	// Emit collects a nudge that goes out after the commit.
	Emit(events ...Event)
	// Enqueue makes jobs part of this transaction.
	Enqueue(ctx context.Context, jobs ...Job) error

	OutboundTx
	PresenceTx
	MailTx
	WebhookTx
	UploadTx
	SenderTx
}

// Job is one piece of background work.
type Job struct {
	Kind           string
	OrganizationID int64
	ID             int64
	At             time.Time // by the application's clock; zero = now
}

// The kinds of job.
const (
	JobDeliver = "deliver" // carries a delivery out
	JobReceive = "receive" // settles a kept mail
)

// PresenceTx writes transitions of presence; rows are per instance, so that a dead instance's can be dropped.
type PresenceTx interface {
	// SavePresence writes one instance's view of a subject; a nil view removes it.
	SavePresence(ctx context.Context, p *PresenceRow, gone bool) error
	// Presences returns every live instance's view of a subject.
	Presences(ctx context.Context, organization int64, subject Subject, id int64) ([]PresenceRow, error)
}

// WebhookTx finds what providers tell; it works over all organizations, since providers know of none.
type WebhookTx interface {
	// LockWebhookEvent reads an event FOR UPDATE.
	LockWebhookEvent(ctx context.Context, provider, id string) (*WebhookEvent, error)
	// WebhookEventsDue lists events that are to be looked at again, the longest due first, without their bodies.
	WebhookEventsDue(ctx context.Context, now time.Time, limit int) ([]WebhookEvent, error)
	// DeliveriesByProvider finds those that a provider knows by a name, at most 10.
	DeliveriesByProvider(ctx context.Context, providerID string) ([]Delivery, error)
}

// Leases is how instances know of one another; it uses the database's clock, not the application's.
type Leases interface {
	// RenewLease extends this instance's lease and tells how many instances live and listen, itself included.
	RenewLease(ctx context.Context, instance string, life time.Duration) (instances int, err error)
	// StopListening marks an instance that needs no nudges any more; its lease runs on.
	StopListening(ctx context.Context, instance string) error
	// Orphans lists at most limit presence rows of instances without a live lease, with the lease's end in ChangedAt,
	// and forgets dead leases without rows. Who has settled a row removes it by Tx.SavePresence.
	Orphans(ctx context.Context, limit int) ([]PresenceRow, error)
}

// Sweeper deletes what no longer serves: expired sessions, used links, old failures, old events.
type Sweeper interface {
	Sweep(ctx context.Context, now time.Time) error
}

// Past is one conversation's recorded history, for the replay.
type Past struct {
	ConversationID int64
	Moments        []followup.Moment
	Written        []followup.Written
	Emails         []followup.Email // follow-ups that really went out
}
