package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Arrival is one mail that stands at the door, with what its envelope said.
type Arrival struct {
	From    string   // of the envelope; empty for the null sender
	To      []string // of the envelope, each once, the domain as DoorOptions has it
	Remote  netip.Addr
	Hello   string // the name that the sending host gave
	TLS     bool
	Raw     []byte // below Return-Path, Delivered-To, X-Original-To, Authentication-Results and Received of ours
	Verdict Verdict
	At      time.Time
}

// Refused is an answer of Take's own: the mail is not taken, and the sender is told why.
type Refused struct {
	Code     int    // 4xx: try again; 5xx: never
	Enhanced string // like 5.7.1; empty for X.0.0
	Text     string // one line for people
}

func (e *Refused) Error() string {
	return fmt.Sprintf("mail refused: %d %s %s", e.Code, e.Enhanced, e.Text)
}

// DoorTimeouts bound how long anybody may take; zero values are the defaults.
type DoorTimeouts struct {
	Command time.Duration // for one command; default 5 min (RFC 5321, 4.5.3.2.7), 10 s when the door is crowded
	Block   time.Duration // between two pieces of a mail; default 3 min
	Mail    time.Duration // for one whole mail; default 10 min
	Visit   time.Duration // for one connection; default 1 h
	Take    time.Duration // for Take; default 1 min
	Write   time.Duration // for one answer of ours; default 1 min
}

// DoorOptions says who may bring mail, and how much; zero values are the defaults, negative limits are none.
type DoorOptions struct {
	Addr   string // to listen at, like :25
	Name   string // our host name; default Domain
	Domain string // the only one that mail is taken for; any local part is taken

	TLS            *tls.Config // STARTTLS is offered when set
	MaxBytes       int64       // of one mail; default 25 MiB
	MaxBuffered    int64       // of all mails under way together; default 256 MiB
	MaxRecipients  int         // of one mail; default 100
	MaxConnections int         // at once; default 200
	MaxPerHost     int         // connections at once of one IPv4 address or IPv6 /64; default 20
	PerHost        int         // mails per minute of one such host; default 120
	BytesPerHost   int64       // bytes of mail per hour of one such host, a quarter of them at once; default 1 GiB
	// Trusted are networks of relays of our own, which bring everybody's mail: the limits of one host are not theirs.
	Trusted  []netip.Prefix
	Timeouts DoorTimeouts

	Judge *Judge // nil judges nothing
	// Take keeps a mail. The sender is told 250 only when it returns nil; any error but a *Refused is temporary.
	Take func(ctx context.Context, a Arrival) error
	Log  *slog.Logger     // nil = none
	Now  func() time.Time // nil = the clock
}

func (o DoorOptions) filled() (DoorOptions, error) {
	if o.Domain = asciiDomain(o.Domain); o.Domain == "" {
		return o, errors.New("the door has no domain")
	}
	if o.Take == nil {
		return o, errors.New("nobody takes the mail")
	}
	if o.Name == "" {
		o.Name = o.Domain
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default clock
	}
	orStandard(&o.MaxBytes, 25<<20)
	orStandard(&o.MaxBuffered, 256<<20)
	orStandard(&o.MaxRecipients, 100)
	orStandard(&o.MaxConnections, 200)
	orStandard(&o.MaxPerHost, 20)
	orStandard(&o.PerHost, 120)
	orStandard(&o.BytesPerHost, 1<<30)
	orStandard(&o.Timeouts.Command, 5*time.Minute)
	orStandard(&o.Timeouts.Block, 3*time.Minute)
	orStandard(&o.Timeouts.Mail, 10*time.Minute)
	orStandard(&o.Timeouts.Visit, time.Hour)
	orStandard(&o.Timeouts.Take, time.Minute)
	orStandard(&o.Timeouts.Write, time.Minute)
	return o, nil
}

func orStandard[T int | int64 | time.Duration](value *T, standard T) {
	if *value == 0 {
		*value = standard
	}
}

// Door is a mail server that takes mail for one domain and hands every one to Take. It refuses to relay, to sign anybody
// in, and to say 250 before Take has.
type Door struct {
	options DoorOptions
	smtp    *smtp.Server
	inner   net.Listener
	crowd   *crowd
	log     *doorLog

	taking  context.Context // ends when mails under way are given up
	giveUp  context.CancelFunc
	served  chan struct{}
	once    sync.Once
	emptied chan struct{}
	closed  error // once it is emptied
}

// OpenDoor listens at once; the caller closes the door.
func OpenDoor(o DoorOptions) (*Door, error) {
	o, err := o.filled()
	if err != nil {
		return nil, fmt.Errorf("open the door: %w", err)
	}
	var listening net.ListenConfig
	inner, err := listening.Listen(context.Background(), "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("open the door: %w", err)
	}
	d := &Door{options: o, inner: inner, crowd: newCrowd(o), log: newDoorLog(o), served: make(chan struct{}), emptied: make(chan struct{})}
	d.taking, d.giveUp = context.WithCancel(context.Background())
	d.smtp = d.server()
	go d.serve()
	return d, nil
}

func (d *Door) server() *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(d.greet))
	s.Domain, s.TLSConfig = d.options.Name, d.options.TLS
	s.MaxMessageBytes, s.MaxRecipients = max(d.options.MaxBytes, 0), max(d.options.MaxRecipients, 0)
	s.MaxLineLength = maxDoorLine
	s.EnableSMTPUTF8 = true
	s.AllowInsecureAuth = true // or it would ask for TLS first, and then refuse
	// Never none: before every command the library sets a deadline, and there a caller's end is noticed.
	s.ReadTimeout, s.WriteTimeout = d.options.Timeouts.Command, d.options.Timeouts.Write
	s.ErrorLog = d.log
	return s
}

func (d *Door) serve() {
	defer close(d.served)
	if err := d.smtp.Serve(&entrance{Listener: d.inner, door: d}); err != nil && !d.crowd.isClosing() {
		d.options.Log.Error("the mail door takes no more connections", "error", err)
	}
}

// Addr is where the door listens.
func (d *Door) Addr() net.Addr { return d.inner.Addr() }

// Close takes no more connections, ends those that bring no mail at the moment, and waits for the mails under way. When
// ctx ends first they are given up: their senders were not told 250, and come again. Whoever closes a door that is being
// closed waits with the first, and may give the mails up too.
func (d *Door) Close(ctx context.Context) error {
	d.once.Do(func() {
		d.crowd.close()
		go d.empty()
	})
	select {
	case <-d.emptied:
		return d.closed
	case <-ctx.Done():
	}
	d.giveUp()
	d.crowd.drop()
	return fmt.Errorf("close the door: %w", ctx.Err())
}

// empty ends when nobody is in the door any more: those who bring mail leave in time, or are dropped.
func (d *Door) empty() {
	defer close(d.emptied)
	defer d.giveUp()
	err := d.smtp.Shutdown(context.Background())
	_ = d.inner.Close() // closed already, unless the library had not begun to listen
	<-d.served
	if err != nil {
		d.closed = fmt.Errorf("close the door: %w", err)
	}
}

// isOurs tells whether the domain of an address is the door's.
func (d *Door) isOurs(domain string) bool {
	return strings.EqualFold(asciiDomain(domain), d.options.Domain)
}
