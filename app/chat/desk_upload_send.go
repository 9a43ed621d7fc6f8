package chat

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
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
// their first message: then it waits for that message.
func (d *Desk) UploadByToken(ctx context.Context, organizationKey, token string, f NewFile) (*Upload, error) {
	owner, err := d.ownerByToken(ctx, organizationKey, token)
	if err != nil {
		return nil, err
	}
	f.OrganizationID, f.CustomerID, f.AgentID, f.holder = owner.OrganizationID, nil, nil, owner.Holder
	if owner.CustomerID != 0 {
		f.CustomerID = &owner.CustomerID
	}
	return d.upload(ctx, f)
}

// UploadAsAgent takes a file of an agent's that waits for their next answer or note.
func (d *Desk) UploadAsAgent(ctx context.Context, caller *AgentCaller, f NewFile) (*Upload, error) {
	f.OrganizationID, f.CustomerID, f.AgentID, f.holder = caller.Organization.ID, nil, &caller.Agent.ID, nil
	return d.upload(ctx, f)
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

// Loose is a file of a customer's own, which waits for a message or went with one since; Invalid for the field "files" when
// it is none.
func (d *Desk) Loose(ctx context.Context, caller *CustomerCaller, key string) (*Attachment, error) {
	u, err := orNil(d.store.Upload(ctx, caller.Organization.ID, key))
	if err != nil {
		return nil, err
	}
	if u == nil || u.CustomerID == nil || *u.CustomerID != caller.Customer.ID {
		return nil, RefuseField("files", "chat.file.gone")
	}
	carried := attachmentOf(u)
	return &carried, nil
}

// LooseOfAgent is a file of an agent's own, which waits for a message or went with one since; Invalid for the field "files"
// when it is none.
func (d *Desk) LooseOfAgent(ctx context.Context, caller *AgentCaller, key string) (*Attachment, error) {
	u, err := orNil(d.store.Upload(ctx, caller.Organization.ID, key))
	if err != nil {
		return nil, err
	}
	if u == nil || u.AgentID == nil || *u.AgentID != caller.Agent.ID {
		return nil, RefuseField("files", "chat.file.gone")
	}
	carried := attachmentOf(u)
	return &carried, nil
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
		return UploadOwner{}, missing()
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
	if f.ClientID != "" {
		f.key = d.uploadKey(f)
		if before, err := orNil(d.store.Upload(ctx, f.OrganizationID, f.key)); before != nil || err != nil {
			return before, err
		}
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
	if isKind(err, Conflict) && f.ClientID != "" { // two tries at once
		return d.store.Upload(ctx, f.OrganizationID, f.key)
	}
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	return u, nil
}

// uploadKey is the key of what a sender calls by an id, and nobody else can guess.
func (d *Desk) uploadKey(f NewFile) string {
	seed := cut(f.ClientID, maxClientID) + " " + hex.EncodeToString(f.holder)
	switch {
	case f.AgentID != nil:
		seed += " agent " + strconv.FormatInt(*f.AgentID, 10)
	case f.CustomerID != nil:
		seed += " customer " + strconv.FormatInt(*f.CustomerID, 10)
	}
	_, made, _ := strings.Cut(d.derive(f.OrganizationID, "upload", seed), "-")
	return made[:22] // 132 bits, as long as every key
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
