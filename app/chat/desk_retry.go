package chat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"rejoin/app/followup"
)

// RetryDelivery sends a failed or cancelled invitation or follow-up once more, to the address that the customer has now; asking
// twice for the same one is asking once.
func (d *Desk) RetryDelivery(ctx context.Context, caller *AgentCaller, deliveryKey string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		failed, err := tx.DeliveryByKey(ctx, caller.Organization.ID, deliveryKey)
		if err != nil {
			return err
		}
		if failed.State != Failed && failed.State != Cancelled && failed.State != Bounced || failed.Kind == KindRenewal {
			return Refuse(Conflict, "chat.delivery.not_failed")
		}
		if failed.Kind == KindFollowup {
			return d.followAgain(ctx, tx, caller, failed)
		}
		return d.redeliver(ctx, tx, caller, failed, retryKey(failed.Key))
	})
}

func retryKey(key string) string {
	sum := sha256.Sum256([]byte("retry " + key))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (d *Desk) redeliver(ctx context.Context, tx Tx, caller *AgentCaller, failed *Delivery, key string) error {
	found, err := tx.Conversation(ctx, failed.OrganizationID, failed.ConversationID)
	if err != nil {
		return err
	}
	o, customer, c, err := d.lockForInvitation(ctx, tx, failed.OrganizationID, found.Key)
	if err != nil {
		return err
	}
	if again, err := orNil(tx.DeliveryByKey(ctx, failed.OrganizationID, key)); err != nil || again != nil {
		return err
	}
	verdict, err := d.invitability(ctx, tx, o, c, customer)
	if err != nil {
		return err
	}
	if !verdict.Possible {
		return Refuse(Conflict, "invite.reason."+verdict.Reason)
	}
	messages, err := tx.Messages(ctx, c.OrganizationID, c.ID, failed.MessageSeq-1, failed.MessageSeq+1, 1, true)
	if err != nil {
		return err
	}
	if len(messages) == 0 {
		return missing()
	}
	draft := InvitationDraft{Key: key, Text: messages[0].Text, Language: failed.Language, At: d.now().UTC().Truncate(time.Second)}
	content, composed, err := d.composeInvitation(ctx, tx, caller, invited{o, c, customer, verdict.Point}, draft)
	if err != nil {
		return err
	}
	delivery := &Delivery{
		OrganizationID: c.OrganizationID, Key: key, ConversationID: c.ID, ContactPointID: verdict.Point.ID, Channel: verdict.Point.Channel,
		Address: verdict.Point.Address, Kind: KindInvitation, FromSeq: failed.FromSeq, ToSeq: failed.ToSeq, MessageSeq: failed.MessageSeq,
		AgentID: caller.Agent.ID, Language: composed.Language,
	}
	if err := d.dispatch(ctx, tx, c, delivery, content, composed.Token); err != nil {
		return err
	}
	return d.noteInvited(ctx, tx, caller, c, delivery)
}

// followAgain lets the plan try again what has failed, at once.
func (d *Desk) followAgain(ctx context.Context, tx Tx, caller *AgentCaller, failed *Delivery) error {
	c, err := tx.LockConversation(ctx, failed.OrganizationID, failed.ConversationID)
	if err != nil || c.FailedSeq < failed.ToSeq {
		return err // tried again already
	}
	if c.AgentSeq <= c.floor() { // read meanwhile, or a later email has gone out
		state := followup.State{Agent: c.AgentSeq, Seen: c.CustomerSeenSeq, Covered: c.CoveredSeq}
		return Refuse(Conflict, "plan.code."+string(state.Settled()))
	}
	c.FailedSeq = 0
	return d.hurry(ctx, tx, caller, c)
}
