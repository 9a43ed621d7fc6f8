package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
)

// Showing is what a page of settings showed when it was opened: a digest of every setting, and for a localized one of
// every language that has a text. With it a save can tell what somebody else has changed since.
type Showing map[string]string

// Showing is a section as a page shows it now.
func (v Values) Showing(section Section) Showing {
	opened := Showing{}
	for _, s := range SettingsOf(section) {
		opened[s.Key] = digestOf([]byte(v.raw(s)))
		if s.Kind == SettingLocalized {
			for tag, text := range v.AllLocalized(s.Key) {
				opened[s.Key+"."+tag] = digestOf(textAsJSON(text))
			}
		}
	}
	return opened
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(canonical(raw))
	return hex.EncodeToString(sum[:6])
}

// textAsJSON is a text as it is digested; one that is not there is an empty one.
func textAsJSON(text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	return raw
}

// since puts what a page sends beside what is stored now: what only others have changed since stays theirs, and what
// both have changed is refused. A setting that the page did not open is taken as it comes.
func (o Showing) since(stored, changed Values) (Values, Errors) {
	kept, refused := Values{}, Errors{}
	for _, s := range Settings() {
		raw, sent := changed[s.Key]
		if !sent {
			continue
		}
		digest, known := o[s.Key]
		switch {
		case known && s.Kind == SettingLocalized:
			texts, errs := o.textsSince(s, stored.AllLocalized(s.Key), Values{s.Key: raw}.AllLocalized(s.Key))
			refused = append(refused, errs...)
			if merged, err := json.Marshal(texts); err == nil {
				raw = merged
			}
		case known:
			now := []byte(stored.raw(s))
			var clash bool
			if raw, clash = meanwhile(digest, now, raw); clash {
				refused = append(refused, refuseMeanwhile(s.Key))
			}
		}
		kept[s.Key] = raw
	}
	if len(refused) > 0 {
		return nil, refused
	}
	return kept, nil
}

func (o Showing) textsSince(s Setting, stored, sent map[string]string) (map[string]string, Errors) {
	var refused Errors
	texts := map[string]string{}
	all := maps.Clone(stored)
	maps.Copy(all, sent)
	for tag := range all {
		digest, had := o[s.Key+"."+tag]
		if !had {
			digest = digestOf(textAsJSON(""))
		}
		raw, clash := meanwhile(digest, textAsJSON(stored[tag]), textAsJSON(sent[tag]))
		if clash {
			refused = append(refused, refuseMeanwhile(s.Key+"."+tag))
		}
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			texts[tag] = text
		}
	}
	return texts, refused
}

// meanwhile decides between what is stored now and what a page sends; clash tells that both are new and not the same.
func meanwhile(opened string, stored, sent []byte) (value []byte, clash bool) {
	now, wish := digestOf(stored), digestOf(sent)
	switch {
	case now == opened || now == wish:
		return sent, false
	case wish == opened:
		return stored, false
	}
	return sent, true
}

func refuseMeanwhile(field string) *Error {
	return &Error{Kind: Conflict, Key: "chat.setting.meanwhile", Field: field}
}

// Holds tells whether all of the other values are the ones in force here.
func (v Values) Holds(others Values) bool {
	for key, raw := range others {
		if s, known := SettingOf(key); !known || !sameJSON([]byte(v.raw(s)), raw) {
			return false
		}
	}
	return true
}
