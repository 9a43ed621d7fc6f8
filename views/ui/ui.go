// Package ui owns the pieces that every page is built of: buttons, fields, dialogs, marks, times. It
// draws what it is given and refuses to know anything about chats, requests or sessions.
package ui

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"rejoin/locales"
)

// ButtonArgs describes a button, or a link that looks like one when Href is set.
type ButtonArgs struct {
	Kind     string // "primary", "secondary" (default), "quiet", "danger"
	Size     string // "" or "small"
	Type     string // "button" (default) or "submit"
	Icon     string // name of an Icon in front of the text
	Label    string // accessible name and tooltip, needed when there is no text
	Href     string
	ID       string
	Name     string
	Value    string
	Class    string // further classes
	Disabled bool
	Reason   string // why it is disabled, shown on hover and read aloud
	Attrs    templ.Attributes
}

// FieldArgs describes one input with its label, hint and error.
type FieldArgs struct {
	Locale       *locales.Locale
	ID           string // "field-" and the name by default
	Name         string
	Label        string
	Type         string // "text" by default
	Value        string
	Hint         string
	Error        string
	Placeholder  string
	Autocomplete string
	Inputmode    string
	Suffix       string // a unit shown behind the input
	MaxLength    int
	Required     bool
	Optional     bool // says so beside the label
	Autofocus    bool
	Disabled     bool
	HideLabel    bool // read aloud only
	Attrs        templ.Attributes
}

// AreaArgs describes a text of several lines.
type AreaArgs struct {
	FieldArgs
	Rows int // 4 by default
}

// Option is one value of a Select or Choice.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Lang     string // of the label, where it is not the page's
	Disabled bool
}

// SelectArgs describes a choice from a list; Value is the chosen one.
type SelectArgs struct {
	FieldArgs
	Options []Option
}

// SwitchArgs describes an on/off; the form sends Name=on, and nothing when off.
type SwitchArgs struct {
	ID       string
	Name     string
	Label    string
	Hint     string
	Error    string
	On       bool
	Disabled bool
	Attrs    templ.Attributes
}

// DialogArgs describes a native dialog; a button with data-opens="ID" opens it.
type DialogArgs struct {
	Locale *locales.Locale
	ID     string
	Title  string
	Class  string
	Wide   bool
	Open   bool // opened by script as soon as it is on the page
}

// Tab is one of several views of a page.
type Tab struct {
	Label   string
	Href    string
	Icon    string
	Count   string
	Current bool
	Attrs   templ.Attributes
}

// MenuArgs describes a button that opens a list of actions.
type MenuArgs struct {
	Label  string // accessible name, and the text when Icon is empty
	Icon   string
	Class  string
	Upward bool // opens above the button
}

func (a FieldArgs) id() string {
	if a.ID != "" {
		return a.ID
	}
	return "field-" + strings.NewReplacer(".", "-", "[", "-", "]", "").Replace(a.Name)
}

// described lists the elements that explain the field, for aria-describedby.
func (a FieldArgs) described() string {
	var ids []string
	if a.Hint != "" {
		ids = append(ids, a.id()+"-hint")
	}
	if a.Error != "" {
		ids = append(ids, a.id()+"-error")
	}
	return strings.Join(ids, " ")
}

func (a FieldArgs) kind() string { return or(a.Type, "text") }

func (a SwitchArgs) field() FieldArgs {
	return FieldArgs{ID: a.ID, Name: a.Name, Hint: a.Hint, Error: a.Error}
}

func (a ButtonArgs) classes() string {
	all := []string{"button", or(a.Kind, "secondary")}
	if a.Size != "" {
		all = append(all, a.Size)
	}
	if a.Class != "" {
		all = append(all, a.Class)
	}
	return strings.Join(all, " ")
}

// title explains a button that cannot be used, or one that shows nothing but its icon.
func (a ButtonArgs) title() string { return or(a.Reason, a.Label) }

// Initials returns one or two letters for a name or address, "?" when there is none.
func Initials(name string) string {
	name, _, _ = strings.Cut(name, "@")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

func first(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// Hue returns the class of a name's colour, always the same for the same name.
func Hue(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(strings.TrimSpace(name)))) // a hash never fails
	return "hue-" + strconv.Itoa(int(h.Sum32()%12))
}

func or(value, fallback string) string {
	if value != "" {
		return value
	}
	return fallback
}
