package chat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// What is taken of files.
const (
	MaxFile     = 20 << 20  // the largest file in bytes
	MaxFiles    = 10        // of one message
	MaxFilesDay = 100 << 20 // bytes that one customer may send in a day
	// MaxFilesOfStrangers are the bytes of an organization's that wait for the first message of people who are nobody
	// yet: whoever makes up a thousand of them fills no disk.
	MaxFilesOfStrangers = 1 << 30
	// UploadLife is how long a file waits for its message.
	UploadLife = 24 * time.Hour
)

// NewFile is a file that is coming in. What it says of itself is not believed: only Size is held it to.
type NewFile struct {
	OrganizationID int64
	CustomerID     *int64 // who sends it: a customer, or
	AgentID        *int64 // an agent
	Name           string
	Content        io.Reader
	Size           int64  // exactly
	ClientID       string // made by the client: the same one twice is one upload

	key    string // made from it
	holder []byte // of a stranger: the hash of the token that their first message will bring
}

// keepFile writes a file's bytes and returns the row that tells of them, which the caller inserts in a transaction of
// its own: with attach, or loose. Bytes without a row are swept after a day.
func (d *Desk) keepFile(ctx context.Context, f NewFile) (*Upload, error) {
	if d.blobs == nil {
		return nil, errors.New("keep file: there is no place for files")
	}
	name := cleanFileName(f.Name)
	if err := refuseSize(name, f.Size); err != nil {
		return nil, err
	}
	whole := &exactly{from: f.Content, left: f.Size}
	content := bufio.NewReaderSize(whole, headBytes)
	head, err := content.Peek(int(min(headBytes, f.Size)))
	if err != nil {
		return nil, whole.blame(fmt.Errorf("read file: %w", err))
	}
	look := lookAt(head, name)
	if f.key == "" {
		f.key = d.newKey()
	}
	u := &Upload{
		OrganizationID: f.OrganizationID, Key: f.key, Blob: d.newBlob(f.OrganizationID, "file"), Name: look.name(name), Type: look.media,
		Size: f.Size, Width: look.width, Height: look.height, CustomerID: f.CustomerID, AgentID: f.AgentID, Holder: f.holder,
		CreatedAt: d.now(),
	}
	if err := d.putBlob(ctx, u.Blob, content, u.Size, u.Type); err != nil {
		return nil, whole.blame(fmt.Errorf("keep file: %w", err))
	}
	return u, nil
}

func refuseSize(name string, size int64) error {
	switch {
	case size <= 0:
		return RefuseField("files", "chat.file.empty", "Name", name)
	case size > MaxFile:
		return RefuseField("files", "chat.file.large", "Name", name, "Max", MaxFile>>20)
	}
	return nil
}

// exactly reads so many bytes and refuses fewer; what comes behind them is not read.
type exactly struct {
	from   io.Reader
	left   int64
	broken error // of the sender's side
}

// Read reads what is left.
func (e *exactly) Read(into []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	if int64(len(into)) > e.left {
		into = into[:e.left]
	}
	n, err := e.from.Read(into)
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		e.broken = err
	}
	return n, err
}

// blame tells a file that did not arrive whole, which is its sender's to repeat, from bytes that could not be kept.
func (e *exactly) blame(err error) error {
	if e.broken != nil {
		return errors.Join(RefuseField("files", "chat.file.torn"), e.broken)
	}
	return err
}

// attachmentOf is what a message carries of a file.
func attachmentOf(u *Upload) Attachment { return u.Attachment() }

// Attachment is what a message carries of the file.
func (u *Upload) Attachment() Attachment {
	return Attachment{Key: u.Key, Name: u.Name, Type: u.Type, Size: u.Size, Width: u.Width, Height: u.Height}
}

// attach inserts kept files as those of a message, and returns what the message carries of them.
func (d *Desk) attach(ctx context.Context, tx Tx, c *Conversation, seq int64, uploads []*Upload) ([]Attachment, error) {
	if len(uploads) == 0 {
		return nil, nil
	}
	rows := make([]Upload, len(uploads))
	carried := make([]Attachment, len(uploads))
	for i, u := range uploads {
		rows[i], carried[i] = *u, attachmentOf(u)
		rows[i].ConversationID, rows[i].MessageSeq = &c.ID, seq
	}
	if err := d.insertUploads(ctx, tx, rows); err != nil {
		return nil, err
	}
	return carried, nil
}

// insertUploads writes rows, whose bytes then stay.
func (d *Desk) insertUploads(ctx context.Context, tx Tx, rows []Upload) error {
	blobs := make([]string, len(rows))
	for i := range rows {
		rows[i].ID = 0 // the transaction may run again
		blobs[i] = rows[i].Blob
	}
	if err := tx.InsertAll(ctx, &rows); err != nil {
		return fmt.Errorf("insert files: %w", err)
	}
	if err := tx.KeepBlobs(ctx, blobs); err != nil {
		return fmt.Errorf("keep bytes of files: %w", err)
	}
	return nil
}
