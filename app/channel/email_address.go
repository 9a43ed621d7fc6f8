package channel

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"rejoin/app/chat"
)

// The bounds of an address, in bytes (RFC 5321, RFC 1035).
const (
	maxLocal   = 64
	maxAddress = 254
	maxLabel   = 63
)

// CheckAddress takes name@domain; Unicode domains become punycode, the domain lower case.
func (e *Email) CheckAddress(address string) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return "", chat.RefuseField("address", "channel.address.empty")
	}
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 {
		return "", chat.RefuseField("address", "channel.address.form")
	}
	local := address[:at]
	if why := whyNotLocal(local); why != "" {
		return "", chat.RefuseField("address", why)
	}
	domain, ok := asciiDomain(address[at+1:])
	if !ok {
		return "", chat.RefuseField("address", "channel.address.domain")
	}
	canonical := local + "@" + domain
	if len(canonical) > maxAddress {
		return "", chat.RefuseField("address", "channel.address.long")
	}
	if parsed, err := mail.ParseAddress(canonical); err != nil || parsed.Address != canonical {
		return "", chat.RefuseField("address", "channel.address.form")
	}
	return canonical, nil
}

// whyNotLocal is the locale key of what mail cannot carry in the part before the @, empty when it can. What only quotes
// would allow is refused too: RFC 5321 advises against such names, and few servers take them.
func whyNotLocal(local string) string {
	if strings.ContainsAny(local, "@ \t\r\n\x00") {
		return "channel.address.form"
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."
	for _, r := range local {
		if !strings.ContainsRune(letters, r) {
			return "channel.address.local"
		}
	}
	switch {
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return "channel.address.dots"
	case len(local) > maxLocal:
		return "channel.address.long"
	}
	return ""
}

// asciiDomain writes a domain as DNS knows it, and false for what can be no mail server's name.
func asciiDomain(domain string) (string, bool) {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	if err != nil || !strings.Contains(ascii, ".") {
		return "", false
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel {
			return "", false
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" { // an IP address
		return "", false
	}
	return strings.ToLower(ascii), true
}

// domains are those that most people's addresses end in, the more common first.
func domains() []string {
	return []string{
		"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com", "msn.com", "aol.com", "me.com",
		"hotmail.fr", "orange.fr", "yahoo.fr", "free.fr", "wanadoo.fr", "laposte.net", "sfr.fr", "outlook.fr", "live.fr",
		"gmx.de", "web.de", "gmx.net", "t-online.de", "bluewin.ch", "proton.me", "protonmail.com", "googlemail.com",
		"hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "comcast.net", "videotron.ca", "libero.it", "mail.com", "ymail.com", "gmx.com", "email.com",
	}
}

// HintAddress corrects a domain that is one slip away from a common one: gmial.com → gmail.com.
func (e *Email) HintAddress(address string) string {
	canonical, err := e.CheckAddress(address)
	if err != nil {
		return ""
	}
	at := strings.LastIndexByte(canonical, '@')
	domain := canonical[at+1:]
	if isThrowaway(domain) {
		return "" // it is what it looks like
	}
	best, slips := "", 3
	for _, common := range domains() {
		if domain == common {
			return ""
		}
		if d := distance(domain, common); d < slips && d <= slipsFor(common) {
			best, slips = common, d
		}
	}
	if best == "" {
		best = fixedEnding(domain)
	}
	if best == "" {
		return ""
	}
	return canonical[:at+1] + best
}

// slipsFor allows two slips in long names only: "me.com" is too near to too much.
func slipsFor(domain string) int {
	if len(domain) >= 9 {
		return 2
	}
	if len(domain) >= 7 {
		return 1
	}
	return 0
}

// fixedEnding mends an ending that does not exist: shop.con → shop.com.
func fixedEnding(domain string) string {
	dot := strings.LastIndexByte(domain, '.')
	if _, known := publicsuffix.PublicSuffix(domain); known {
		return ""
	}
	switch domain[dot+1:] {
	case "con", "cpm", "comm", "ocm", "xom", "vom", "cim":
		return domain[:dot] + ".com"
	case "fe", "ff", "frr":
		return domain[:dot] + ".fr"
	}
	return ""
}

// distance counts the slips between two words: a letter too many, missing, wrong, or two swapped.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
