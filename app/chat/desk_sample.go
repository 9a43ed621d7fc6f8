package chat

import (
	"context"
	"time"
)

// Sample is what a made-up invitation says, so that a brand sees its email before any customer does.
type Sample struct {
	Language string
	Customer string
	Text     string
}

// sampleKey is a delivery's key that no delivery has.
const sampleKey = "AAAAAAAAAAAAAAAAAAAAAA"

// SampleEmail renders an invitation to a made-up customer with settings that are not saved yet; a value that cannot be
// taken keeps the stored one. Nothing is sent, and the link in it leads nowhere.
func (d *Desk) SampleEmail(ctx context.Context, caller *AgentCaller, changed Values, sample Sample) (Content, error) {
	if err := caller.mustAdmin(); err != nil {
		return Content{}, err
	}
	if err := ctx.Err(); err != nil {
		return Content{}, err
	}
	o := *caller.Organization
	o.Settings = MergeValid(o.Settings, changed)
	content, _, err := d.compose(Composition{
		Organization: &o, Customer: &Customer{OrganizationID: o.ID, Name: sample.Customer, Language: sample.Language},
		Point: &ContactPoint{OrganizationID: o.ID, Channel: email, Address: "customer@example.org"},
		Kind:  KindInvitation, Key: sampleKey, AgentName: caller.Agent.Name, Text: sample.Text, Language: sample.Language,
		At: d.now().UTC().Truncate(time.Minute),
	})
	return content, err
}

// MergeValid returns the stored values with those of the changed ones that pass their check; both stay as they are.
func MergeValid(stored, changed Values) Values {
	merged := make(Values, len(stored)+len(changed))
	for key, raw := range stored {
		merged[key] = raw
	}
	for _, s := range Settings() {
		raw, given := changed[s.Key]
		if !given {
			continue
		}
		if value, refused := s.Check(raw); len(refused) == 0 {
			merged[s.Key] = value
		}
	}
	return merged
}
