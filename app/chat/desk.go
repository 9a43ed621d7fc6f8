package chat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
	"time"
)

// Desk carries the use cases out: one method is one transaction.
type Desk struct {
	store     Store
	leases    Leases
	throttle  Throttle
	channels  map[string]Channel
	passwords Passwords
	secret    []byte
	instance  string
	now       func() time.Time
	random    io.Reader
	detect    func(text string) (tag string, sure bool)
	shipped   map[string]bool
	say       func(language, key string, pairs ...any) string
	hours     func(language string, o *Organization, c *Customer, now time.Time) string
	publish   func([]Event)
	together  func(instances int)
	blobs     Blobs
	readMail  func(raw []byte) *Incoming
	inbound   string
	pace      Pace
	inbox     Inbox
	domains   Domains
	trial     Trial
	reserved  []string
	tracker   *Tracker
	renewed   atomic.Int64 // when the lease was renewed, in nanoseconds since 1970
}

// Options is what a Desk is made of; every field but Together, Say and Hours is required.
type Options struct {
	Store     Store
	Leases    Leases
	Throttle  Throttle
	Channels  []Channel
	Passwords Passwords
	Secret    []byte // at least 16 bytes; the seed of rejoin tokens
	Instance  string // this process, unique among those that share the database
	Now       func() time.Time
	Random    io.Reader
	Detect    func(text string) (tag string, sure bool) // language of a text, BCP 47
	Shipped   []string                                  // languages that have a locale
	// Say words a locale's own text with pairs of variable and value; without it no automation speaks.
	Say func(language, key string, pairs ...any) string
	// Hours says in the customer's language and zone when the organization opens next; it comes with Say.
	Hours    func(language string, o *Organization, c *Customer, now time.Time) string
	Publish  func([]Event)       // for nudges that no transaction carries
	Together func(instances int) // hears at each renewal of the lease how many live and listen
	Blobs    Blobs               // required wherever mail comes in or files are sent
	ReadMail func(raw []byte) *Incoming
	// Inbound is the domain of the addresses that customers answer to, empty when no answer can come by email.
	Inbound string
	Pace    Pace
	Inbox   Inbox // where a provider keeps the mail that has come in; nil where mail comes to our own door only
	// Domains is where organizations' own domains are made at the operator's provider; nil = they are not offered.
	Domains Domains
	Trial   Trial // tries how emails go out; nil = own mail servers and test emails are not offered
	// Reserved are the operator's own domains, which no organization may claim.
	Reserved []string
}

// Passwords hashes and compares; it may be slow and bounds how many run at once.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	Match(ctx context.Context, password, hash string) (bool, error)
}

// Throttle counts sign-in failures over all instances.
type Throttle interface {
	SignInFailures(ctx context.Context, key string, since time.Time) (int, error)
	AddSignInFailure(ctx context.Context, key string, at time.Time) error
	ForgetSignInFailures(ctx context.Context, key string) error
}

// NewDesk makes the Desk.
func NewDesk(o Options) *Desk {
	d := &Desk{
		store: o.Store, leases: o.Leases, throttle: o.Throttle, passwords: o.Passwords, secret: o.Secret,
		instance: o.Instance, now: o.Now, random: o.Random, detect: o.Detect, publish: o.Publish,
		channels: make(map[string]Channel, len(o.Channels)), shipped: make(map[string]bool, len(o.Shipped)),
		say: o.Say, hours: o.Hours, together: o.Together, tracker: NewTracker(),
		blobs: o.Blobs, readMail: o.ReadMail, inbound: o.Inbound, pace: o.Pace, inbox: o.Inbox,
		domains: o.Domains, trial: o.Trial, reserved: o.Reserved,
	}
	if d.together == nil {
		d.together = func(int) {}
	}
	for _, channel := range o.Channels {
		d.channels[channel.Name()] = channel
	}
	for _, tag := range o.Shipped {
		d.shipped[tag] = true
	}
	return d
}

// Now is the application's clock.
func (d *Desk) Now() time.Time { return d.now() }

// Store gives the reads that need no rule.
func (d *Desk) Store() Reader { return d.store }

// Tracker is this instance's view of who is present.
func (d *Desk) Tracker() *Tracker { return d.tracker }

// newKey makes a key that people may see: random, 128 bits, 22 characters.
func (d *Desk) newKey() string {
	var raw [16]byte
	if _, err := io.ReadFull(d.random, raw[:]); err != nil {
		panic(fmt.Sprintf("read 128 random bits: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// derive makes a token that can be made again from the secret, so that it need not be stored in clear.
func (d *Desk) derive(organization int64, purpose, seed string) string {
	mac := hmac.New(sha256.New, d.secret)
	for _, part := range []string{purpose, strconv.FormatInt(organization, 10), seed} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return strconv.FormatInt(organization, 36) + "-" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func missing() *Error { return Refuse(Missing, "error.missing") }

func isKind(err error, kind Kind) bool {
	found, ok := KindOf(err)
	return ok && found == kind
}

// orNil turns a Missing error into a nil row.
func orNil[T any](row *T, err error) (*T, error) {
	if isKind(err, Missing) {
		return nil, nil
	}
	return row, err
}

func asError(err error) *Error {
	var refused *Error
	if errors.As(err, &refused) {
		return refused
	}
	return nil
}
