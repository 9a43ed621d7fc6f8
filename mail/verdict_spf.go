package mail

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"
)

// spfFinding is what the domain of the envelope's sender says of the host that sends.
type spfFinding struct{ word, domain string }

// checkSPF judges by RFC 7208. The null sender stands for the postmaster of the host that greeted us (2.4).
func checkSPF(ctx context.Context, asked *lookups, remote netip.Addr, hello, from string) spfFinding {
	hello = asciiDomain(hello)
	local, domain := "postmaster", hello
	if at := strings.LastIndexByte(from, '@'); at >= 0 {
		local, domain = from[:at], asciiDomain(from[at+1:])
	}
	if !isHostName(domain) {
		return spfFinding{word: wordNone}
	}
	word, _ := spf.CheckHostWithSender(net.IP(remote.AsSlice()), hello, strings.ReplaceAll(local, "@", "")+"@"+domain,
		spf.WithContext(ctx), spf.WithResolver(asked)) // the error only says why
	return spfFinding{word: string(word), domain: domain}
}

// isHostName refuses address literals, bare names and what no DNS server should be asked.
func isHostName(domain string) bool {
	if len(domain) > 253 || !strings.Contains(domain, ".") || strings.ContainsAny(domain, "[]:/@ \t\"\\") {
		return false
	}
	_, err := netip.ParseAddr(domain)
	return err != nil
}
