package chat

import (
	"context"
	"fmt"
	"time"

	"rejoin/app/followup"
)

const (
	replaySpan   = 30 * 24 * time.Hour
	replayPage   = 500
	replayMost   = 20_000 // conversations
	replayWithin = 10 * time.Second
)

// Replayed tells what other settings would have made of the recorded history.
type Replayed struct {
	followup.Comparison
	Conversations int
	Since         time.Time
	Cut           bool // there was more than could be looked at
}

// Replay runs the plan over what has happened in the last 30 days, with the settings of now and with those that an admin
// is about to save. The times of presence are not part of it: who was present when is history.
func (d *Desk) Replay(ctx context.Context, caller *AgentCaller, changed Values) (Replayed, error) {
	if err := caller.mustAdmin(); err != nil {
		return Replayed{}, err
	}
	clean := make(Values, len(changed))
	var refused Errors
	for _, s := range Settings() {
		if raw, ok := changed[s.Key]; ok {
			value, errs := s.Check(raw)
			refused, clean[s.Key] = append(refused, errs...), value
		}
	}
	if len(refused) > 0 {
		return Replayed{}, refused
	}
	ctx, cancel := context.WithTimeout(ctx, replayWithin)
	defer cancel()
	o, err := d.store.Organization(ctx, caller.Organization.ID)
	if err != nil {
		return Replayed{}, err
	}
	return d.replay(ctx, o.ID, o.Settings.Rules(), merged(o.Settings, clean).Rules())
}

func (d *Desk) replay(ctx context.Context, organization int64, today, with followup.Rules) (Replayed, error) {
	now := d.now()
	result := Replayed{Since: now.Add(-replaySpan)}
	for after := int64(0); ; {
		page, err := d.store.History(ctx, organization, result.Since, after, replayPage)
		if err != nil {
			return Replayed{}, fmt.Errorf("read history: %w", err)
		}
		for i := range page {
			past := &page[i]
			result.Add(
				followup.Replay(&today, past.Moments, past.Written, now),
				followup.Replay(&with, past.Moments, past.Written, now))
			after = past.ConversationID
		}
		result.Conversations += len(page)
		if len(page) < replayPage {
			return result, nil
		}
		if result.Conversations >= replayMost {
			result.Cut = true
			return result, nil
		}
	}
}
