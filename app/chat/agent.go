package chat

import "time"

// Role is what an agent may do.
type Role string

// The roles.
const (
	RoleAgent Role = "agent"
	RoleAdmin Role = "admin"
)

// Agent answers customers; an admin also changes settings.
type Agent struct {
	OrganizationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	Key            string
	Name           string
	Email          string // lower case
	PasswordHash   string // argon2id; empty until a join link was followed
	Role           Role
	Language       string     // BCP 47, empty = the browser's
	AwayAt         *time.Time // chosen by the agent
	ConnectedAt    *time.Time // an inbox tab is open somewhere since
	DisconnectedAt *time.Time // the last inbox tab was gone at
	DeactivatedAt  *time.Time
	CreatedAt      time.Time
}

// Online tells whether customers may count on the agent now.
func (a *Agent) Online() bool {
	return a.AwayAt == nil && a.ConnectedAt != nil && a.DeactivatedAt == nil
}

// Admin tells whether the agent may change settings.
func (a *Agent) Admin() bool { return a.Role == RoleAdmin }

// Session is one signed-in browser of an agent; only the token's hash is kept.
type Session struct {
	OrganizationID int64  `bun:",pk"`
	TokenHash      []byte `bun:",pk"`
	AgentID        int64
	Browser        string
	IP             string
	CreatedAt      time.Time
	SeenAt         time.Time // refreshed at most every few minutes
	ExpiresAt      time.Time
}

// JoinLink is a one-time link: for a new agent to choose a password, or (organization 0) for the first admin of an empty install.
type JoinLink struct {
	OrganizationID int64  `bun:",pk"`
	TokenHash      []byte `bun:",pk"`
	AgentID        int64
	CreatedAt      time.Time
	ExpiresAt      time.Time
	UsedAt         *time.Time
}

// Draft is what an agent has typed in a conversation and not sent.
type Draft struct {
	OrganizationID int64 `bun:",pk"`
	ConversationID int64 `bun:",pk"`
	AgentID        int64 `bun:",pk"`
	Text           string
	Note           bool
	UpdatedAt      time.Time
}
