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

// Invitation is the email by which an agent asks a customer back into the conversation.
type Invitation struct {
	Language     string // of the customer; a language that is not shipped gets English
	Brand        Brand
	AgentName    string
	CustomerName string
	Text         string // the agent's message: plain text, blank lines between paragraphs
	Link         string // the rejoin link
	PageLink     string // the same conversation on a plain page; may be empty
	HoursLine    string // one finished sentence about when someone answers; may be empty
	HoursTable   []string
	WrittenAt    time.Time
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

// Compose writes the email. The same invitation gives the same bytes. The error is an *Invalid: an empty or too long
// text (over MaxText characters, or over MaxHTML bytes once written), an unusable link, a malformed accent.
func (i Invitation) Compose() (Content, error) {
	i = i.cleaned()
	if err := i.check(); err != nil {
		return Content{}, err
	}
	colors, err := newPalette(i.Brand.Accent)
	if err != nil {
		return Content{}, err
	}
	locale := locales.For(i.Language)
	page := frame{
		Lang: locale.Tag(), Dir: locale.Dir(),
		Subject: locale.T("mail.invitation.subject", "Brand", i.Brand.Name),
		Brand:   i.Brand, palette: colors,
		Why: locale.T("mail.invitation.why", "Brand", isolate(i.Brand.Name)),
	}
	page.Preheader = preheader(i.Text, i.HoursLine, page.Why, locale.T("mail.invitation.button"))
	html, err := inline(page, invitationBody(locale, i, colors))
	if err != nil {
		return Content{}, err
	}
	if len(html) > MaxHTML {
		return Content{}, &Invalid{"text", "too_long"}
	}
	return Content{Subject: page.Subject, HTML: html, Text: i.plain(locale, page)}, nil
}

// cleaned is the invitation with every text made safe to write.
func (i Invitation) cleaned() Invitation {
	i.Brand.Name = cutRunes(cleanLine(i.Brand.Name), 60)
	i.Brand.Accent = strings.TrimSpace(i.Brand.Accent)
	i.Brand.Footer = cutRunes(cleanText(i.Brand.Footer), maxFooter)
	if strings.HasSuffix(strings.ToLower(logoPath(i.Brand.LogoURL)), ".svg") {
		i.Brand.LogoURL = ""
	}
	i.AgentName = cutRunes(cleanLine(i.AgentName), 60)
	if i.AgentName == "" {
		i.AgentName = i.Brand.Name
	}
	i.CustomerName = personName(i.CustomerName)
	if utf8.RuneCountInString(i.Text) <= MaxText {
		i.Text = cleanText(i.Text)
	}
	i.HoursLine = cutRunes(cleanLine(i.HoursLine), 300)
	rows := i.HoursTable[:min(len(i.HoursTable), maxHoursRows)]
	i.HoursTable = nil
	for _, row := range rows {
		i.HoursTable = append(i.HoursTable, cutRunes(cleanLine(row), 120))
	}
	if i.Zone == nil {
		i.Zone = time.UTC
	}
	return i
}

func (i Invitation) check() error {
	switch {
	case utf8.RuneCountInString(i.Text) > MaxText:
		return &Invalid{"text", "too_long"}
	case i.Text == "":
		return &Invalid{"text", "empty"}
	case i.Brand.Name == "":
		return &Invalid{"brand", "empty"}
	case i.Link == "":
		return &Invalid{"link", "empty"}
	case !isWebAddress(i.Link):
		return &Invalid{"link", "not_http"}
	}
	for _, optional := range []struct{ field, address string }{
		{"page_link", i.PageLink}, {"logo", i.Brand.LogoURL}, {"site", i.Brand.Site},
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

// personName is the customer's name where it can be one. A customer types it, and may give someone else's address:
// the brand must not carry a stranger's advertisement.
func personName(name string) string {
	name = cleanLine(name)
	if utf8.RuneCountInString(name) > 40 || advert.MatchString(name) {
		return ""
	}
	return name
}

// initials are what stands in the circle beside the agent's name.
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
