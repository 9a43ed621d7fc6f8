package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"time"

	"rejoin/mail"
)

const (
	ownCorpus  = "mail/testdata/inbound" // where no other mail is at hand
	maxCorpus  = 256 << 20               // bytes of all mails together
	mailEnding = ".eml"
)

// parseFigure measures how long one incoming mail takes to read, over every mail of a folder.
func parseFigure(ctx context.Context, b *bench) ([]Row, error) {
	folder, mails, err := corpusOf(b.Corpus)
	if err != nil {
		return nil, err
	}
	passes := 2*b.sizes.rounds + 1
	ours, err := timesOfEach(ctx, mails, passes, func(raw []byte) { mail.ParseBytes(raw) })
	if err != nil {
		return nil, err
	}
	beside, err := timesOfEach(ctx, mails, passes, readPlainly)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, raw := range mails {
		total += len(raw)
	}
	row := func(percent float64) Row {
		return Row{
			Figure: fmt.Sprintf("one incoming mail parsed, p%.0f", percent), Value: us(ours.at(percent)), Unit: "µs",
			Beside: us(beside.at(percent)), Yardstick: "net/mail.ReadMessage and its body read",
			More: map[string]float64{"max": us(ours.at(100)), "mails": float64(len(mails)), "mean bytes": float64(total / len(mails))},
		}
	}
	rows := []Row{row(50), row(99)}
	rows[1].Note = fmt.Sprintf("%d mails of %s, of %d bytes on average, each the middle of %d times; the slowest took %s ms; the yardstick decodes "+
		"nothing, finds no parts and cuts no reply", len(mails), filepath.Base(folder), total/len(mails), passes-1, short(ms(ours.at(100))))
	return rows, nil
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// corpusOf reads the mails of a folder, or our own where it is not there.
func corpusOf(folder string) (from string, mails [][]byte, err error) {
	if found, err := os.Stat(folder); err != nil || !found.IsDir() {
		folder = ownCorpus
	}
	total := 0
	err = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != mailEnding {
			return err
		}
		raw, err := os.ReadFile(name)
		if total += len(raw); total > maxCorpus {
			return fmt.Errorf("there are more than %d bytes of mail", maxCorpus)
		}
		mails = append(mails, raw)
		return err
	})
	if err != nil {
		return folder, nil, fmt.Errorf("read mails: %w", err)
	}
	if len(mails) == 0 {
		return folder, nil, fmt.Errorf("there is no %s file in %s", mailEnding, folder)
	}
	return folder, mails, nil
}

// timesOfEach is the middle time of each mail; the first pass fills caches.
func timesOfEach(ctx context.Context, mails [][]byte, passes int, read func(raw []byte)) (samples, error) {
	taken := make([]samples, len(mails))
	for pass := range passes {
		for i, raw := range mails {
			begun := time.Now()
			read(raw)
			if took := time.Since(begun); pass > 0 {
				taken[i] = append(taken[i], took)
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	middle := make(samples, len(mails))
	for i := range taken {
		middle[i] = taken[i].at(50)
	}
	return middle, nil
}

// readPlainly is the least that reading a mail can be.
func readPlainly(raw []byte) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return // a broken one; ours reads it all the same
	}
	_, _ = io.Copy(io.Discard, m.Body) // it is in memory
}
