package mail

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"rejoin/locales"
)

const (
	// MaxText is the longest message of an agent that becomes an email, in characters.
	MaxText = 20_000
	// MaxHTML is where Gmail begins to hide the rest of an email, in bytes.
	MaxHTML = 102_000

	maxFooter    = 600
	maxHoursRows = 14
)

// Brand is what an organization's emails look like.
type Brand struct {
	Name    string
	Accent  string // #rrggbb; empty for the default
	LogoURL string // http(s); an SVG is left out, since Gmail shows none
	Footer  string // plain text, may have several lines
	Site    string // http(s) address of the brand's website
}

// Letter is what every email has that brings a customer back into the conversation.
type Letter struct {
	Language     string // of the customer; a language that is not shipped gets English
	Brand        Brand
	CustomerName string
	Link         string // the rejoin link
	PageLink     string // the same conversation on a plain page; may be empty
	ReachLink    string // where the customer stops emails or says how to be reached; may be empty
	Answerable   bool   // an answer by email comes into the conversation
	HoursLine    string // one finished sentence about when someone answers; may be empty
	HoursTable   []string
	Zone         *time.Location // the customer's
}

// Content is a composed email without its addresses.
type Content struct{ Subject, HTML, Text string }

// SenderName is the name that the From of such an email carries: "Maya (Nimbus)".
func SenderName(agent, brand string) string {
	agent, brand = cutRunes(cleanLine(agent), 60), cutRunes(cleanLine(brand), 60)
	switch {
	case agent == "" || agent == brand:
		return brand
	case brand == "":
		return agent
	}
	return agent + " (" + brand + ")"
}

// frame is the page around the letter; subject and why are finished texts.
func (t Letter) frame(locale *locales.Locale, colors palette, subject, why string) frame {
	return frame{
		Lang: locale.Tag(), Dir: locale.Dir(), Subject: subject, Brand: t.Brand, palette: colors, Why: why,
		Reach: t.ReachLink, ReachLabel: locale.T("mail.reach"),
	}
}

// cleaned is the letter with every text made safe to write.
func (t Letter) cleaned() Letter {
	t.Brand.Name = cutRunes(cleanLine(t.Brand.Name), 60)
	t.Brand.Accent = strings.TrimSpace(t.Brand.Accent)
	t.Brand.Footer = cutRunes(cleanText(t.Brand.Footer), maxFooter)
	if strings.HasSuffix(strings.ToLower(logoPath(t.Brand.LogoURL)), ".svg") {
		t.Brand.LogoURL = ""
	}
	t.CustomerName = PersonName(t.CustomerName)
	t.HoursLine = cutRunes(cleanLine(t.HoursLine), 300)
	rows := t.HoursTable[:min(len(t.HoursTable), maxHoursRows)]
	t.HoursTable = nil
	for _, row := range rows {
		t.HoursTable = append(t.HoursTable, cutRunes(cleanLine(row), 120))
	}
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	return t
}

// signed is an agent's name as it stands in the email: the brand's where there is none.
func (t Letter) signed(agent string) string {
	if agent = cutRunes(cleanLine(agent), 60); agent != "" {
		return agent
	}
	return t.Brand.Name
}

func (t Letter) check() error {
	switch {
	case t.Brand.Name == "":
		return &Invalid{"brand", "empty"}
	case t.Link == "":
		return &Invalid{"link", "empty"}
	case !isWebAddress(t.Link):
		return &Invalid{"link", "not_http"}
	}
	for _, optional := range []struct{ field, address string }{
		{"page_link", t.PageLink}, {"reach_link", t.ReachLink}, {"logo", t.Brand.LogoURL}, {"site", t.Brand.Site},
	} {
		if optional.address != "" && !isWebAddress(optional.address) {
			return &Invalid{optional.field, "not_http"}
		}
	}
	return nil
}

func logoPath(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return path.Base(parsed.Path)
}

// advert finds what no name contains: an address of a site or of a mailbox.
var advert = regexp.MustCompile(`(?i)[@/\\]|\.[a-z]{2,}|www\.|\d{5,}`)

// PersonName is the customer's name where it can be one, else empty. A customer types it, and may give someone else's
// address: the brand must not carry a stranger's advertisement.
func PersonName(name string) string {
	name = cleanLine(name)
	if utf8.RuneCountInString(name) > 40 || advert.MatchString(name) {
		return ""
	}
	return name
}

// initials are what stands in the circle beside a person's name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	letters := string(first)
	if len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		letters += string(last)
	}
	return strings.ToUpper(letters)
}
