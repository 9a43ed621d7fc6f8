package channel

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

// carrier is a sender that remembers what it was given, and whether it was closed.
type carrier struct {
	mu     sync.Mutex
	taken  []mail.Message
	closed bool
}

func (c *carrier) Send(_ context.Context, m mail.Message) (mail.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken = append(c.taken, m)
	return mail.Receipt{ProviderID: "p"}, nil
}

func (c *carrier) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

func (c *carrier) last(t *testing.T) mail.Message {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.taken) == 0 {
		t.Fatal("it was given nothing")
	}
	return c.taken[len(c.taken)-1]
}

// post is a channel over the operator's sender and those of organizations' own servers, by their host.
type post struct {
	*Email
	operator *carrier
	mu       sync.Mutex
	own      map[string]*carrier
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{operator: new(carrier), own: map[string]*carrier{}}
	p.Email = NewEmail(EmailOptions{
		Sender: p.operator, From: mail.Address{Email: "chat@rejoin.example"}, BaseURL: "https://rejoin.example", Inbound: "in.rejoin.example",
		Own: func(to chat.MailServer) (mail.Sender, error) {
			if to.Host == "" {
				return nil, errors.New("no host")
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			p.own[to.Host] = new(carrier)
			return p.own[to.Host], nil
		},
	})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func (p *post) server(host string) *carrier {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.own[host]
}

// answerable is a composition with an address of its conversation's own.
func answerable() chat.Composition {
	c := composition()
	c.ReplyToken = "7-" + strings.Repeat("a2", 20)
	return c
}

func TestAnswersComeBackToTheConversationsOwnAddressWhichIsKeptNowhere(t *testing.T) {
	p := newPost(t)
	c := answerable()
	c.Thread, c.Subject = []string{"<a@x.example>", "<b@x.example>"}, "A lamp"
	content, err := p.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content.Frozen, []byte(c.ReplyToken)) || bytes.Contains(content.Frozen, []byte(c.Token)) {
		t.Error("the frozen bytes hold a token in clear")
	}
	if content.Subject != "Re: A lamp" || content.Base != "A lamp" || content.MessageID == "" {
		t.Errorf("composed %q of %q, called %s", content.Subject, content.Base, content.MessageID)
	}
	out := sent(c, content)
	out.Round = 2
	if _, err := p.Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	m := p.operator.last(t)
	address := "reply+" + c.ReplyToken + "@in.rejoin.example"
	if m.ReplyTo.Email != address || m.Bounce != address || m.ReplyTo.Name != "Maya (Nimbus)" || m.Round != 2 || m.MessageID != content.MessageID {
		t.Errorf("answers go to %v, bounces to %s, round %d", m.ReplyTo, m.Bounce, m.Round)
	}
	if m.Headers["In-Reply-To"] != "<b@x.example>" || m.Headers["References"] != "<a@x.example> <b@x.example>" || m.Headers[mail.DeliveryHeader] != c.Key {
		t.Errorf("sent with %v", m.Headers)
	}
}

func TestWithoutAnAddressForAnswersThereIsNone(t *testing.T) {
	for name, c := range map[string]chat.Composition{"no token": composition(), "no domain": answerable()} {
		channel := newPost(t).Email
		if name == "no domain" {
			channel.inbound = ""
		}
		content, err := channel.Compose(c)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := mail.Decode(content.Frozen); err != nil || !m.ReplyTo.IsZero() || m.Bounce != "" {
			t.Errorf("%s: answers go to %v, %v", name, m.ReplyTo, err)
		}
	}
}

func TestAnOrganizationsOwnAddressGoesOutByItsOwnWay(t *testing.T) {
	server := &chat.MailServer{Host: "mail.nimbus.example", Port: 587, Security: "starttls", Username: "u", Password: "p"}
	const own, operator = "hello@nimbus.example", "chat@rejoin.example"
	for name, test := range map[string]struct {
		composed, now string // the address that it was composed from, and the one that may be used now
		server        *chat.MailServer
		from          string
		byServer      bool
		bounces       bool // to us
	}{
		"the operator's":                {"", "", nil, operator, false, true},
		"its own domain":                {own, own, nil, own, false, true},
		"its own server":                {own, own, server, own, true, false},
		"a domain that is given up":     {own, "", nil, operator, false, true},
		"a server that is given up":     {own, "", nil, operator, false, true},
		"a server that is new":          {"", own, server, operator, false, true},
		"a server for another address":  {own, "new@nimbus.example", server, operator, false, true},
		"a domain for a former address": {"old@nimbus.example", own, nil, operator, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t)
			c := answerable()
			c.From = test.composed
			content, err := p.Compose(c)
			if err != nil {
				t.Fatal(err)
			}
			out := sent(c, content)
			out.From, out.Server = test.now, test.server
			if _, err := p.Send(t.Context(), out); err != nil {
				t.Fatal(err)
			}
			by := p.operator
			if test.byServer {
				by = p.server(server.Host)
			}
			m := by.last(t)
			if m.From.Email != test.from || (m.Bounce != "") != test.bounces || !strings.HasSuffix(m.MessageID, "@rejoin.example>") {
				t.Errorf("sent from %s as %s, bounces to %q", m.From.Email, m.MessageID, m.Bounce)
			}
		})
	}
}

func TestAMailServerThatCannotBeUsedSaysSo(t *testing.T) {
	p := newPost(t)
	c := answerable()
	c.From = "hello@nimbus.example"
	content, err := p.Compose(c)
	if err != nil {
		t.Fatal(err)
	}
	out := sent(c, content)
	out.From, out.Server = c.From, &chat.MailServer{}
	var failure *chat.SendFailure
	if _, err := p.Send(t.Context(), out); !errors.As(err, &failure) || failure.Temporary || !failure.Refused {
		t.Errorf("got %v", err)
	}
	p.servers.open = nil
	if _, err := p.Send(t.Context(), out); !errors.As(err, &failure) || failure.Temporary {
		t.Errorf("where none are allowed: %v", err)
	}
}

func TestOnlySoManyMailServersAreKeptAndTheLeastUsedGoesFirst(t *testing.T) {
	p := newPost(t)
	take := func(host string) func() {
		t.Helper()
		_, release, err := p.servers.take(chat.MailServer{Host: host})
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	busy := take("busy")
	for i := range maxServers - 1 {
		take("s" + strconv.Itoa(i))()
	}
	take("s0")() // used again
	take("one more")()
	p.servers.closing.Wait()
	if p.server("busy").closed || p.server("s0").closed || !p.server("s1").closed || len(p.servers.kept) != maxServers {
		t.Errorf("of %d the wrong one was closed", len(p.servers.kept))
	}
	busy()
	busy() // giving back twice is giving back once
	if one := p.servers.kept[chat.MailServer{Host: "busy"}]; one.users != 0 {
		t.Errorf("%d use it", one.users)
	}
}

func TestWhenAllMailServersAreInUseTheNextOneWaits(t *testing.T) {
	p := newPost(t)
	for i := range maxServers {
		if _, _, err := p.servers.take(chat.MailServer{Host: "s" + strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	var failure *mail.Failure
	if _, _, err := p.servers.take(chat.MailServer{Host: "one more"}); !errors.As(err, &failure) || !failure.Temporary || failure.RetryAfter == 0 || !failure.Untaken {
		t.Errorf("got %v", err)
	}
}

func TestAMailServerThatNobodyUsesIsLetGo(t *testing.T) {
	p := newPost(t)
	to := chat.MailServer{Host: "mail.nimbus.example"}
	_, release, err := p.servers.take(to)
	if err != nil {
		t.Fatal(err)
	}
	one := p.servers.kept[to]
	p.servers.expire(to, one)
	if p.servers.kept[to] == nil {
		t.Error("it was closed while it was used")
	}
	release()
	p.servers.expire(to, one)
	p.servers.closing.Wait()
	if p.servers.kept[to] != nil || !p.server(to.Host).closed {
		t.Error("it was kept")
	}
}

func TestClosingLetsAllMailServersGo(t *testing.T) {
	p := newPost(t)
	_, release, err := p.servers.take(chat.MailServer{Host: "mail.nimbus.example"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil || !p.server("mail.nimbus.example").closed {
		t.Errorf("it was kept, %v", err)
	}
	release()
	if _, _, err := p.servers.take(chat.MailServer{Host: "mail.nimbus.example"}); err == nil {
		t.Error("a closed channel opens another")
	}
}

func TestADeadAddressIsToldFromARefusal(t *testing.T) {
	failure := failureOf(&mail.Failure{Status: 450, Temporary: true, RetryAfter: time.Minute, Enhanced: "4.2.2"})
	if failure.Dead || failure.Status != "4.2.2" || !failure.Temporary || failure.RetryAfter != time.Minute {
		t.Errorf("got %+v", failure)
	}
}
