package chat

import (
	"context"
	"fmt"
	"slices"
)

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
