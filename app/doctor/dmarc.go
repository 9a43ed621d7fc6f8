package doctor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"rejoin/app/chat"
)

// leg is whether one of the two that DMARC can stand on carries: SPF or DKIM.
type leg int

const (
	legUnknown leg = iota // it cannot be judged from here
	legCarries
	legBreaks
)

// dmarc tells whether receivers find a policy, and whether our emails satisfy it, by RFC 7489.
func (e *examination) dmarc() chat.Finding {
	if e.isDemo() {
		return none("dmarc", "demo")
	}
	name, records, err := e.findDMARC()
	if err != nil {
		return warn("dmarc", "dns", "Name", name, "Reason", err.Error())
	}
	create := []string{"Domain", e.domain, "Name", name, "Type", "TXT", "Value", "v=DMARC1; p=none"}
	switch len(records) {
	case 0:
		return bad("dmarc", "missing", create...)
	case 1:
	default: // RFC 7489, 6.6.3: then none counts
		return bad("dmarc", "broken", append(create, "Reason", strconv.Itoa(len(records))+" records")...)
	}
	record, err := dmarc.Parse(records[0])
	if err != nil {
		return bad("dmarc", "broken", append(create, "Reason", strings.TrimPrefix(err.Error(), "dmarc: "))...)
	}
	return e.judgeAlignment(name, records[0], record)
}

// findDMARC asks From's domain, and then the one that its owner has registered.
func (e *examination) findDMARC() (name string, records []string, err error) {
	for _, domain := range []string{e.domain, registered(e.domain)} {
		name = "_dmarc." + domain
		records, err = e.txt(name)
		records = slices.DeleteFunc(slices.Clone(records), func(text string) bool { return !strings.HasPrefix(strings.TrimSpace(text), "v=DMARC1") })
		if err != nil || len(records) > 0 || domain == registered(e.domain) {
			return name, records, err
		}
	}
	return name, records, err
}

func (e *examination) judgeAlignment(name, text string, record *dmarc.Record) chat.Finding {
	policy := record.Policy
	if name != "_dmarc."+e.domain && record.SubdomainPolicy != "" {
		policy = record.SubdomainPolicy
	}
	isAligned := e.envelopeDomain() == e.domain ||
		record.SPFAlignment != dmarc.AlignmentStrict && registered(e.envelopeDomain()) == registered(e.domain)
	bySPF, byDKIM := legOf(e.spf()), legOf(e.dkim()) // a key is always at From's own domain
	values := []string{"Domain", e.domain, "Policy", string(policy)}
	switch {
	case !isAligned && byDKIM != legBreaks:
		return warn("dmarc", "strict", append(values, "Envelope", e.envelopeDomain(), "Name", name, "Type", "TXT", "Value", relaxed(text))...)
	case (bySPF == legBreaks || !isAligned) && byDKIM == legBreaks:
		return bad("dmarc", "unaligned", values...)
	case policy == dmarc.PolicyNone:
		return good("dmarc", "watch", values...)
	}
	return good("dmarc", "ok", values...)
}

// legOf reads what SPF or DKIM has come to.
func legOf(f chat.Finding) leg {
	switch {
	case f.State == chat.FindingBad:
		return legBreaks
	case f.State == chat.FindingOK && f.Outcome == "ok":
		return legCarries
	}
	return legUnknown
}

// relaxed is a policy that lets the address of bounces be below From's domain.
func relaxed(record string) string {
	tags := slices.DeleteFunc(strings.Split(record, ";"), func(tag string) bool {
		name, _, _ := strings.Cut(tag, "=")
		return strings.TrimSpace(name) == "aspf" || strings.TrimSpace(tag) == ""
	})
	for i := range tags {
		tags[i] = strings.TrimSpace(tags[i])
	}
	return strings.Join(tags, "; ")
}

// registered is the domain that its owner has registered: shop.co.uk of mail.shop.co.uk.
func registered(domain string) string {
	if found, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return found
	}
	return domain
}
