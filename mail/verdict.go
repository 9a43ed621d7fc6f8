package mail

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Verdict is what the sender's own domain says of a mail, in the words of RFC 8601: pass, fail, softfail, neutral,
// none, temperror, permerror. An empty word was not judged.
type Verdict struct {
	SPF, DKIM, DMARC string
	Policy           string // what the domain asks for where DMARC fails: none, quarantine, reject; empty without a record
	Domain           string // of the From header, in lower-case ASCII
	Aligned          bool   // SPF or DKIM passed for the From header's own organization
}

// Forged tells that the From header is not to be believed: its domain says so, or the mail has several authors.
func (v Verdict) Forged() bool { return v.DMARC == wordFail }

// Proven tells that the mail comes from the domain of its From header. A domain that publishes no DMARC record proves it
// by an SPF or DKIM pass of the same organization (the relaxed alignment of RFC 7489, 3.1).
func (v Verdict) Proven() bool {
	return v.DMARC == wordPass || v.DMARC == wordNone && v.Aligned
}

// Judged tells whether anybody asked the sender's domain.
func (v Verdict) Judged() bool { return v.SPF != "" || v.DKIM != "" || v.DMARC != "" }

const (
	wordPass      = "pass"
	wordFail      = "fail"
	wordNone      = "none"
	wordTempError = "temperror"
	wordPermError = "permerror"
)

// Resolver answers what the DNS knows; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, address string) ([]string, error)
}

// Judge asks a sender's domain by SPF, DKIM and DMARC whether a mail is its own. It may judge many mails at once.
type Judge struct {
	resolver Resolver
	timeout  time.Duration
}

// NewJudge makes a judge; a nil resolver is the system's, and no timeout is five seconds for all that one mail needs.
func NewJudge(resolver Resolver, timeout time.Duration) *Judge {
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	return &Judge{resolver: resolver, timeout: timeout}
}

// Judge judges a mail as it came over the wire. What comes from a private address was taken in by another server of
// the same house, which saw the sender and we do not: it is not judged, nor is anything by a nil Judge.
func (j *Judge) Judge(ctx context.Context, remote netip.Addr, hello, envelopeFrom string, raw []byte) Verdict {
	remote = remote.Unmap().WithZone("")
	if j == nil || !isOutside(remote) {
		return Verdict{}
	}
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	author := authorOf(raw)

	host := spfFinding{word: wordPermError}
	signatures := []dkimFinding{{word: wordPermError}}
	policy := dmarcFinding{word: wordPermError}
	var checks sync.WaitGroup
	checks.Go(func() { defer survive(); host = checkSPF(ctx, j.lookups(), remote, hello, envelopeFrom) })
	checks.Go(func() { defer survive(); signatures = checkDKIM(ctx, j.lookups(), raw) })
	checks.Go(func() { defer survive(); policy = findDMARC(ctx, j.lookups(), author.domain) })
	checks.Wait()
	return conclude(author, host, signatures, policy)
}

// lookups are each check's own: a stranger's SPF record must not use up what the From header's domain is asked with.
func (j *Judge) lookups() *lookups { return &lookups{resolver: j.resolver, left: maxLookups} }

// survive keeps what a stranger wrote from ending the process; the finding stays the one that it began with.
func survive() { _ = recover() }

// conclude draws the verdict out of what was found (RFC 7489, 6.6.2).
func conclude(author author, host spfFinding, signatures []dkimFinding, policy dmarcFinding) Verdict {
	v := Verdict{SPF: host.word, DKIM: dkimWord(signatures, author.domain), Policy: policy.policy, Domain: author.domain}
	pass, late := false, false
	weigh := func(word, domain string, strict bool) {
		if author.domain == "" || !sameOrganization(domain, author.domain) {
			return
		}
		v.Aligned = v.Aligned || word == wordPass
		if strict && domain != author.domain {
			return
		}
		pass = pass || word == wordPass
		late = late || word == wordTempError
	}
	weigh(host.word, host.domain, policy.strictSPF)
	for _, signature := range signatures {
		weigh(signature.word, signature.domain, policy.strictDKIM)
	}
	switch {
	case author.doubtful:
		v.DMARC, v.Aligned = wordFail, false
	case policy.word != wordPass: // no record, or none that could be read
		v.DMARC = policy.word
	case pass:
		v.DMARC = wordPass
	case late:
		v.DMARC = wordTempError
	default:
		v.DMARC = wordFail
	}
	return v
}

// isOutside tells whether an address is one of the internet's.
func isOutside(remote netip.Addr) bool {
	return remote.IsValid() && remote.IsGlobalUnicast() && !remote.IsPrivate() && !carrierRange().Contains(remote)
}

// carrierRange is the space that RFC 6598 shares among providers.
func carrierRange() netip.Prefix { return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10) }
