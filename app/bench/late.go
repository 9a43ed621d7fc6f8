package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"rejoin/mail/resendtest"
)

const (
	lateRate  = 20.0            // emails due per second
	lateLead  = 4 * time.Second // from the loading of the conversations until the first email is due
	lateWarm  = 20              // emails that are not counted
	lateGrace = 30 * time.Second
)

// late measures, on the running server, the time from the moment that an email is due to its acceptance by the
// provider's stand-in.
func late(ctx context.Context, b *bench) (rows []Row, err error) {
	provider, err := resendtest.Start("127.0.0.1:0", resendtest.DefaultKey)
	if err != nil {
		return nil, fmt.Errorf("start the provider's stand-in: %w", err)
	}
	defer provider.Close()
	s, err := b.sendingScene(ctx, provider)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	times := scheduleAt(time.Now().Add(lateLead).Truncate(time.Microsecond), lateRate)
	if err := s.brand.fillDue(ctx, s.database, b.sizes.emails, func(i int64) time.Time { return times.due(int(i - 1)) }); err != nil {
		return nil, err
	}
	if time.Now().After(times.begin) {
		return nil, errors.New("loading the conversations took until the first email was due")
	}
	posts := &posting{provider: provider}
	openLoop(ctx, lateRate/2, int((float64(b.sizes.emails)/lateRate+lateLead.Seconds())*lateRate/2), func(i int, due time.Time) { posts.post(ctx, i, due) })
	if posts.fault != nil {
		return nil, posts.fault
	}
	lateness, err := latenessOf(ctx, provider, b.sizes.emails+len(posts.times), b.sizes.emails, times)
	if err != nil {
		return nil, err
	}
	row := func(percent float64, goal *Goal) Row {
		return Row{
			Figure: fmt.Sprintf("an email after its due time, p%.0f", percent), Value: ms(lateness.at(percent)), Unit: "ms",
			Beside: ms(posts.times.at(percent)), Yardstick: "a bare POST to the provider's stand-in", Floor: true, Goal: goal,
			More: map[string]float64{"max": ms(lateness.at(100)), "samples": float64(len(lateness)), "yardstick's max": ms(posts.times.at(100))},
		}
	}
	rows = []Row{row(50, nil), row(99, atMost(1500))}
	rows[1].Note = fmt.Sprintf("%d emails due at %.0f a second, each until the provider's stand-in has accepted it; what is due is looked for every 250 ms",
		len(lateness), lateRate)
	return rows, nil
}

// sendingScene is a server that sends through the provider's stand-in.
func (b *bench) sendingScene(ctx context.Context, provider *resendtest.Server) (*scene, error) {
	s := &scene{b: b}
	var err error
	if s.database, err = b.postgres.create(ctx, 4); err != nil {
		return nil, err
	}
	if s.brand, err = foundBrand(ctx, s.database); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.server, err = launch(ctx, b.Binary, []string{"--resend"}, io.Discard, "DATABASE_URL="+s.database.url, "DATA_DIR="+b.Dir,
		"RESEND_BASE_URL="+provider.URL(), "RESEND_API_KEY="+provider.Key())
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// latenessOf waits for all emails and tells how late each was, after the first ones.
func latenessOf(ctx context.Context, provider *resendtest.Server, all, ours int, times schedule) (samples, error) {
	waiting, cancel := context.WithTimeout(ctx, lateGrace)
	defer cancel()
	accepted, err := provider.Await(waiting, all)
	if err != nil {
		return nil, err
	}
	return lateSamples(accepted, ours, times)
}

// lateSamples finds the email of every conversation; one that is missing, came twice or came early is an error.
func lateSamples(accepted []resendtest.Email, ours int, times schedule) (samples, error) {
	at := make(map[int]time.Time, ours)
	for _, email := range accepted {
		n, found := numberOf(email)
		if !found {
			continue
		}
		if _, twice := at[n]; twice {
			return nil, fmt.Errorf("conversation %d was emailed twice", n)
		}
		at[n] = email.At
	}
	if len(at) != ours {
		return nil, fmt.Errorf("%d of %d conversations were emailed", len(at), ours)
	}
	var late samples
	for n, at := range at {
		took := at.Sub(times.due(n - 1))
		if took < 0 {
			return nil, fmt.Errorf("conversation %d was emailed %s before its time", n, -took)
		}
		if n > min(lateWarm, ours/2) {
			late = append(late, took)
		}
	}
	return late, nil
}

// numberOf tells which conversation of a filled brand an email is of.
func numberOf(email resendtest.Email) (int, bool) {
	if len(email.To) != 1 {
		return 0, false
	}
	found := regexp.MustCompile(`customer(\d+)@mail\.example`).FindStringSubmatch(email.To[0])
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// posting is the yardstick: emails of the same kind that nobody had to plan, write or claim.
type posting struct {
	provider *resendtest.Server

	mu    sync.Mutex
	times samples
	fault error
}

func (p *posting) post(ctx context.Context, i int, due time.Time) {
	err := p.send(ctx, i)
	took := time.Since(due)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.times, p.fault = append(p.times, took), errors.Join(p.fault, err)
}

func (p *posting) send(ctx context.Context, i int) error {
	body, err := json.Marshal(map[string]any{
		"from": "Rejoin <chat@rejoin.example>", "to": []string{"bare@mail.example"}, "subject": "Bare", "text": marked(i),
	})
	if err != nil {
		return fmt.Errorf("write an email: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.provider.URL()+"/emails", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post an email: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+p.provider.Key())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("bare-%d", i))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("post an email: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("post an email: %s", answer.Status), err)
	}
	return nil
}
