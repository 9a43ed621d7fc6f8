package chat

import (
	"context"
	"fmt"
	"slices"
)

// UploadAsCustomer takes a file of a customer's that waits for their next message.
func (d *Desk) UploadAsCustomer(ctx context.Context, caller *CustomerCaller, f NewFile) (*Upload, error) {
	if err := caller.mustWrite(); err != nil {
		return nil, err
	}
	f.OrganizationID, f.CustomerID, f.AgentID, f.holder = caller.Organization.ID, &caller.Customer.ID, nil, nil
	return d.upload(ctx, f)
}

// UploadByToken takes a file from whoever holds a visitor token of the organization with the key, or will hold it after
// their first message: then it waits for that message, and known is false.
func (d *Desk) UploadByToken(ctx context.Context, organizationKey, token string, f NewFile) (u *Upload, known bool, err error) {
	owner, err := d.ownerByToken(ctx, organizationKey, token)
	if err != nil {
		return nil, false, err
	}
	f.OrganizationID, f.CustomerID, f.AgentID, f.holder = owner.OrganizationID, nil, nil, owner.Holder
	if owner.CustomerID != 0 {
		f.CustomerID = &owner.CustomerID
	}
	u, err = d.upload(ctx, f)
	return u, owner.CustomerID != 0, err
}

// UploadAsAgent takes a file of an agent's that waits for their next answer or note.
func (d *Desk) UploadAsAgent(ctx context.Context, caller *AgentCaller, f NewFile) (*Upload, error) {
	f.OrganizationID, f.CustomerID, f.AgentID, f.holder = caller.Organization.ID, nil, &caller.Agent.ID, nil
	return d.upload(ctx, f)
}

// DropAsCustomer forgets a file that its sender has thought better of.
func (d *Desk) DropAsCustomer(ctx context.Context, caller *CustomerCaller, key string) error {
	return d.drop(ctx, ownerOf(caller), key)
}

// DropByToken forgets a file of whoever holds a token or will hold it.
func (d *Desk) DropByToken(ctx context.Context, organizationKey, token, key string) error {
	owner, err := d.ownerByToken(ctx, organizationKey, token)
	if err != nil {
		return err
	}
	return d.drop(ctx, owner, key)
}

// DropAsAgent forgets an agent's own file that no message carries.
func (d *Desk) DropAsAgent(ctx context.Context, caller *AgentCaller, key string) error {
	return d.drop(ctx, UploadOwner{OrganizationID: caller.Organization.ID, AgentID: caller.Agent.ID}, key)
}

func (d *Desk) drop(ctx context.Context, owner UploadOwner, key string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error { return tx.DropUpload(ctx, owner, key) })
}

func ownerOf(caller *CustomerCaller) UploadOwner {
	return UploadOwner{OrganizationID: caller.Organization.ID, CustomerID: caller.Customer.ID}
}

func (d *Desk) ownerByToken(ctx context.Context, organizationKey, token string) (UploadOwner, error) {
	caller, err := d.CustomerByToken(ctx, token)
	if err == nil && caller.Organization.Key == organizationKey {
		return ownerOf(caller), nil
	}
	if err == nil || !isKind(err, Missing) {
		return UploadOwner{}, orMissing(err)
	}
	o, err := d.store.OrganizationByKey(ctx, organizationKey)
	if err != nil {
		return UploadOwner{}, err
	}
	if named, ok := SplitToken(token); !ok || named != o.ID {
		return UploadOwner{}, RefuseField("token", "chat.token.invalid")
	}
	return UploadOwner{OrganizationID: o.ID, Holder: HashToken(token)}, nil
}

func orMissing(err error) error {
	if err == nil {
		return missing()
	}
	return err
}

// upload keeps the bytes and then the row, which makes them count.
func (d *Desk) upload(ctx context.Context, f NewFile) (*Upload, error) {
	if err := refuseSize(cleanFileName(f.Name), f.Size); err != nil {
		return nil, err
	}
	if err := d.mayUpload(ctx, d.store, f); err != nil { // before a byte is read
		return nil, err
	}
	u, err := d.keepFile(ctx, f)
	if err != nil {
		return nil, err
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		if f.CustomerID != nil { // so that two at once count together
			if _, err := tx.LockCustomer(ctx, f.OrganizationID, *f.CustomerID); err != nil {
				return err
			}
		}
		if err := d.mayUpload(ctx, tx, f); err != nil {
			return err
		}
		return d.insertUploads(ctx, tx, []Upload{*u})
	})
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	return u, nil
}

// mayUpload bounds what customers send in a day, and what strangers let wait.
func (d *Desk) mayUpload(ctx context.Context, read Reader, f NewFile) error {
	if f.AgentID != nil {
		return nil
	}
	owner := UploadOwner{OrganizationID: f.OrganizationID, Holder: f.holder}
	if f.CustomerID != nil {
		owner.CustomerID = *f.CustomerID
	}
	sent, err := read.UploadedSince(ctx, owner, d.now().Add(-UploadLife))
	if err != nil {
		return fmt.Errorf("add up files: %w", err)
	}
	if sent+f.Size > MaxFilesDay {
		return overDay()
	}
	if f.CustomerID != nil {
		return nil
	}
	waiting, err := read.WaitingOfStrangers(ctx, f.OrganizationID)
	if err != nil {
		return fmt.Errorf("add up waiting files: %w", err)
	}
	if waiting+f.Size > MaxFilesOfStrangers {
		return Refuse(Busy, "chat.file.busy")
	}
	return nil
}

func overDay() *Error {
	refused := Refuse(Busy, "chat.file.day", "Max", MaxFilesDay>>20)
	refused.Field = "files"
	return refused
}

// cleanFiles takes the keys of a message's files, each once.
func cleanFiles(keys []string) ([]string, error) {
	var clean []string
	for _, key := range keys {
		if key != "" && !slices.Contains(clean, key) {
			clean = append(clean, key)
		}
		if len(clean) > MaxFiles {
			return nil, RefuseField("files", "chat.file.many", "Max", MaxFiles)
		}
	}
	return clean, nil
}

// cleanPost takes what a person has written and attached: words, files, or both.
func cleanPost(text string, files []string) (string, []string, error) {
	files, err := cleanFiles(files)
	if err != nil {
		return "", nil, err
	}
	clean, err := cleanText("text", text, MaxText)
	if err != nil && len(files) > 0 && tidy(text) == "" {
		return "", files, nil
	}
	return clean, files, err
}

// bind makes loose files those of the message that is about to be posted, in the order of their keys. A message that
// was sent before is a Conflict, as its posting would be.
func (d *Desk) bind(ctx context.Context, tx Tx, owner UploadOwner, keys []string, m *Message) error {
	if len(keys) == 0 {
		return nil
	}
	bound, err := tx.BindUploads(ctx, owner, keys, d.now().Add(-UploadLife), m.ConversationID, m.Seq)
	if err != nil {
		return fmt.Errorf("bind files: %w", err)
	}
	if len(bound) < len(keys) {
		return refuseUnbound(ctx, tx, m)
	}
	m.Files = make([]Attachment, len(keys))
	for i, key := range keys {
		at := slices.IndexFunc(bound, func(u Upload) bool { return u.Key == key })
		m.Files[i] = attachmentOf(&bound[at])
	}
	return nil
}

func refuseUnbound(ctx context.Context, tx Tx, m *Message) error {
	if m.ClientID != "" {
		before, err := orNil(tx.MessageByClientID(ctx, m.OrganizationID, m.ConversationID, m.ClientID))
		if err != nil {
			return err
		}
		if before != nil {
			return Refuse(Conflict, "error.conflict")
		}
	}
	return RefuseField("files", "chat.file.gone")
}
