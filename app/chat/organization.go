package chat

import "time"

// The ways of asking for an address.
const (
	PromptOff      = "off"
	PromptOptional = "optional"
	PromptRequired = "required"
)

// Organization is one brand: the wall that nothing is read across.
type Organization struct {
	ID       int64  `bun:",pk,autoincrement"`
	Key      string // public key that the snippet carries
	Name     string
	Language string // BCP 47, the last resort when nothing else tells the customer's language
	Settings Values `bun:"type:jsonb,nullzero,default:'{}'"`
	// AgentsOfflineAt is when the last agent went offline, null while one is online.
	AgentsOfflineAt *time.Time
	// PlanVersion grows with everything that changes the plans of all conversations at once; a conversation whose own
	// is older has yet to be planned again, and ReplanSince tells since when some may be.
	PlanVersion int64
	ReplanSince *time.Time
	CreatedAt   time.Time
}

// Site is one origin of the brand that carried the widget; a rejoin link leads only where the widget was seen lately.
type Site struct {
	OrganizationID int64  `bun:",pk"`
	Origin         string `bun:",pk"` // scheme://host[:port]
	SeenAt         time.Time
}

// AuditEntry is one change of a setting or of the team: who, when, from, to.
type AuditEntry struct {
	OrganizationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	AgentID        int64
	AgentName      string
	Action         string // locale key suffix: "setting.changed", "agent.invited", …
	Subject        string // setting key or agent name
	Before         string
	After          string
	At             time.Time
}

// PromptMode tells how customers are asked for an address now: it depends on whether an agent is online, and without
// continuous conversation nobody is asked.
func (o *Organization) PromptMode() string {
	switch {
	case !o.Settings.On(ContinuousOn):
		return PromptOff
	case o.AgentsOfflineAt == nil:
		return o.Settings.Text(PromptOnline)
	}
	return o.Settings.Text(PromptOffline)
}
