package chat

import (
	"time"

	"rejoin/app/followup"
)

// Subject is whose presence a row tells.
type Subject string

// The two subjects.
const (
	SubjectCustomer Subject = "customer"
	SubjectAgent    Subject = "agent"
)

// PresenceRow is one instance's view of one person; written on transitions only.
type PresenceRow struct {
	OrganizationID int64   `bun:",pk"`
	Subject        Subject `bun:",pk"`
	SubjectID      int64   `bun:",pk"`
	Instance       string  `bun:",pk"`
	Active         bool
	Cause          followup.Cause // when not active
	ChangedAt      time.Time      // since when
}

// merge tells one person's presence over all instances: active anywhere is active, else the latest to leave counts.
func merge(rows []PresenceRow) followup.Presence {
	var away followup.Presence
	for _, row := range rows {
		if row.Active {
			return followup.Presence{Active: true}
		}
		if away.AwaySince.IsZero() || row.ChangedAt.After(away.AwaySince) {
			away = followup.Presence{AwaySince: row.ChangedAt, Cause: row.Cause}
		}
	}
	return away
}
