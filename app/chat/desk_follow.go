package chat

import (
	"context"
	"errors"
	"fmt"

	"rejoin/app/followup"
)

const (
	contextLines = 3   // earlier messages before what is unread
	shortThread  = 10  // a conversation of no more messages is sent whole
	maxLines     = 100 // of a follow-up
)

// errNothingToSay is a follow-up whose messages have all been seen or deleted meanwhile.
var errNothingToSay = errors.New("nothing to say")

// freeze writes a follow-up's content and its rejoin link, once: later attempts carry the same bytes.
func (d *Desk) freeze(ctx context.Context, tx Tx, delivery *Delivery) error {
	c, err := tx.Conversation(ctx, delivery.OrganizationID, delivery.ConversationID)
	if err != nil {
		return err
	}
	o, err := tx.Organization(ctx, c.OrganizationID)
	if err != nil {
		return err
	}
	customer, err := tx.Customer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	point, err := tx.ContactPoint(ctx, c.OrganizationID, delivery.ContactPointID)
	if err != nil {
		return err
	}
	composition, err := d.composition(ctx, tx, o, c, customer, point, delivery)
	if err != nil {
		return err
	}
	content, composed, err := d.compose(composition)
	if err != nil {
		return err
	}
	delivery.Frozen, delivery.Digest, delivery.Language = content.Frozen, content.Digest, composed.Language
	first := c.CustomerSeenSeq + 1
	for _, line := range composition.Lines {
		if !line.Earlier {
			first = line.Seq
			break
		}
	}
	return d.insertLink(ctx, tx, c, delivery, first, composed.Token)
}

func (d *Desk) insertLink(ctx context.Context, tx Tx, c *Conversation, delivery *Delivery, first int64, token string) error {
	link := &RejoinLink{
		OrganizationID: c.OrganizationID, TokenHash: HashToken(token), ConversationID: c.ID, CustomerID: c.CustomerID,
		ContactPointID: delivery.ContactPointID, DeliveryID: delivery.ID, FirstSeq: first,
		CreatedAt: d.now(), ExpiresAt: d.now().Add(RejoinLinkLife),
	}
	if err := tx.Insert(ctx, link); err != nil {
		return fmt.Errorf("insert rejoin link: %w", err)
	}
	return nil
}

// endUnwritten ends a follow-up that cannot be written; an error of the database is none of its own.
func (d *Desk) endUnwritten(ctx context.Context, tx Tx, delivery *Delivery, err error) error {
	if errors.Is(err, errNothingToSay) {
		return d.end(ctx, tx, delivery, Cancelled, "seen", "")
	}
	refused := asError(err)
	if refused == nil || refused.Kind == Busy {
		return err
	}
	return d.end(ctx, tx, delivery, Failed, "unwritten", refused.Key)
}

// composition gathers what a follow-up carries.
func (d *Desk) composition(ctx context.Context, read Reader, o *Organization, c *Conversation, customer *Customer, point *ContactPoint, delivery *Delivery) (Composition, error) {
	messages, err := read.Messages(ctx, c.OrganizationID, c.ID, 0, delivery.ToSeq+1, maxLines+1, true)
	if err != nil {
		return Composition{}, fmt.Errorf("read messages: %w", err)
	}
	var more bool
	if len(messages) > maxLines {
		more, messages = true, messages[1:]
	}
	lines := linesOf(c, messages, delivery.FromSeq, point.VerifiedAt != nil)
	unread := 0
	for _, line := range lines {
		if !line.Earlier {
			unread++
		}
	}
	if unread == 0 {
		return Composition{}, errNothingToSay
	}
	whole := o.Settings.Text(ContinuousContent) == string(followup.ContentTranscript) || !more && len(messages) <= shortThread
	if keep := unread + contextLines; !whole && len(lines) > keep {
		lines, more = lines[len(lines)-keep:], true
	}
	return Composition{
		Organization: o, Customer: customer, Point: point, Kind: KindFollowup, Key: delivery.Key, AgentName: authorOf(lines),
		Lines: lines, Omitted: more, Language: customer.Language, At: d.now().UTC(),
	}, nil
}

// linesOf leaves out what must not go out: what an agent withheld, and what the customer typed before a person has
// answered, for until they have proved that the address is theirs a stranger could make the brand mail their words to
// anyone.
func linesOf(c *Conversation, messages []Message, from int64, verified bool) []Line {
	var lines []Line
	for _, m := range messages {
		unanswered := c.HumanAnsweredAt == nil || m.CreatedAt.Before(*c.HumanAnsweredAt)
		withheld := m.By == ByAgent && m.Seq > c.CustomerSeenSeq && m.Seq <= c.WithheldSeq
		if m.By == ByCustomer && unanswered && !verified || withheld {
			continue
		}
		lines = append(lines, Line{
			Seq: m.Seq, By: m.By, Name: m.AuthorName, Text: m.Text, At: m.CreatedAt, Earlier: m.Seq < from || m.Seq <= c.CustomerSeenSeq,
		})
	}
	return lines
}

// authorOf is the agent whose name stands on a follow-up: the one of the unread messages, none when there are several.
func authorOf(lines []Line) string {
	name := ""
	for _, line := range lines {
		switch {
		case line.Earlier || line.By != ByAgent || line.Name == name:
		case name == "":
			name = line.Name
		default:
			return ""
		}
	}
	return name
}
