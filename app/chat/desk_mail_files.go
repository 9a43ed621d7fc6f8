package chat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
)

// smallImage is what an image within a mail's text has at least that was meant to be looked at: smaller ones only count
// who opens the mail, or draw a line.
const smallImage = 1 << 10

// broughtFiles are a mail's files whose bytes are kept, and whose rows are not yet.
type broughtFiles struct {
	uploads []*Upload
	images  [][]byte // hashes of the images within the text
	left    int      // files that stay in the raw mail
	used    bool
}

// bringFiles keeps the bytes of a mail's files, when it will be shown in a conversation.
func (d *Desk) bringFiles(ctx context.Context, m *Mail, in *Incoming) (*broughtFiles, error) {
	none := new(broughtFiles)
	if len(in.Files) == 0 || in.Kind != MailReply && in.Kind != MailList {
		return none, nil
	}
	for _, one := range in.Files { // should it be shown all the same: an agent may just have accepted who wrote it
		if !one.Inline {
			none.left++
		}
	}
	found, err := matchMail(ctx, d.store, m, in)
	if err != nil || found.conversation == nil {
		return none, err
	}
	if _, _, check := checkOf(m, in); check {
		return none, nil
	}
	who, err := d.whoWrote(ctx, d.store, found.conversation, m, in)
	if err != nil || whyUnmatched(found, who, in) != "" {
		return none, err
	}
	return d.keepFiles(ctx, found.conversation, who.point != nil, in)
}

// keepFiles keeps the bytes of a mail's files for a conversation: nil is one that does not exist yet.
func (d *Desk) keepFiles(ctx context.Context, c *Conversation, own bool, in *Incoming) (*broughtFiles, error) {
	files := new(broughtFiles)
	shown, err := d.store.MailImages(ctx, c.OrganizationID, c.ID)
	if err != nil {
		return files, err
	}
	for _, one := range in.Files {
		hash := sha256.Sum256(one.Content)
		if one.Inline && (len(one.Content) < smallImage || hasImage(shown, hash[:]) || hasImage(files.images, hash[:])) {
			continue
		}
		if len(one.Content) == 0 || len(one.Content) > MaxFile || len(files.uploads) == MaxFiles {
			files.left++
			continue
		}
		if one.Inline {
			files.images = append(files.images, hash[:])
		}
		f := NewFile{OrganizationID: c.OrganizationID, Name: one.Name, Content: bytes.NewReader(one.Content), Size: int64(len(one.Content))}
		if own && c.CustomerID != 0 {
			f.CustomerID = &c.CustomerID
		}
		kept, err := d.keepFile(ctx, f)
		if err != nil {
			d.forgetFiles(ctx, files)
			return nil, fmt.Errorf("keep file of mail: %w", &blobAway{err})
		}
		files.uploads = append(files.uploads, kept)
	}
	return files, nil
}

// forgetFiles deletes bytes that no row will tell of.
func (d *Desk) forgetFiles(ctx context.Context, files *broughtFiles) {
	for _, u := range files.uploads {
		d.forgetBlob(ctx, u.Blob)
	}
}

// carry makes the files those of a message that is about to be posted, and notes those that stay behind.
func (d *Desk) carry(ctx context.Context, tx Tx, c *Conversation, message *Message, files *broughtFiles) error {
	attached, err := d.attach(ctx, tx, c, message.Seq, files.uploads)
	if err != nil {
		return err
	}
	for _, hash := range files.images {
		row := &MailImage{OrganizationID: c.OrganizationID, ConversationID: c.ID, Hash: hash}
		if _, err := tx.InsertIfNew(ctx, row); err != nil {
			return fmt.Errorf("note image: %w", err)
		}
	}
	if files.left > 0 {
		message.Meta[MetaFilesLeft] = strconv.Itoa(files.left)
	}
	message.Files, files.used = attached, true
	return nil
}
