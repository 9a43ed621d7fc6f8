package doctor

import (
	"net/netip"
	"strings"
)

const (
	maxSPFLookups = 10 // RFC 7208, 4.6.4
	endOfWalk     = 20 // where counting on tells nothing new
)

// spfWalk is what a record says with everything that it includes.
type spfWalk struct {
	lookups int
	names   map[string]bool // the domains that are included
	isOpen  bool            // it permits everyone
	broken  string          // the first term that cannot be read
	record  string          // where it began
	within  string          // the term there that led to the broken one
	err     error           // DNS did not answer
}

func (e *examination) walkSPF(domain, record string) *spfWalk {
	w := &spfWalk{names: map[string]bool{domain: true}, record: record}
	e.readSPF(w, record, true)
	return w
}

// readSPF counts every term that costs a lookup, as if none before it had matched.
func (e *examination) readSPF(w *spfWalk, record string, isTop bool) {
	for _, term := range strings.Fields(record)[1:] {
		if w.err != nil || w.broken != "" || w.lookups > endOfWalk {
			return
		}
		if record == w.record {
			w.within = term
		}
		name, value, isModifier := strings.Cut(strings.ToLower(term), "=")
		if isModifier && !strings.ContainsAny(name, ":/") {
			if name == "redirect" {
				w.lookups++
				e.followSPF(w, term, value, isTop)
			}
			continue
		}
		bare := strings.TrimLeft(strings.ToLower(term), "+-~?")
		mechanism, value, hasValue := strings.Cut(bare, ":")
		mechanism, _, _ = strings.Cut(mechanism, "/")
		switch {
		case bare == "all":
			w.isOpen = w.isOpen || isTop && strings.IndexByte("-~?", term[0]) < 0
		case (mechanism == "ip4" || mechanism == "ip6") && isNetwork(mechanism, value):
		case mechanism == "include" && value != "":
			w.lookups++
			e.followSPF(w, term, value, false)
		case mechanism == "a" || mechanism == "mx" || mechanism == "ptr" || mechanism == "exists" && hasValue:
			w.lookups++
		default:
			w.broken = term
		}
	}
}

// followSPF reads the record that another names.
func (e *examination) followSPF(w *spfWalk, term, domain string, isTop bool) {
	domain = strings.TrimSuffix(domain, ".")
	if strings.Contains(domain, "%{") || w.names[domain] {
		return // it depends on the email, or is known
	}
	w.names[domain] = true
	texts, err := e.txt(domain)
	if err != nil {
		w.err = err
		return
	}
	for _, text := range texts {
		if isSPF(text) {
			e.readSPF(w, text, isTop)
			return
		}
	}
	w.broken = term // RFC 7208, 5.2: what is included has to have a record
}

func isNetwork(mechanism, value string) bool {
	address, _, isRange := strings.Cut(value, "/")
	ip, err := netip.ParseAddr(address)
	if isRange {
		var prefix netip.Prefix
		prefix, err = netip.ParsePrefix(value)
		ip = prefix.Addr()
	}
	return err == nil && ip.Is4() == (mechanism == "ip4")
}
