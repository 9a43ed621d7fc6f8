package chat_test

import (
	"context"
	"strconv"
	"sync"

	"rejoin/app/channel"
	"rejoin/app/chat"
)

// registry is a provider of domains in memory.
type registry struct {
	mu      sync.Mutex
	made    map[string]*chat.ProviderDomain // by name
	asked   int
	away    bool  // nobody answers
	lost    bool  // what is made is made, and nobody hears of it
	refuses error // what Create says
}

func newRegistry() *registry { return &registry{made: map[string]*chat.ProviderDomain{}} }

func (r *registry) trouble() error {
	r.asked++
	if r.away {
		return &chat.SendFailure{Temporary: true, Code: "unreachable", Detail: "nobody answers"}
	}
	return nil
}

func (r *registry) Create(_ context.Context, name string) (chat.ProviderDomain, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.trouble(); err != nil {
		return chat.ProviderDomain{}, err
	}
	if r.refuses != nil {
		return chat.ProviderDomain{}, r.refuses
	}
	if r.made[name] != nil {
		return chat.ProviderDomain{}, &chat.SendFailure{Code: "exists", Detail: "registered already"}
	}
	made := &chat.ProviderDomain{ID: "id-" + name + "-" + strconv.Itoa(r.asked), Status: "not_started", Records: []chat.DNSRecord{
		{Purpose: "DKIM", Name: "resend._domainkey." + name, Type: "TXT", Value: "p=MIGf", Status: "not_started"},
	}}
	r.made[name] = made
	if r.lost {
		return chat.ProviderDomain{}, &chat.SendFailure{Temporary: true, Code: "unreachable", Detail: "the answer was lost"}
	}
	return *made, nil
}

func (r *registry) Find(_ context.Context, name string) (*chat.ProviderDomain, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.trouble(); err != nil {
		return nil, err
	}
	return r.made[name], nil
}

func (r *registry) Get(_ context.Context, id string) (chat.ProviderDomain, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.trouble(); err != nil {
		return chat.ProviderDomain{}, err
	}
	for _, one := range r.made {
		if one.ID == id {
			return *one, nil
		}
	}
	return chat.ProviderDomain{}, &chat.SendFailure{Code: "missing", Detail: "not found"}
}

func (r *registry) Verify(ctx context.Context, id string) error {
	_, err := r.Get(ctx, id)
	return err
}

func (r *registry) Delete(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.trouble(); err != nil {
		return err
	}
	for name, one := range r.made {
		if one.ID == id {
			delete(r.made, name)
		}
	}
	return nil
}

func (r *registry) turn(name, status string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made[name].Status = status
}

func (r *registry) be(away, lost bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away, r.lost = away, lost
}

func (r *registry) names() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.made {
		all = append(all, name)
	}
	return all
}

// tries is a Trial that remembers what it was given.
type tries struct {
	mu      sync.Mutex
	checked []chat.MailServer
	sent    []chat.TestEmail
	check   error
	send    error
}

func (t *tries) Check(_ context.Context, server chat.MailServer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.checked = append(t.checked, server)
	return t.check
}

func (t *tries) Send(_ context.Context, e chat.TestEmail) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = append(t.sent, e)
	return t.send
}

// sending is a house whose organizations may choose where emails come from.
type sending struct {
	*house
	provider *registry
	tries    *tries
}

func newSending(h *house) *sending {
	s := &sending{house: h, provider: newRegistry(), tries: &tries{}}
	s.desk = s.deskWith([]byte("a secret of the tests"))
	return s
}

// deskWith is an instance with a secret of its own.
func (s *sending) deskWith(secret []byte) *chat.Desk {
	o := s.options(s.store, "senders", channel.All(s.email()))
	o.Domains, o.Trial, o.Reserved, o.Secret = s.provider, s.tries, []string{"rejoin.example"}, secret
	return chat.NewDesk(o)
}

func (s *sending) email() *channel.Email { return channel.NewEmail(emailOver(nil)) }

// from is where the organization's emails come from, empty for the operator's address.
func (s *sending) from(o *chat.Organization) string {
	s.Helper()
	way, _, err := s.desk.WayOf(s.ctx, o.ID)
	s.must(err)
	if way == nil {
		return ""
	}
	return way.Address
}

func (s *sending) own() *chat.Sender {
	s.Helper()
	own, err := s.desk.OwnSender(s.ctx, s.admin)
	s.must(err)
	return own
}

func (s *sending) look() {
	s.Helper()
	_, err := s.desk.CheckSenders(s.ctx)
	s.must(err)
}

// logged lists the audit log, newest first: action and what it came to.
func (s *sending) logged() (lines []string) {
	s.Helper()
	entries, err := s.store.AuditEntries(s.ctx, s.org.ID, chat.Cursor{}, 50)
	s.must(err)
	for _, e := range entries {
		lines = append(lines, e.Action+" "+e.Subject+" "+e.Before+" → "+e.After)
	}
	return lines
}
