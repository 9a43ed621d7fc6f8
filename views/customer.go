package views

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/locales"
	"rejoin/views/ui"
)

// CustomerEditArgs is the customer as typed into the form, with what was refused.
type CustomerEditArgs struct {
	Name, Address, Phone, Notes string
	Fields                      []CustomerField
	Errors                      map[string]string // by field; "" for none in particular
}

// CustomerField is one custom field.
type CustomerField struct{ Name, Value string }

// EditOf fills the form with what is known.
func EditOf(c *chat.Customer, points []chat.ContactPoint) CustomerEditArgs {
	edit := CustomerEditArgs{Name: c.Name, Phone: c.Phone, Notes: c.Notes, Fields: FieldsOf(c.Fields)}
	if len(points) > 0 {
		edit.Address = points[0].Address
	}
	return edit
}

// FieldsOf puts custom fields in the order of their names.
func FieldsOf(fields map[string]string) []CustomerField {
	made := make([]CustomerField, 0, len(fields))
	for name, value := range fields {
		made = append(made, CustomerField{Name: name, Value: value})
	}
	slices.SortFunc(made, func(a, b CustomerField) int { return cmp.Compare(a.Name, b.Name) })
	return made
}

// starts tells whether one begins to write in a field: in the first that was refused, else in the name.
func (a CustomerEditArgs) starts(field string) bool {
	for _, first := range [...]string{"name", "address", "phone", "notes"} {
		if a.Errors[first] != "" {
			return field == first
		}
	}
	return field == "name"
}

// fieldRows are the fields and room for new ones.
func (a CustomerEditArgs) fieldRows() []CustomerField {
	rows := slices.Clone(a.Fields)
	for len(rows) < chat.MaxFields && (len(rows) < len(a.Fields)+2) {
		rows = append(rows, CustomerField{})
	}
	return rows
}

func numbered(label string, i int) string { return label + " " + strconv.Itoa(i+1) }

// pointState is the state of a contact point, and the kind of its badge.
func pointState(p *chat.ContactPoint) (state, kind string) {
	switch {
	case p.BouncedAt != nil:
		return "bounced", "bad"
	case p.ComplainedAt != nil:
		return "complained", "bad"
	case p.StoppedAt != nil:
		return "stopped", "warn"
	case p.VerifiedAt != nil:
		return "verified", "good"
	}
	return "typed", ""
}

func pointKind(p *chat.ContactPoint) string {
	_, kind := pointState(p)
	return kind
}

func (a ThreadArgs) pointWords(p *chat.ContactPoint) string {
	state, _ := pointState(p)
	return a.Locale.T("customer.point." + state)
}

func (a ThreadArgs) pointHint(p *chat.ContactPoint) string {
	state, _ := pointState(p)
	return a.Locale.T("customer.point.hint." + state)
}

// presence says since when and why the customer is away, or that they are here.
func (a ThreadArgs) presence() string {
	if a.Thread.Reach == followup.Active {
		return a.Locale.T("reach.reason.here")
	}
	return a.Locale.T("reach.cause." + string(a.cause()))
}

// assignees are the agents that may take a conversation, with who is online.
func (a ThreadArgs) assignees() []ui.Option {
	options := []ui.Option{{Value: "", Label: a.Locale.T("customer.nobody")}}
	for i := range a.Agents {
		agent := &a.Agents[i]
		if agent.DeactivatedAt != nil && agent.Key != a.assignee() {
			continue
		}
		name, online := agent.Name, agent.Online()
		if agent.ID == a.Agent.ID {
			// Who reads this page holds its stream, although it may not be written down yet.
			name, online = a.Locale.T("customer.me", "Name", agent.Name), agent.AwayAt == nil
		}
		state := "away"
		if online {
			state = "online"
		}
		options = append(options, ui.Option{Value: agent.Key, Label: a.Locale.T("customer.agent."+state, "Name", name)})
	}
	return options
}

func (a ThreadArgs) assignee() string {
	if a.Thread.Assignee == nil {
		return ""
	}
	return a.Thread.Assignee.Key
}

// languages are what an agent may choose for a customer, by the names that the agent reads: the shipped ones first.
func (a ThreadArgs) languages() []ui.Option {
	others := []string{
		"bg", "ca", "cs", "da", "el", "et", "fi", "he", "hi", "hr", "hu", "id", "lt", "lv", "nb", "pl", "ro", "ru", "sk", "sl", "sr",
		"sv", "th", "tr", "uk", "vi", "zh",
	}
	if now := a.Thread.Customer.Language; now != "" && !slices.Contains(locales.Shipped(), now) && !slices.Contains(others, now) {
		others = append(others, now)
	}
	var options []ui.Option
	for _, tags := range [][]string{locales.Shipped(), others} {
		slices.SortFunc(tags, func(x, y string) int {
			return cmp.Compare(strings.ToLower(LanguageName(a.Locale, x)), strings.ToLower(LanguageName(a.Locale, y)))
		})
		for _, tag := range tags {
			options = append(options, ui.Option{Value: tag, Label: LanguageName(a.Locale, tag)})
		}
	}
	return options
}

// LanguageName says a language in the reader's own.
func LanguageName(l *locales.Locale, tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	name := display.Languages(language.Make(l.Tag())).Name(parsed)
	if name == "" {
		return tag
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// localZone is the customer's zone, nil when it is not known.
func (a ThreadArgs) localZone() *time.Location {
	if a.Thread.Customer.Zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(a.Thread.Customer.Zone)
	if err != nil {
		return nil
	}
	return zone
}

func (a ThreadArgs) zoneName() string {
	_, city, found := strings.Cut(a.Thread.Customer.Zone, "/")
	if !found {
		return a.Thread.Customer.Zone
	}
	return strings.ReplaceAll(city, "_", " ")
}

// pageName is the title of a page, else its path.
func pageName(title, address string) string {
	if title != "" {
		return title
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return address
}

// BrowserWords shortens a User-Agent to browser and system; what is no User-Agent stays as it is.
func BrowserWords(l *locales.Locale, agent string) string {
	if !strings.HasPrefix(agent, "Mozilla/") {
		return agent
	}
	browser := firstOf(agent, [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"HeadlessChrome", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	})
	system := firstOf(agent, [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	switch {
	case browser == "" && system == "":
		return l.T("customer.browser.unknown")
	case system == "":
		return browser
	case browser == "":
		return system
	}
	return l.T("customer.browser.on", "Browser", browser, "System", system)
}

func firstOf(text string, names [][2]string) string {
	for _, name := range names {
		if strings.Contains(text, name[0]) {
			return name[1]
		}
	}
	return ""
}
