package chat

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// mailFor finds a mail that an agent may see: one of a conversation's, and for admins one that waits for them.
func (d *Desk) mailFor(ctx context.Context, read Reader, caller *AgentCaller, key string) (*Mail, error) {
	organizations, err := d.mailboxes(ctx, read, caller)
	if err != nil {
		return nil, err
	}
	for _, organization := range organizations {
		m, err := orNil(read.MailByKey(ctx, organization, key))
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		if organization == 0 || !m.shown() {
			return m, caller.mustAdmin()
		}
		return m, nil
	}
	return nil, missing()
}

// shown tells whether a mail stands in its conversation, where every agent sees it.
func (m *Mail) shown() bool {
	return slices.Contains([]MailState{MailPosted, MailHeld, MailRefused, MailMachine}, m.State) && m.ConversationID != nil
}

// OpenMail reads a mail with everything that it says.
func (d *Desk) OpenMail(ctx context.Context, caller *AgentCaller, mailKey string) (*Mail, *Incoming, error) {
	m, err := d.mailFor(ctx, d.store, caller, mailKey)
	if err != nil {
		return nil, nil, err
	}
	in, err := d.readKept(ctx, m)
	if err != nil {
		return m, nil, unopened(err)
	}
	return m, in, nil
}

// unopened says why a mail cannot be opened: Gone when its bytes are no longer there, Conflict when they cannot be read.
func unopened(err error) error {
	switch reasonOf(err) {
	case "lost":
		return Refuse(Gone, "mail.reason.lost")
	case "unreadable":
		return Refuse(Conflict, "mail.reason.unreadable")
	}
	return fmt.Errorf("open mail: %w", err)
}

// RawMail gives a mail's bytes as they came; the caller closes them.
func (d *Desk) RawMail(ctx context.Context, caller *AgentCaller, mailKey string) (io.ReadCloser, *Mail, error) {
	m, err := d.mailFor(ctx, d.store, caller, mailKey)
	if err != nil {
		return nil, nil, err
	}
	raw, err := d.openRaw(ctx, m)
	if err != nil {
		return nil, m, unopened(err)
	}
	return raw, m, nil
}
