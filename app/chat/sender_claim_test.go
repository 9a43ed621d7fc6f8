package chat_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"rejoin/app/channel"
	"rejoin/app/chat"
)

// slow is a provider at which something else happens before its answer to the first Create arrives.
type slow struct {
	*registry
	meanwhile func()
}

func (s *slow) Create(ctx context.Context, name string) (chat.ProviderDomain, error) {
	made, err := s.registry.Create(ctx, name)
	if meanwhile := s.meanwhile; meanwhile != nil {
		s.meanwhile = nil
		meanwhile()
	}
	return made, err
}

func TestADomainThatIsAskedForTwiceAtOnceIsMadeOnceAndStays(t *testing.T) {
	s := newSending(newHouse(t))
	provider := &slow{registry: s.provider}
	o := s.options(s.store, "slow", channel.All(s.email()))
	o.Domains, o.Trial = provider, s.tries
	desk := chat.NewDesk(o)
	provider.meanwhile = func() { s.must(desk.VerifyDomain(s.ctx, s.admin)) }
	s.must(desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	own := s.own()
	if own == nil || own.ProviderID == "" || !slices.Equal(s.provider.names(), []string{"nord.example"}) {
		t.Fatalf("it is %+v, the provider has %v", own, s.provider.names())
	}
	s.provider.turn("nord.example", chat.DomainVerified)
	s.clock.advance(time.Hour)
	s.look()
	if from := s.from(s.org); from != "hello@nord.example" {
		t.Errorf("emails come from %q", from)
	}
}

func TestAWayThatWorksStaysWhenTheNextOneIsRefused(t *testing.T) {
	for refusal, refuse := range map[string]func(*sending){
		"another organization's": func(s *sending) {
			_, rival := s.organization("Rival", "eve@rival.example")
			s.must(s.desk.ChooseDomain(s.ctx, rival, "eve@sud.example"))
		},
		"known from elsewhere": func(s *sending) {
			_, err := s.provider.Create(s.ctx, "sud.example")
			s.must(err)
		},
	} {
		t.Run(refusal, func(t *testing.T) {
			s := newSending(newHouse(t))
			s.must(s.desk.UseServer(s.ctx, s.admin, s.serverInput()))
			before := s.own()
			refuse(s)
			s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@sud.example"), chat.Conflict)
			if own := s.own(); own == nil || own.Host != before.Host || !slices.Equal(own.Password, before.Password) || s.from(s.org) != before.Address {
				t.Errorf("of %+v is left %+v", before, own)
			}
		})
	}
	t.Run("a domain", func(t *testing.T) {
		s := newSending(newHouse(t))
		_, rival := s.organization("Rival", "eve@rival.example")
		s.must(s.desk.ChooseDomain(s.ctx, rival, "eve@sud.example"))
		s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
		s.provider.turn("nord.example", chat.DomainVerified)
		s.clock.advance(time.Hour)
		s.look()
		s.refused(s.desk.ChooseDomain(s.ctx, s.admin, "hello@sud.example"), chat.Conflict, "chat.sender.taken")
		if from := s.from(s.org); from != "hello@nord.example" {
			t.Errorf("emails come from %q", from)
		}
	})
}

func TestAnOwnDomainIsNotUsedOnceTheProviderIsAnother(t *testing.T) {
	s := newSending(newHouse(t))
	s.must(s.desk.ChooseDomain(s.ctx, s.admin, "hello@nord.example"))
	s.provider.turn("nord.example", chat.DomainVerified)
	s.clock.advance(time.Hour)
	s.look()
	moved := s.options(s.store, "moved", channel.All(s.email())) // the operator sends by a mail server now
	way, server, err := chat.NewDesk(moved).WayOf(s.ctx, s.org.ID)
	if err != nil || way != nil || server != nil {
		t.Errorf("emails come from %+v, %v", way, err)
	}
	if from := s.from(s.org); from != "hello@nord.example" {
		t.Errorf("where the provider is the same they come from %q", from)
	}
}
