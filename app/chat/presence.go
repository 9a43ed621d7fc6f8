package chat

import (
	"slices"
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

// merge tells one person's presence over all instances as one instance tells it over all pages: active anywhere is
// active, gone means gone everywhere, and the latest change is since when.
func merge(rows []PresenceRow) followup.Presence {
	nearness := []followup.Cause{followup.Closed, followup.Hidden, followup.Idle}
	var away followup.Presence
	for _, row := range rows {
		if row.Active {
			return followup.Presence{Active: true}
		}
		if row.ChangedAt.After(away.AwaySince) {
			away.AwaySince = row.ChangedAt
		}
		if slices.Index(nearness, row.Cause) > slices.Index(nearness, away.Cause) {
			away.Cause = row.Cause
		}
	}
	return away
}
