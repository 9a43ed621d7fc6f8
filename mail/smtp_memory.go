package mail

import (
	"crypto/sha256"
	"net/http"
	"sync"
)

// smtpMemorySize bounds what is remembered: more than a day of a busy brand's emails, in a few megabytes.
const smtpMemorySize = 20_000

// smtpAttempt is an email on its way to the server, or one that the server has taken.
type smtpAttempt struct {
	sum     [sha256.Size]byte
	done    chan struct{}
	failure *Failure // read after done; nil when it was taken
}

// smtpMemory knows by their keys the emails that are under way or were taken.
type smtpMemory struct {
	mu    sync.Mutex
	byKey map[string]*smtpAttempt
	taken []string // oldest first
}

func newSMTPMemory() *smtpMemory { return &smtpMemory{byKey: map[string]*smtpAttempt{}} }

// begin gives the attempt of a key; isNew asks the caller to make it, and to end it.
func (m *smtpMemory) begin(key string, sum [sha256.Size]byte) (attempt *smtpAttempt, isNew bool, failure *Failure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.byKey[key]; known != nil {
		if known.sum != sum {
			return nil, false, &Failure{
				Status: http.StatusConflict, Code: "invalid_idempotent_request",
				Detail: "the same key was used for a message with other bytes",
			}
		}
		return known, false, nil
	}
	attempt = &smtpAttempt{sum: sum, done: make(chan struct{})}
	m.byKey[key] = attempt
	return attempt, true, nil
}

// end tells what became of an attempt; one that failed is forgotten, so that the next one begins anew.
func (m *smtpMemory) end(key string, attempt *smtpAttempt, failure *Failure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	attempt.failure = failure
	close(attempt.done)
	if failure != nil {
		delete(m.byKey, key)
		return
	}
	m.taken = append(m.taken, key)
	if len(m.taken) > smtpMemorySize {
		delete(m.byKey, m.taken[0])
		m.taken = m.taken[1:]
	}
}
