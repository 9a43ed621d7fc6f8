package chat

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Links of files work for one to two quarters of an hour; they end on the quarter, so that every drawing of a page in
// between names the same.
const (
	linkStep = 15 * time.Minute
	linkLife = 2 * linkStep
)

// FileURL is the path of a file that works for a while; a host goes in front of it.
func (d *Desk) FileURL(organization int64, key string) string {
	return d.SignFile(organization, key, d.now().Truncate(linkStep).Add(linkLife))
}

// SignFile is the path of a file that works until an instant.
func (d *Desk) SignFile(organization int64, key string, until time.Time) string {
	end := strconv.FormatInt(until.Unix(), 10)
	query := url.Values{"until": {end}, "sig": {d.fileSignature(organization, key, end)}}
	return "/files/" + strconv.FormatInt(organization, 36) + "-" + key + "?" + query.Encode()
}

func (d *Desk) fileSignature(organization int64, key, until string) string {
	_, signature, _ := strings.Cut(d.derive(organization, "file", key+" "+until), "-")
	return signature
}

// LinkForCustomer is a fresh link to a file of a message that the customer may read, or to one of their own that waits.
func (d *Desk) LinkForCustomer(ctx context.Context, caller *CustomerCaller, key string) (string, error) {
	u, err := d.store.Upload(ctx, caller.Organization.ID, key)
	if err != nil {
		return "", err
	}
	if u.ConversationID == nil {
		if u.CustomerID == nil || *u.CustomerID != caller.Customer.ID || caller.Link != nil {
			return "", missing()
		}
		return d.FileURL(u.OrganizationID, u.Key), nil
	}
	c, err := d.store.Conversation(ctx, u.OrganizationID, *u.ConversationID)
	if err != nil {
		return "", err
	}
	if !caller.may(c) {
		return "", missing()
	}
	shown, err := d.store.Messages(ctx, u.OrganizationID, c.ID, u.MessageSeq-1, u.MessageSeq+1, 1, true)
	if err != nil {
		return "", fmt.Errorf("read message of a file: %w", err)
	}
	if len(shown) != 1 || shown[0].Seq != u.MessageSeq { // a note's
		return "", missing()
	}
	return d.FileURL(u.OrganizationID, u.Key), nil
}

// LinkForAgent is a fresh link to a file of any message of the agent's organization, or to one of their own that waits.
func (d *Desk) LinkForAgent(ctx context.Context, caller *AgentCaller, key string) (string, error) {
	u, err := d.store.Upload(ctx, caller.Organization.ID, key)
	if err != nil {
		return "", err
	}
	if u.ConversationID == nil && (u.AgentID == nil || *u.AgentID != caller.Agent.ID) {
		return "", missing()
	}
	return d.FileURL(u.OrganizationID, u.Key), nil
}

// OpenFile gives a file to whoever holds a link of it. A link that was never given out is Missing whether or not there
// is such a file; one that was is Gone when its time is over. The content is for the caller to close.
func (d *Desk) OpenFile(ctx context.Context, name, until, signature string) (*Upload, io.ReadCloser, error) {
	number, key, _ := strings.Cut(name, "-")
	organization, _ := strconv.ParseInt(number, 36, 64)
	if !hmac.Equal([]byte(signature), []byte(d.fileSignature(organization, key, until))) ||
		strconv.FormatInt(organization, 36) != number {
		return nil, nil, missing()
	}
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || !d.now().Before(time.Unix(end, 0)) {
		return nil, nil, Refuse(Gone, "chat.file.expired")
	}
	u, err := d.store.Upload(ctx, organization, key)
	if err != nil {
		return nil, nil, err
	}
	content, size, err := d.blobs.Open(ctx, u.Blob)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, missing()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open file: %w", err)
	}
	if size != u.Size {
		content.Close()
		return nil, nil, fmt.Errorf("open file: it has %d bytes instead of %d", size, u.Size)
	}
	return u, content, nil
}
