package bench

import (
	"math/rand/v2"
	"slices"
	"time"
)

// role is what a customer of the fire does, and so what the policy owes them.
type role string

const (
	leaves  role = "leaves"  // before the answers or between them
	closes  role = "closes"  // leaves, and the agent closes the conversation after the answer
	returns role = "returns" // leaves, comes back and reads or writes, leaves again
	reads   role = "reads"   // leaves, and reads just before the email goes, or while it does
	hurries role = "hurries" // leaves, and an agent wants the email out now
	keeps   role = "keeps"   // leaves, and an agent keeps the first answers back
	stays   role = "stays"   // is active from beginning to end
	silent  role = "silent"  // gives no address
	stopped role = "stopped" // wants no emails
	spam    role = "spam"    // is marked as spam before leaving
)

// shares is how many of a hundred customers play each role.
func shares() []struct {
	role
	share int
} {
	return []struct {
		role
		share int
	}{{leaves, 20}, {closes, 8}, {returns, 18}, {reads, 16}, {hurries, 6}, {keeps, 6}, {stays, 10}, {silent, 6}, {stopped, 5}, {spam, 5}}
}

// chaosPlan is everything that is left to chance, drawn from the seed before the fire is lit.
type chaosPlan struct {
	lives   []life
	kills   [2][]time.Duration // of each instance; the last two are at one moment
	restart time.Duration      // of PostgreSQL
	offline [2]time.Duration   // from when to when no agent is there
	homing  bool               // the agents are gone at the end too
}

// life is one conversation.
type life struct {
	role   role
	starts time.Duration
	rounds []turn
	sees   bool // of who stays: they read in the end
}

// turn is an absence with the answers that come into it.
type turn struct {
	leaves  int           // after so many answers
	lingers time.Duration // before it
	hides   bool          // they look at another tab rather than close the page
	answers []answer
	pause   time.Duration // after the last answer, before the customer reads, or comes back
	awaits  bool          // the next round begins when the email of this one is there
	writes  bool          // coming back, they write rather than read
}

// answer is one message of an agent.
type answer struct {
	after time.Duration
	agent int
	note  bool
	draft bool // is typed before it is sent
	twice bool // the agent's browser never heard that it was taken, and sends it again
}

const chaosAgents = 3

// planChaos draws a plan; the same seed and sizes give the same one.
func planChaos(o ChaosOptions) *chaosPlan {
	p := &chaosPlan{}
	dice := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // chance, not a secret
	for _, s := range shares() {
		for range max(1, o.Conversations*s.share/100) {
			p.lives = append(p.lives, life{role: s.role})
		}
	}
	for len(p.lives) < o.Conversations {
		p.lives = append(p.lives, life{role: leaves})
	}
	dice.Shuffle(len(p.lives), func(i, j int) { p.lives[i], p.lives[j] = p.lives[j], p.lives[i] })
	for i := range p.lives {
		p.lives[i].draw(rand.New(rand.NewPCG(o.Seed, uint64(1000+i))), o.Fire) //nolint:gosec // chance, not a secret
	}
	for i := range o.Kills - 2 {
		p.kills[i%2] = append(p.kills[i%2], between(dice, o.Fire/20, o.Fire))
	}
	for i := range p.kills {
		p.kills[i] = append(p.kills[i], o.Fire)
		slices.Sort(p.kills[i])
	}
	p.restart = between(dice, o.Fire*2/5, o.Fire*3/5)
	p.offline = [2]time.Duration{between(dice, o.Fire/4, o.Fire*2/5), between(dice, o.Fire/2, o.Fire*4/5)}
	p.homing = dice.IntN(2) == 0
	return p
}

func (l *life) draw(dice *rand.Rand, fire time.Duration) {
	l.starts = between(dice, 0, fire/3)
	l.sees = dice.IntN(2) == 0
	rounds := 1 + dice.IntN(2)
	switch l.role {
	case returns:
		rounds = 2 + dice.IntN(2)
	case keeps:
		rounds = 2
	case spam:
		rounds = 1 // nobody answers there any more
	}
	for range rounds {
		t := turn{
			lingers: between(dice, 0, fire/40), pause: between(dice, 0, fire/5),
			hides: dice.IntN(3) > 0, awaits: dice.IntN(3) > 0, writes: dice.IntN(2) == 0,
		}
		for range 1 + dice.IntN(4) {
			t.answers = append(t.answers, answer{
				after: between(dice, 0, fire/25), agent: dice.IntN(chaosAgents),
				note: dice.IntN(6) == 0, draft: dice.IntN(6) == 0, twice: dice.IntN(4) == 0,
			})
		}
		t.answers[len(t.answers)-1].note = false
		t.leaves = dice.IntN(len(t.answers) + 1)
		if l.role == spam {
			t.leaves = len(t.answers)
		}
		l.rounds = append(l.rounds, t)
	}
}

func between(dice *rand.Rand, least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return least + time.Duration(dice.Int64N(int64(most-least)))
}
