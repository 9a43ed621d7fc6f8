package bench

import (
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"rejoin/mail/resendtest"
)

// chaosFault is one thing that goes wrong at the email provider, and how often in a hundred requests.
type chaosFault struct {
	name  string
	share int
	fault resendtest.Fault
}

func chaosFaults() []chaosFault {
	return []chaosFault{
		{"500", 10, resendtest.Broken()},
		{"429 with Retry-After", 10, resendtest.RateLimited(time.Second)},
		{"timeout after acceptance", 15, resendtest.Hang(true)},
		{"timeout before acceptance", 5, resendtest.Hang(false)},
		{"reset after acceptance", 10, resendtest.Reset(true)},
		{"reset before acceptance", 8, resendtest.Reset(false)},
	}
}

// arson decides the fault of every request by the seed and its number, and strikes the same email so often at most.
type arson struct {
	seed uint64

	mu     sync.Mutex
	most   int
	struck map[string]int
	counts map[string]int // by the fault's name
	again  int            // requests whose key was seen before
}

func newArson(seed uint64, most int) *arson {
	return &arson{seed: seed, most: most, struck: make(map[string]int), counts: make(map[string]int)}
}

func (a *arson) script(n int, r resendtest.Request) resendtest.Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	struck, seen := a.struck[r.IdempotencyKey]
	if seen {
		a.again++
	}
	a.struck[r.IdempotencyKey] = struck
	if struck >= a.most {
		return resendtest.None()
	}
	at := rand.New(rand.NewPCG(a.seed, uint64(1_000_000+n))).IntN(100) //nolint:gosec // chance, not a secret
	for _, f := range chaosFaults() {
		if at -= f.share; at < 0 {
			a.counts[f.name]++
			a.struck[r.IdempotencyKey]++
			return f.fault
		}
	}
	return resendtest.None()
}

// calm strikes every email once more at most, so that it comes to an end.
func (a *arson) calm() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.most = 1
}

func (a *arson) tally() (counts map[string]int, again int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.counts), a.again
}
