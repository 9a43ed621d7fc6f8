package doctor

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"blitiri.com.ar/go/spf"

	"rejoin/app/chat"
)

// resendPermit is what Resend wants permitted, since it sends by Amazon SES.
const resendPermit = "include:amazonses.com"

// envelopeDomain is the domain that bounces go to, which SPF is about: with Resend one below From's.
func (e *examination) envelopeDomain() string {
	if e.patient.Way != Resend {
		return e.domain
	}
	for _, record := range e.patient.Records {
		if strings.EqualFold(record.Type, "TXT") && isSPF(record.Value) {
			return asciiName(record.Name)
		}
	}
	return "send." + e.domain
}

// permit is the mechanism of SPF that lets our way send.
func (e *examination) permit() string {
	host := e.patient.SMTPHost
	if e.patient.Way == Resend {
		return resendPermit
	}
	if ip, err := netip.ParseAddr(host); err == nil && !isInside(ip.Unmap()) {
		if ip.Unmap().Is4() {
			return "ip4:" + ip.Unmap().String()
		}
		return "ip6:" + ip.String()
	}
	if isReserved(host) || host == "" || strings.Trim(host, "0123456789.:abcdef[]") == "" {
		host = e.base.Hostname() // the mail server is this machine
	}
	return "a:" + host
}

// examineSPF tells whether the domain lets our way send, by RFC 7208.
func (e *examination) examineSPF() chat.Finding {
	if e.isDemo() {
		return none("spf", "demo")
	}
	domain := e.envelopeDomain()
	texts, err := e.txt(domain)
	if err != nil {
		return warn("spf", "dns", "Name", domain, "Reason", err.Error())
	}
	records := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !isSPF(text) })
	create := func(value string) []string {
		return []string{"Domain", domain, "Way", e.wayName(), "Name", domain, "Type", "TXT", "Value", value}
	}
	switch len(records) {
	case 0:
		return bad("spf", "missing", create("v=spf1 "+e.permit()+" ~all")...)
	case 1:
	default:
		return bad("spf", "several", append(create(permitting(e.permit(), records...)), "Count", strconv.Itoa(len(records)))...)
	}
	record := records[0]
	walk := e.walkSPF(domain, record)
	right := create(permitting(e.permit(), record))
	switch {
	case walk.err != nil:
		return warn("spf", "dns", "Name", domain, "Reason", walk.err.Error())
	case walk.broken != "":
		return bad("spf", "broken", append(create(permitting(e.permit(), without(record, walk.within))), "Reason", walk.broken)...)
	case walk.lookups > maxSPFLookups:
		return bad("spf", "lookups", "Domain", domain, "Record", record, "Count", strconv.Itoa(walk.lookups))
	case walk.isOpen:
		return warn("spf", "open", create(strings.NewReplacer("+all", "~all", " all", " ~all").Replace(permitting(e.permit(), record)))...)
	case e.patient.Way == Resend && !walk.names["amazonses.com"]:
		return bad("spf", "unlisted", right...)
	case e.patient.Way == Resend:
		return good("spf", "ok", "Domain", domain, "Way", e.wayName())
	}
	return e.judgeServer(domain, right)
}

// judgeServer asks SPF about every address that the mail server is known by. It may send from others.
func (e *examination) judgeServer(domain string, right []string) chat.Finding {
	at, err := e.addresses(e.patient.SMTPHost)
	at = slices.DeleteFunc(at, isInside)
	if err != nil || len(at) == 0 {
		return good("spf", "unseen", "Domain", domain, "Way", e.wayName())
	}
	for _, ip := range at[:min(len(at), 4)] {
		result, err := spf.CheckHostWithSender(net.IP(ip.AsSlice()), e.patient.SMTPHost, "postmaster@"+domain,
			spf.WithContext(e.ctx), spf.WithResolver(e.Resolver))
		switch result {
		case spf.Pass:
		case spf.TempError:
			return warn("spf", "dns", "Name", domain, "Reason", fmt.Sprint(err))
		default:
			return warn("spf", "host_unlisted", append(right, "IP", ip.String())...)
		}
	}
	return good("spf", "ok", "Domain", domain, "Way", e.wayName())
}

// permitting merges records into one that lets a mechanism in, before the last word on everyone else.
func permitting(permit string, records ...string) string {
	terms, last := []string{"v=spf1"}, ""
	add := func(term string) {
		if !slices.ContainsFunc(terms, func(has string) bool {
			return strings.EqualFold(strings.TrimPrefix(has, "+"), strings.TrimPrefix(term, "+"))
		}) {
			terms = append(terms, term)
		}
	}
	for _, record := range records {
		for _, term := range strings.Fields(record)[1:] {
			switch lower := strings.ToLower(term); {
			case strings.TrimLeft(lower, "+-~?") == "all", strings.HasPrefix(lower, "redirect=") && len(records) == 1:
				last = term
			case strings.HasPrefix(lower, "redirect="): // one record can have one only, so that it becomes an include
				add("include:" + term[len("redirect="):])
			default:
				add(term)
			}
		}
	}
	add(permit)
	if last == "" {
		last = "~all"
	}
	return strings.Join(append(terms, last), " ")
}

// without is a record without one of its terms.
func without(record, term string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(record), func(one string) bool { return one == term }), " ")
}

func isSPF(record string) bool {
	version, _, _ := strings.Cut(strings.TrimSpace(record), " ")
	return strings.EqualFold(version, "v=spf1")
}
