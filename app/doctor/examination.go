package doctor

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"rejoin/app/chat"
)

// examination is one patient, looked at once. What several lines need is asked once and shared.
type examination struct {
	Options
	patient Patient
	base    *url.URL
	domain  string // of From, in ASCII

	ctx    context.Context //nolint:containedctx // it lives as long as the examination, and its shared answers need it
	spf    func() chat.Finding
	dkim   func() chat.Finding
	answer func() answer
}

func newExamination(ctx context.Context, options Options, p Patient) *examination {
	e := &examination{Options: options, patient: p, ctx: ctx}
	base, err := url.Parse(strings.TrimRight(p.BaseURL, "/"))
	if err != nil {
		base = &url.URL{}
	}
	e.base = base
	_, domain, _ := strings.Cut(p.From.Email, "@")
	e.domain = asciiName(domain)
	e.patient.InboundDomain = asciiName(p.InboundDomain)
	e.patient.SMTPHost = asciiName(p.SMTPHost)
	e.spf = sync.OnceValue(e.examineSPF)
	e.dkim = sync.OnceValue(e.examineDKIM)
	e.answer = sync.OnceValue(e.fetch)
	return e
}

// checks are all lines but those of the trip.
func (e *examination) checks() []func() chat.Finding {
	return []func() chat.Finding{e.way, e.spf, e.dkim, e.dmarc, e.inbound, e.door, e.link, e.certificate, e.clock, e.webhook}
}

// isDemo tells whether no email leaves the machine.
func (e *examination) isDemo() bool { return e.patient.Way == Mailbox }

// wayName is what the way is called: a name of its own that needs no translation.
func (e *examination) wayName() string {
	switch e.patient.Way {
	case Resend:
		return "Resend"
	case SMTP, OwnSMTP:
		return e.patient.SMTPHost
	}
	return "demo"
}

// txt gives the TXT records of a name; none is no error.
func (e *examination) txt(name string) ([]string, error) {
	records, err := e.Resolver.LookupTXT(e.ctx, name)
	if isNotFound(err) {
		return nil, nil
	}
	return records, err
}

// addresses gives where a host is; a literal address is itself.
func (e *examination) addresses(host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	found, err := e.Resolver.LookupIPAddr(e.ctx, host)
	if err != nil {
		return nil, err
	}
	var all []netip.Addr
	for _, one := range found {
		if ip, ok := netip.AddrFromSlice(one.IP); ok {
			all = append(all, ip.Unmap())
		}
	}
	if len(all) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return all, nil
}

// asciiName is a host's name in lower case and Punycode, as far as it can be.
func asciiName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		return ascii
	}
	return name
}

// isInside tells whether an address is of no use to customers: this machine's or a private network's.
func isInside(ip netip.Addr) bool {
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || carrierNAT().Contains(ip)
}

// carrierNAT is the range of RFC 6598.
func carrierNAT() netip.Prefix { return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10) }

// isReserved tells whether a name can never be found by the world's DNS (RFC 6761, RFC 6762, RFC 9476 and .internal).
func isReserved(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch last {
	case "localhost", "local", "internal", "test", "invalid", "alt":
		return true
	}
	return false
}
