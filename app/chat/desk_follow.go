package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rejoin/app/followup"
)

const (
	contextLines = 3   // earlier messages before what is unread
	shortThread  = 10  // a conversation of no more messages is sent whole
	maxLines     = 100 // of a follow-up
)

// Why a follow-up cannot be written when its time has come.
var (
	errAllSeen     = errors.New("all of it has been seen")
	errAllWithheld = errors.New("an agent does not want any of it sent")
	errUnwritten   = errors.New("its content makes no email")
)

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
	composition, err = d.thread(ctx, tx, c, composition)
	if err != nil {
		return err
	}
	content, composed, err := d.compose(composition)
	if err != nil {
		return errors.Join(errUnwritten, err) // it would be the same at every attempt
	}
	delivery.Frozen, delivery.Digest, delivery.MessageID, delivery.Language = content.Frozen, content.Digest, content.MessageID, composed.Language
	if err := d.keepThread(ctx, tx, c, content); err != nil {
		return err
	}
	return d.insertLink(ctx, tx, c, delivery, max(delivery.FromSeq, c.CustomerSeenSeq+1), composed.Token)
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
	switch {
	case errors.Is(err, errAllSeen):
		return d.end(ctx, tx, delivery, Cancelled, "seen", "")
	case errors.Is(err, errAllWithheld):
		return d.end(ctx, tx, delivery, Cancelled, "withheld", "")
	}
	detail := ""
	if refused := asError(err); refused != nil {
		detail = refused.Key
	}
	if errors.Is(err, errUnwritten) || detail != "" && !isKind(err, Busy) {
		return d.end(ctx, tx, delivery, Failed, "unwritten", detail)
	}
	return err
}

// composition gathers what a follow-up carries: what is unread with some context, or more where the conversation is
// short or the organization sends transcripts.
func (d *Desk) composition(ctx context.Context, read Reader, o *Organization, c *Conversation, customer *Customer, point *ContactPoint, delivery *Delivery) (Composition, error) {
	messages, err := read.Messages(ctx, c.OrganizationID, c.ID, 0, delivery.ToSeq+1, maxLines+1, true)
	if err != nil {
		return Composition{}, fmt.Errorf("read messages: %w", err)
	}
	lines := linesOf(c, messages, delivery.FromSeq, point)
	first := slices.IndexFunc(lines, func(line Line) bool { return !line.Earlier && line.By != ByCustomer })
	if first < 0 && c.CustomerSeenSeq < delivery.ToSeq {
		return Composition{}, errAllWithheld
	}
	if first < 0 {
		return Composition{}, errAllSeen
	}
	short := len(messages) <= shortThread
	keep := maxLines
	if !short && o.Settings.Text(ContinuousContent) != string(followup.ContentTranscript) {
		keep = min(len(lines)-first+contextLines, maxLines)
	}
	kept := lines[max(len(lines)-keep, 0):]
	return Composition{
		Organization: o, Customer: customer, Point: point, Kind: KindFollowup, Key: delivery.Key, AgentName: authorOf(kept),
		Lines: kept, Omitted: len(kept) < len(messages), Language: customer.Language, At: d.now().UTC(),
	}, nil
}

// linesOf leaves out what must not go out: what an agent withheld, and what the customer typed before a person has
// answered, for until they have proved that the address is theirs a stranger could make the brand mail their words to
// anyone. To an address that was given only after the answer none of their words go before that.
func linesOf(c *Conversation, messages []Message, from int64, point *ContactPoint) []Line {
	var lines []Line
	verified := point.VerifiedAt != nil
	late := c.HumanAnsweredAt == nil || point.CreatedAt.After(*c.HumanAnsweredAt)
	for _, m := range messages {
		unanswered := late || !m.CreatedAt.After(*c.HumanAnsweredAt)
		withheld := m.By != ByCustomer && m.Seq > c.CustomerSeenSeq && m.Seq <= c.WithheldSeq
		if m.By == ByCustomer && unanswered && !verified || withheld {
			continue
		}
		lines = append(lines, Line{
			Seq: m.Seq, By: m.By, Name: m.AuthorName, Other: m.Meta[MetaFrom] != "", Text: m.Text, At: m.CreatedAt, Earlier: m.Seq < from || m.Seq <= c.CustomerSeenSeq,
			Attachments: m.Files,
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
