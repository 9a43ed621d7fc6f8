package doctor

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"rejoin/app/chat"
)

// inbound tells whether the world's mail for our domain comes to our door.
func (e *examination) inbound() chat.Finding {
	domain := e.patient.InboundDomain
	switch {
	case domain == "" || e.patient.InboundDoor == "":
		return none("inbound", "none")
	case e.isDemo() || isReserved(domain):
		return none("inbound", "demo", "Domain", domain)
	}
	servers, err := e.mailServers(domain)
	if err != nil {
		return warn("inbound", "dns", "Name", domain, "Reason", err.Error())
	}
	create := []string{"Domain", domain, "Name", domain, "Type", "MX", "Value", e.wantedMX()}
	switch {
	case len(servers) == 0:
		return bad("inbound", "missing", create...)
	case !e.isOurDoor(servers[0]):
		return bad("inbound", "elsewhere", append(create, "Hosts", strings.Join(servers[:min(len(servers), 4)], ", "))...)
	}
	return good("inbound", "ok", "Domain", domain, "Host", servers[0])
}

// mailServers are the hosts that take a domain's mail, the first choice first.
func (e *examination) mailServers(domain string) ([]string, error) {
	found, err := e.Resolver.LookupMX(e.ctx, domain)
	if err != nil && !isNotFound(err) && len(found) == 0 {
		return nil, err
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	var hosts []string
	for _, one := range found {
		if host := asciiName(one.Host); host != "" { // a dot alone says that the domain takes no mail: RFC 7505
			hosts = append(hosts, host)
		}
	}
	return hosts, nil
}

// wantedMX is the record's value that brings the mail to us.
func (e *examination) wantedMX() string {
	for _, record := range e.patient.Records {
		if strings.EqualFold(record.Type, "MX") && asciiName(record.Name) == e.patient.InboundDomain {
			return record.Value
		}
	}
	if e.patient.InboundDoor == ResendDoor {
		return "10 inbound-smtp.us-east-1.amazonaws.com"
	}
	return "10 " + e.base.Hostname()
}

// isOurDoor tells whether a mail server is this installation, or Resend's where the mail comes by it.
func (e *examination) isOurDoor(host string) bool {
	if e.patient.InboundDoor == ResendDoor {
		return strings.HasPrefix(host, "inbound-smtp.") && strings.HasSuffix(host, ".amazonaws.com") ||
			strings.HasSuffix(host, ".resend.com") || strings.HasSuffix(host, ".resend.app")
	}
	if host == e.base.Hostname() {
		return true
	}
	there, err := e.addresses(host)
	if err != nil {
		return false
	}
	here, _ := e.addresses(e.base.Hostname()) // without it, only the door's own address is left
	if own, err := netip.ParseAddrPort(e.patient.InboundAddr); err == nil && !isInside(own.Addr()) {
		here = append(here, own.Addr().Unmap())
	}
	return slices.ContainsFunc(there, func(ip netip.Addr) bool { return slices.Contains(here, ip) })
}
