package doctor

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"slices"
	"strings"

	"rejoin/app/chat"
)

// maxKnock is how much a mail server may say to us.
const maxKnock = 16 << 10

// door knocks at our own door for mail: where it listens, and where the world is sent to.
func (e *examination) door() chat.Finding {
	p := e.patient
	switch {
	case p.InboundDomain == "" || p.InboundDoor == "":
		return none("door", "none")
	case p.InboundDoor == ResendDoor:
		return none("door", "resend", "URL", p.BaseURL+"/hooks/resend")
	}
	address := reachable(p.InboundAddr)
	here, err := e.knock(address)
	switch {
	case err != nil:
		return bad("door", "shut", "Addr", p.InboundAddr, "Reason", err.Error())
	case !e.isOurGreeting(here.greeting, ""):
		return warn("door", "stranger", "Addr", address, "Greeting", here.greeting)
	case e.isDemo() || isReserved(p.InboundDomain):
		return good("door", "local", "Addr", address)
	}
	return e.fromOutside(here)
}

// fromOutside knocks where DNS sends the world's mail servers, as far as that can be done from here.
func (e *examination) fromOutside(here knocked) chat.Finding {
	servers, err := e.mailServers(e.patient.InboundDomain)
	if err != nil || len(servers) == 0 || !e.isOurDoor(servers[0]) {
		return doorLine(e.patient.InboundAddr, here) // what is wrong with DNS is said there
	}
	address := net.JoinHostPort(servers[0], "25")
	outside, err := e.knock(address)
	switch {
	case err != nil:
		return warn("door", "unreached", "Addr", address, "Reason", err.Error())
	case !e.isOurGreeting(outside.greeting, servers[0]):
		return warn("door", "stranger", "Addr", address, "Greeting", outside.greeting)
	}
	return doorLine(address, outside)
}

func doorLine(address string, k knocked) chat.Finding {
	if !k.hasTLS {
		return warn("door", "clear", "Addr", address)
	}
	return good("door", "ok", "Addr", address)
}

// isOurGreeting tells whether it is our door that has answered, and no other mail server of the same machine.
func (e *examination) isOurGreeting(greeting, host string) bool {
	if want := e.patient.InboundGreeting; want != "" {
		return greeting == want
	}
	name, _, _ := strings.Cut(greeting, " ")
	return name != "" && slices.Contains([]string{e.base.Hostname(), e.patient.InboundDomain, host}, asciiName(name))
}

// knocked is how a mail server has answered.
type knocked struct {
	greeting string // after its 220
	hasTLS   bool
}

// knock greets a mail server, asks what it can do, and leaves.
func (e *examination) knock(address string) (knocked, error) {
	raw, err := e.Dial(e.ctx, "tcp", address)
	if err != nil {
		return knocked{}, err
	}
	defer raw.Close()
	if until, ok := e.ctx.Deadline(); ok {
		if err := raw.SetDeadline(until); err != nil {
			return knocked{}, err
		}
	}
	conn := textproto.NewConn(struct {
		io.Reader
		io.Writer
		io.Closer
	}{io.LimitReader(raw, maxKnock), raw, raw})
	_, greeting, err := conn.ReadResponse(220)
	if err != nil {
		return knocked{}, fmt.Errorf("greeting: %w", err)
	}
	if err := conn.PrintfLine("EHLO %s", e.helloName()); err != nil {
		return knocked{}, err
	}
	_, offered, err := conn.ReadResponse(250)
	if err != nil {
		return knocked{}, fmt.Errorf("EHLO: %w", err)
	}
	_ = conn.PrintfLine("QUIT") // the connection is closed either way
	return knocked{greeting: greeting, hasTLS: slices.Contains(strings.Split(strings.ToUpper(offered), "\n"), "STARTTLS")}, nil
}

// helloName is how we greet: our own name, an address in brackets.
func (e *examination) helloName() string {
	host := e.base.Hostname()
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Is4():
		return "[" + host + "]"
	case err == nil:
		return "[IPv6:" + host + "]"
	case host == "":
		return "localhost"
	}
	return host
}

// reachable is where a listener can be reached from this machine.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
