package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxMail         = 40 << 20 // bytes of a raw mail that are read
	maxMailAttempts = 5
	readMailWithin  = 20 * time.Second
	mailType        = "message/rfc822"
)

// KeepMail takes a mail from a door: without an error it is committed, and work on it is under way. fresh is false when
// the door has brought it before. One that went to several conversations' addresses is kept for each.
func (d *Desk) KeepMail(ctx context.Context, a Arrival) (fresh bool, err error) {
	if d.blobs == nil {
		return false, errors.New("keep mail: there is no place for mails")
	}
	for _, one := range slices.Backward(a.apart()) { // the one by the door's own name last: it tells that all are kept
		kept, err := d.keepOne(ctx, one)
		if err != nil {
			return false, err // the door brings all of it again
		}
		fresh = fresh || kept
	}
	return fresh, nil
}

// apart is a mail for each conversation's address that it went to, at least one.
func (a Arrival) apart() []Arrival {
	var ours, others []string
	for _, address := range a.To {
		if _, ok := SplitReplyToken(tokenBehind(replyPrefix, address)); ok && len(ours) < maxTokens {
			ours = append(ours, address)
		} else {
			others = append(others, address)
		}
	}
	if len(ours) < 2 {
		return []Arrival{a}
	}
	slices.Sort(ours) // each keeps its name when the door brings them in another order
	all := make([]Arrival, len(ours))
	for i, address := range ours {
		all[i] = a
		all[i].To = append([]string{address}, others...)
		if i > 0 {
			all[i].DoorID += "/" + strconv.Itoa(i)
		}
	}
	return all
}

func (d *Desk) keepOne(ctx context.Context, a Arrival) (fresh bool, err error) {
	organization := namedIn(a.To) // which proves nothing yet
	m := &Mail{
		OrganizationID: organization, Key: d.newKey(), Door: a.Door, DoorID: a.DoorID, Blob: d.newBlob(organization, "mail"),
		Size: int64(len(a.Raw)), EnvelopeFrom: headerText(a.From, 320), EnvelopeTo: headerTexts(a.To, 320), Verdict: a.Verdict,
		State: MailKept, ReceivedAt: d.now(),
	}
	if err := d.blobs.Put(ctx, m.Blob, bytes.NewReader(a.Raw), m.Size, mailType); err != nil {
		d.forgetBlob(ctx, m.Blob)
		return false, fmt.Errorf("keep raw mail: %w", err)
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		m.ID = 0 // it may run again
		fresh, err = tx.InsertIfNew(ctx, m)
		if err != nil || !fresh {
			return err
		}
		return tx.Enqueue(ctx, Job{Kind: JobReceive, OrganizationID: organization, ID: m.ID})
	})
	if err == nil && !fresh {
		d.forgetBlob(ctx, m.Blob)
	}
	if err != nil {
		return d.keptAllTheSame(ctx, m, fmt.Errorf("keep mail: %w", err))
	}
	return fresh, nil
}

// keptAllTheSame finds out whether a commit that ended in an error has happened: then the mail is kept. It may still happen
// when nothing is found, so that the blob stays, and is swept should no row ever tell of it.
func (d *Desk) keptAllTheSame(ctx context.Context, m *Mail, failed error) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetWithin)
	defer cancel()
	found, err := orNil(d.store.MailByDoor(ctx, m.Door, m.DoorID))
	switch {
	case err != nil || found == nil:
		return false, failed
	case found.Blob == m.Blob:
		return true, nil
	}
	d.forgetBlob(ctx, m.Blob)
	return false, failed
}

// namedIn is the organization that the token of an answer's address names, 0 when there is none.
func namedIn(addresses []string) int64 {
	for _, address := range addresses {
		for _, prefix := range []string{replyPrefix, checkPrefix} {
			if organization, ok := SplitReplyToken(tokenBehind(prefix, address)); ok {
				return organization
			}
		}
	}
	return 0
}

// Receive settles a kept mail, once; what is settled or gone is left. An error asks for another attempt, and a mail that
// fails again and again is left among the unmatched ones.
func (d *Desk) Receive(ctx context.Context, id int64) (again time.Duration, err error) {
	m, err := orNil(d.store.ClaimMail(ctx, id))
	if err != nil || m == nil {
		return 0, err
	}
	if m.Attempts > maxMailAttempts { // whoever tried it last never came to an end
		return 0, d.failMail(ctx, m, "failed")
	}
	err = d.receive(ctx, m)
	if err == nil {
		return 0, nil
	}
	err = fmt.Errorf("receive mail %d: %w", id, err)
	var away *blobAway
	if ctx.Err() != nil || isKind(err, Busy) || errors.As(err, &away) { // the mail is not at fault
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetWithin)
		defer cancel()
		return 0, errors.Join(err, d.store.ForgiveMail(writing, id))
	}
	if m.Attempts < maxMailAttempts {
		return 0, err
	}
	return 0, errors.Join(err, d.failMail(ctx, m, reasonOf(err)))
}

func reasonOf(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "lost"
	case errors.Is(err, errUnreadable):
		return "unreadable"
	}
	return "failed"
}

// failMail leaves a mail that could not be settled to people.
func (d *Desk) failMail(ctx context.Context, m *Mail, reason string) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		locked, err := orNil(tx.LockMail(ctx, m.ID))
		if err != nil || locked == nil || locked.State != MailKept {
			return err
		}
		if err := moveMail(ctx, tx, locked, match{organization: locked.OrganizationID}); err != nil { // it may name none that is
			return err
		}
		return d.leave(ctx, tx, locked, MailFailed, reason)
	})
}

// receive reads a mail and does what it asks for.
func (d *Desk) receive(ctx context.Context, m *Mail) error {
	in, err := d.readKept(ctx, m)
	if err != nil {
		return err
	}
	files, err := d.bringFiles(ctx, m, in)
	if err != nil {
		return err
	}
	err = d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		files.used = false // it may run again
		return d.settleMail(ctx, tx, m.ID, in, files)
	})
	if err == nil && !files.used {
		d.forgetFiles(ctx, files)
	}
	return err
}

// blobAway is a place of blobs that does not answer.
type blobAway struct{ err error }

// Error returns the place's own words.
func (b *blobAway) Error() string { return "read raw mail: " + b.err.Error() }

// Unwrap returns the place's own error.
func (b *blobAway) Unwrap() error { return b.err }

var errUnreadable = errors.New("the mail cannot be read")

// readKept reads the raw mail and says what it says.
func (d *Desk) readKept(ctx context.Context, m *Mail) (*Incoming, error) {
	raw, err := d.rawOf(ctx, m)
	if err != nil {
		return nil, err
	}
	return d.readRaw(ctx, raw)
}

// openRaw opens a mail's bytes.
func (d *Desk) openRaw(ctx context.Context, m *Mail) (io.ReadCloser, error) {
	if d.blobs == nil {
		return nil, &blobAway{errors.New("there is no place for mails")}
	}
	content, _, err := d.blobs.Open(ctx, m.Blob)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open raw mail: %w", err)
	}
	if err != nil {
		return nil, &blobAway{err}
	}
	return content, nil
}

func (d *Desk) rawOf(ctx context.Context, m *Mail) ([]byte, error) {
	content, err := d.openRaw(ctx, m)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	raw, err := io.ReadAll(io.LimitReader(content, maxMail))
	if err != nil {
		return nil, &blobAway{err}
	}
	return raw, nil
}

// readRaw parses in bounded time; a parser that fails takes nobody down. Its time and memory are bounded by itself too,
// so that one that is not waited for any more ends soon.
func (d *Desk) readRaw(ctx context.Context, raw []byte) (*Incoming, error) {
	read := make(chan *Incoming, 1)
	failed := make(chan error, 1)
	go func() {
		defer func() {
			if why := recover(); why != nil {
				failed <- fmt.Errorf("%w: %v", errUnreadable, why)
			}
		}()
		read <- d.readMail(raw)
	}()
	ctx, cancel := context.WithTimeout(ctx, readMailWithin)
	defer cancel()
	select {
	case in := <-read:
		return in, nil
	case err := <-failed:
		return nil, err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errUnreadable, ctx.Err())
	}
}

// headerText is one line of a mail's own words, of at most max characters.
func headerText(text string, max int) string {
	return cut(strings.Join(strings.Fields(tidy(text)), " "), max)
}

func headerTexts(texts []string, max int) []string {
	clean := make([]string, 0, len(texts))
	for _, text := range texts[:min(len(texts), maxEnvelope)] {
		clean = append(clean, headerText(text, max))
	}
	return clean
}

// maxEnvelope is how many addresses and reasons of a mail are kept.
const maxEnvelope = 100
