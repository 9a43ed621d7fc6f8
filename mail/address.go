package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	maxAddress = 254 // RFC 5321, 4.5.3.1.3
	maxLocal   = 64  // RFC 5321, 4.5.3.1.1
	maxName    = 120 // runes of a display name that we write
)

// Address is a mailbox with the name that people see.
type Address struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// IsZero tells whether there is no address at all.
func (a Address) IsZero() bool { return a.Name == "" && a.Email == "" }

// Check says what makes the address unusable; the name is never refused, it is cleaned when written.
func (a Address) Check(field string) error {
	if a.Email == "" {
		return &Invalid{field, "empty"}
	}
	if len(a.Email) > maxAddress {
		return &Invalid{field, "too_long"}
	}
	if _, ok := asciiAddress(a.Email); !ok {
		return &Invalid{field, "malformed"}
	}
	return nil
}

// String is the address as it stands in a header: RFC 2047 words, without any control character.
func (a Address) String() string {
	email, _ := asciiAddress(a.Email)
	return (&netmail.Address{Name: a.displayName(), Address: email}).String()
}

// readable is the address with its name in plain UTF-8, as JSON interfaces want it.
func (a Address) readable() string {
	email, _ := asciiAddress(a.Email)
	name := a.displayName()
	if name == "" {
		return email
	}
	if strings.ContainsAny(name, `()<>[]:;@\,."`) {
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + email + ">"
}

func (a Address) displayName() string { return cutRunes(cleanLine(a.Name), maxName) }

// asciiAddress gives the address with its domain in Punycode, and false for anything that is no plain local@domain.
func asciiAddress(email string) (string, bool) {
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at > maxLocal {
		return "", false
	}
	local, domain := email[:at], email[at+1:]
	if !isDotAtom(local) {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || domain == "" || len(local)+1+len(domain) > maxAddress {
		return "", false
	}
	parsed, err := netmail.ParseAddress(local + "@" + domain)
	if err != nil || parsed.Address != local+"@"+domain {
		return "", false
	}
	return parsed.Address, true
}

func isDotAtom(local string) bool {
	for i := 0; i < len(local); i++ {
		c := local[i]
		isAtom := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
		if !isAtom {
			return false
		}
	}
	return !strings.Contains(local, "..") && local[0] != '.' && local[len(local)-1] != '.'
}

// cleanLine makes one safe line: no control characters, no direction overrides, single spaces, nothing that a
// mail program would decode as an encoded word.
func cleanLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case isDirectionControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "=?", "= ?")), " ")
}

// cleanText makes safe text of several lines: LF line ends, no control characters but tab, no direction overrides
// (isolates stay: people who write from right to left need them).
func cleanText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		isOverride := r == '\u202D' || r == '\u202E'
		if isOverride || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// isDirectionControl finds the characters that make a name read otherwise than it is written.
func isDirectionControl(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// isolate keeps a name of the other direction from turning the sentence around it.
func isolate(name string) string {
	if strings.ContainsFunc(name, isRightToLeft) {
		return "\u2068" + name + "\u2069"
	}
	return name
}

func isRightToLeft(r rune) bool {
	return r >= '\u0590' && r <= '\u08FF' || r >= '\uFB1D' && r <= '\uFEFC' || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF
}

func cutRunes(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}
