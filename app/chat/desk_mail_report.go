package chat

import (
	"cmp"
	"context"
	"strings"
)

// settleReport lets a delivery hear what a mail tells of it: that it came back, is late, was called unwanted, or was read.
func (d *Desk) settleReport(ctx context.Context, tx Tx, m *Mail, in *Incoming, found match) error {
	about, err := d.reportedDelivery(ctx, tx, m, in, found)
	if err != nil {
		return err
	}
	if about == nil {
		return d.unmatched(ctx, tx, m, found, "report")
	}
	c, err := tx.Conversation(ctx, about.OrganizationID, about.ConversationID)
	if err != nil {
		return err
	}
	customer, err := tx.LockCustomer(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return err
	}
	delivery, err := lockDelivery(ctx, tx, about.OrganizationID, about.ID)
	if err != nil {
		return err
	}
	m.ConversationID, m.DeliveryID = &c.ID, &delivery.ID
	same, err := orNil(tx.SameMail(ctx, m, c.ID))
	if err != nil {
		return err
	}
	if same != nil {
		return d.leave(ctx, tx, m, MailDuplicate, "duplicate")
	}
	if err := d.reported(ctx, tx, customer, delivery, toldBy(in, delivery)); err != nil {
		return err
	}
	return d.leave(ctx, tx, m, MailMachine, string(in.Kind))
}

// reportedDelivery finds the email that a machine's mail speaks of: by its Message-ID, else, at the conversation's own
// address, the newest one to the address that is named; nil when there is none.
func (d *Desk) reportedDelivery(ctx context.Context, read Reader, m *Mail, in *Incoming, found match) (*Delivery, error) {
	if found.answers != nil || !found.proven {
		return found.answers, nil
	}
	named := make([]string, 0, len(in.Failed)+len(in.OriginalTo))
	for _, one := range in.Failed {
		named = append(named, one.Address)
	}
	named = append(named, in.OriginalTo...)
	if in.Kind == MailReceipt {
		named = append(named, in.FromAddress)
	}
	for _, address := range named[:min(len(named), maxAnswers)] {
		if address == "" {
			continue
		}
		sent, err := orNil(read.SentTo(ctx, found.organization, found.conversation.ID, headerText(address, 320), m.ReceivedAt))
		if err != nil || sent != nil {
			return sent, err
		}
	}
	if len(strings.Join(named, "")) > 0 {
		return nil, nil // it is about somebody else
	}
	return orNil(read.SentTo(ctx, found.organization, found.conversation.ID, "", m.ReceivedAt))
}

// toldBy says what a machine's mail tells of a delivery, with the words about its own recipient where it names several.
func toldBy(in *Incoming, delivery *Delivery) Told {
	switch in.Kind {
	case MailComplaint:
		return Told{Report: ReportComplained}
	case MailReceipt:
		return Told{Report: ReportDelivered}
	}
	failed := FailedRecipient{Status: in.Status, Hard: in.Hard, Delayed: in.Delayed}
	if len(in.Failed) == 1 {
		failed.Words = in.Failed[0].Words
	}
	for _, one := range in.Failed {
		if strings.EqualFold(one.Address, delivery.Address) {
			failed = one
			break
		}
	}
	told := Told{Report: ReportReturned, Status: cmp.Or(failed.Status, in.Status), Words: headerText(failed.Words, maxWords)}
	switch {
	case failed.Delayed:
		told.Report = ReportDelayed
	case failed.Hard:
		told.Report = ReportBounced
	}
	return told
}
