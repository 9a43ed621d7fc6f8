package mail

import (
	"bytes"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// author is whom the From header names.
type author struct {
	domain   string
	doubtful bool // several From headers, or organizations: readers would not agree on who wrote
}

// authorOf finds the author exactly as ParseBytes does, so that nobody is judged whom no agent sees.
func authorOf(raw []byte) author {
	head, _ := readHeader(raw)
	in := &Inbound{}
	in.readEnvelope(head)
	a := author{domain: domainOf(in.From.Email)}
	named := addressesIn(head.get("from"))
	a.doubtful = countFrom(raw) > 1 || first(named).Email != in.From.Email
	for _, one := range named {
		if domain := domainOf(one.Email); domain != a.domain && !sameOrganization(domain, a.domain) {
			a.doubtful = true
		}
	}
	return a
}

// countFrom counts From headers as the most tolerant reader does: also behind a Unicode space, also beyond the limits.
func countFrom(raw []byte) (n int) {
	block, _ := cutHeader(bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), "\r\n"))
	for len(block) > 0 {
		line, rest, _ := bytes.Cut(block, []byte("\n"))
		block = rest
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue
		}
		if name, _, found := bytes.Cut(line, []byte(":")); found && strings.EqualFold(string(bytes.TrimSpace(name)), "from") {
			n++
		}
	}
	return n
}

// domainOf gives the domain of an address, as asciiDomain does.
func domainOf(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return asciiDomain(address[at+1:])
}

// asciiDomain gives a domain in lower-case ASCII without a final dot; what IDNA refuses stays as it is.
func asciiDomain(domain string) string {
	domain = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(domain), "."))
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

// sameOrganization compares two domains by what stands before their public suffix (RFC 7489, 3.2).
func sameOrganization(a, b string) bool {
	return a != "" && b != "" && organizationOf(a) == organizationOf(b)
}

func organizationOf(domain string) string {
	if organization, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return organization
	}
	return domain // a public suffix itself, or no domain at all
}
