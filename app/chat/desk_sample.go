package chat

import (
	"context"
	"time"
)

// Sample is a made-up email, so that a brand sees its own before any customer does: a follow-up (KindFollowup) or an
// invitation (KindInvitation, or empty). Its texts are the caller's, in the email's language.
type Sample struct {
	Kind     DeliveryKind
	Language string // one that is shipped
	Customer string // name; empty shows how the email reads to somebody unknown
	Text     string // of an invitation; of a follow-up the one answer, when Answers has none
	// Question is what the customer asked, shown as earlier; Answers are what the admin has written since. Both are of a
	// follow-up only, and may be empty.
	Question string
	Answers  []string
}

// sampleKey is a delivery's key that no delivery has.
const sampleKey = "AAAAAAAAAAAAAAAAAAAAAA"

// SampleEmail renders an email to a made-up customer with settings that are not saved yet; a value that cannot be
// taken keeps the stored one. Nothing is sent, and the link in it leads nowhere.
func (d *Desk) SampleEmail(ctx context.Context, caller *AgentCaller, changed Values, sample Sample) (Content, error) {
	if err := caller.mustAdmin(); err != nil {
		return Content{}, err
	}
	sender, err := orNil(d.store.Sender(ctx, caller.Organization.ID))
	if err != nil {
		return Content{}, err
	}
	o := *caller.Organization
	o.Settings = MergeValid(o.Settings, changed)
	c := Composition{
		Organization: &o, Customer: &Customer{OrganizationID: o.ID, Name: sample.Customer, Language: sample.Language},
		Point: &ContactPoint{OrganizationID: o.ID, Channel: email, Address: "customer@example.org"},
		Kind:  KindInvitation, Key: sampleKey, AgentName: caller.Agent.Name, Text: sample.Text, Language: sample.Language,
		At: d.now().UTC().Truncate(time.Minute),
	}
	if d.inbound != "" {
		c.ReplyToken = d.replyToken(&Conversation{OrganizationID: o.ID, Key: sampleKey})
	}
	if d.sendsBy(sender) {
		c.From = sender.Address
	}
	if sample.Kind == KindFollowup {
		c.Kind, c.Text, c.Lines = KindFollowup, "", sample.lines(caller.Agent.Name, c.At)
	}
	content, _, err := d.compose(c)
	return content, err
}

// lines is the made-up conversation: a question three quarters of an hour ago, and answers since, minutes apart.
func (s Sample) lines(agent string, now time.Time) []Line {
	var lines []Line
	if s.Question != "" {
		lines = append(lines, Line{Seq: 1, By: ByCustomer, Name: s.Customer, Text: s.Question, At: now.Add(-45 * time.Minute), Earlier: true})
	}
	answers := s.Answers
	if len(answers) == 0 {
		answers = []string{s.Text}
	}
	for i, answer := range answers {
		lines = append(lines, Line{
			Seq: int64(i + 2), By: ByAgent, Name: agent, Text: answer, At: now.Add(time.Duration(2*i-20) * time.Minute),
		})
	}
	return lines
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
