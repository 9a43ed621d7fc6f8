package inbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

const auditLooked = 50 // entries in which the one who saved first is looked for

// asClashes finds settings that somebody else has saved while the page was open.
func asClashes(err error) (chat.Errors, bool) {
	var many chat.Errors
	return many, errors.As(err, &many) && len(many) > 0 && many[0].Kind == chat.Conflict
}

// tellClashes shows both values of every setting that two people have changed, and keeps what was typed; to save again is
// to decide for it.
func (r *room) tellClashes(c echo.Context, section chat.Section, read *sectionRead, clashes chat.Errors) error {
	if err := r.reload(c); err != nil {
		return err
	}
	l, stored := web.Locale(c), callerOf(c).Organization.Settings
	who := r.whoChanged(c)
	errs := map[string]string{}
	var told []views.Clash
	for _, one := range clashes {
		s, tag := settingAt(one.Field)
		if one.Field == s.Key || s.Kind == chat.SettingLocalized {
			errs[one.Field] = l.T("settings.clash.field", "Agent", orSomeone(l, who[s.Key]))
		}
		told = append(told, views.Clash{
			Setting: clashName(l, s, tag), Who: orSomeone(l, who[s.Key]),
			Theirs: clashValue(l, s, tag, stored), Yours: clashValue(l, s, tag, read.values),
		})
	}
	read.form.Values.Del(showingField) // what is seen from now on is what is stored now
	f := r.typedForm(c, section, read, errs)
	f.Clashes = told
	return r.drawSection(c, http.StatusConflict, f)
}

// settingAt is the setting that a field belongs to, and the language of a localized one.
func settingAt(field string) (chat.Setting, string) {
	if s, known := chat.SettingOf(field); known {
		return s, ""
	}
	at := strings.LastIndexByte(field, '.')
	if at < 0 {
		return chat.Setting{Key: field}, ""
	}
	s, _ := chat.SettingOf(field[:at])
	return s, field[at+1:]
}

func clashName(l *locales.Locale, s chat.Setting, tag string) string {
	if tag == "" {
		return views.SettingLabel(l, s.Key)
	}
	return views.SettingLabel(l, s.Key) + " · " + locales.For(tag).Name()
}

func clashValue(l *locales.Locale, s chat.Setting, tag string, values chat.Values) string {
	if tag != "" {
		return orNothing(l, values.AllLocalized(s.Key)[tag])
	}
	raw, given := values[s.Key]
	if !given {
		raw, _ = json.Marshal(s.Default) //nolint:errcheck // every default of ours is JSON, which a test sees to
	}
	return settingValue(l, s, string(raw))
}

// whoChanged names, by setting, who saved it last.
func (r *room) whoChanged(c echo.Context) map[string]string {
	who := map[string]string{}
	entries, _, err := r.desk.AuditEntries(c.Request().Context(), callerOf(c), chat.Cursor{}, auditLooked)
	if err != nil {
		return who // the values say enough
	}
	for _, e := range entries {
		if _, named := who[e.Subject]; !named {
			who[e.Subject] = e.AgentName
		}
	}
	return who
}

func orSomeone(l *locales.Locale, name string) string {
	if name == "" {
		return l.T("settings.clash.someone")
	}
	return name
}
