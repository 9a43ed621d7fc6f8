package locales

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// text is one value of a language file, by plural form; a plain string is its form "other".
type text map[string]string

// UnmarshalJSON reads a string or an object of plural forms.
func (t *text) UnmarshalJSON(raw []byte) error {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		*t = text{"other": one}
		return nil
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return fmt.Errorf("neither a string nor plural forms: %w", err)
	}
	*t = forms
	return nil
}

func (t text) isPlain() bool {
	return len(t) == 1 && !strings.Contains(t["other"], "{{")
}

// message gives every form that the file leaves out the text of "other": a language may have
// forms (French "many") that almost never differ.
func (t text) message(key string) *i18n.Message {
	form := func(name string) string {
		if said, ok := t[name]; ok {
			return said
		}
		return t["other"]
	}
	return &i18n.Message{
		ID: key, Zero: form("zero"), One: form("one"), Two: form("two"),
		Few: form("few"), Many: form("many"), Other: form("other"),
	}
}
