package web

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// Passwords hashes with argon2id: 64 MiB and about a quarter of a second each, so only a few at one
// time; the others wait in line for as long as their request lasts.
type Passwords struct {
	params *argon2id.Params
	slots  chan struct{}
}

// NewPasswords hashes at most atOnce passwords at one time. Cheap ones are for tests: they are soon
// guessed.
func NewPasswords(atOnce int, cheap bool) *Passwords {
	params := argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}
	if cheap {
		params.Memory, params.Iterations, params.Parallelism = 64, 1, 1
	}
	return &Passwords{params: &params, slots: make(chan struct{}, max(atOnce, 1))}
}

// Hash returns the hash with its salt and parameters, as argon2id writes it down.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	release, err := p.take(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	hash, err := argon2id.CreateHash(password, p.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Match tells whether the hash is that of the password, by the parameters that the hash was made with.
func (p *Passwords) Match(ctx context.Context, password, hash string) (bool, error) {
	release, err := p.take(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return same, nil
}

func (p *Passwords) take(ctx context.Context) (release func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a free place: %w", ctx.Err())
	}
}
