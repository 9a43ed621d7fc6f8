package inbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// firstSettings leads admins to the first section, and agents to what is theirs.
func (r *room) firstSettings(c echo.Context) error {
	if callerOf(c).Agent.Admin() {
		return web.SeeOther(c, views.Settings(string(chat.SectionContinuous)))
	}
	return web.SeeOther(c, views.Settings(views.SubjectMe))
}

// settingsArgs describes the frame of a subject.
func (r *room) settingsArgs(c echo.Context, subject string) views.SettingsArgs {
	l := web.Locale(c)
	a := views.SettingsArgs{
		Shell:   r.shell(c, views.SettingsTitle(l, subject), "settings", "js/settings.js"),
		Subject: subject, Admin: callerOf(c).Agent.Admin(), Intro: l.T("settings.intro." + subject),
	}
	for _, flash := range r.sessions.TakeFlash(c) {
		a.Said = append(a.Said, views.Said{Kind: noticeOf(flash.Tone), Text: flash.Say(l)})
	}
	return a
}

func noticeOf(tone string) string {
	if tone == "bad" {
		return "error"
	}
	return tone
}

// showSection draws a section as it is stored.
func (r *room) showSection(section chat.Section) echo.HandlerFunc {
	return func(c echo.Context) error {
		return r.drawSection(c, http.StatusOK, r.planning(c, r.storedForm(c, section)))
	}
}

// storedForm is a section's form as it is stored.
func (r *room) storedForm(c echo.Context, section chat.Section) views.SettingsForm {
	o := callerOf(c).Organization
	f := r.meant(c, section, o.Settings, typedOf(web.Locale(c), section, o.Settings))
	f.Hours = typedHours(o.Settings.Hours())
	return f
}

// meant is a section's form as it was typed, with what given values mean.
func (r *room) meant(c echo.Context, section chat.Section, values chat.Values, typed url.Values) views.SettingsForm {
	l, o := web.Locale(c), callerOf(c).Organization
	f := views.SettingsForm{
		Locale: l, Section: section, Typed: typed, Says: consequences(l, section, values), Warns: warnings(l, section, values),
		Language: languageOf(typed, o), Showing: showingOf(typed, section, o.Settings), On: values.On(chat.ContinuousOn),
		Snippet: views.Snippet(r.baseURL, o.Key), DemoURL: views.WidgetDemo(),
	}
	switch section {
	case chat.SectionContinuous:
		f.Belongs, f.Preset, f.Plans = belongings(l, values), views.MatchingPreset(values), views.PlansArgs{Locale: l}
	case chat.SectionHours:
		f.Words = views.WordsOf(l, values.Hours(), r.desk.Now())
	case chat.SectionAutomation:
		f.Bubbles = r.bubbles(o, values, f.Language)
	case chat.SectionEmail:
		f.Email = r.emailFacts(c, values, typed)
	}
	return f
}

// languageOf is the language whose texts are shown: the one chosen, else the organization's.
func languageOf(typed url.Values, o *chat.Organization) string {
	if chosen := typed.Get("language"); locales.IsShipped(chosen) {
		return locales.For(chosen).Tag()
	}
	return locales.For(o.Language).Tag()
}

// drawSection answers with the form alone where htmx asked for it.
func (r *room) drawSection(c echo.Context, status int, f views.SettingsForm) error {
	if web.IsHTMX(c) && c.Request().Method == http.MethodPost {
		return web.Render(c, status, views.SettingsSection(f))
	}
	args := r.settingsArgs(c, string(f.Section))
	args.Wide = true
	content := views.SettingsSection(f)
	if f.Section == chat.SectionEmail {
		sender, err := r.senderArgs(c, "")
		if err != nil {
			return err
		}
		content = templ.Join(views.SenderCard(sender), content)
	}
	return web.Render(c, status, within(views.SettingsPage(args), content))
}

// saveSection saves a section; a refused form comes back as it was typed.
func (r *room) saveSection(section chat.Section) echo.HandlerFunc {
	return func(c echo.Context) error {
		read := readSection(c, section, callerOf(c).Organization.Settings)
		err := read.err()
		if err == nil {
			err = r.desk.ChangeSettingsSince(c.Request().Context(), callerOf(c), read.values, read.showing())
		}
		if err != nil {
			return r.refuseSection(c, section, read, err)
		}
		return r.saved(c, views.Settings(string(section)), func(c echo.Context) error {
			if err := r.reload(c); err != nil {
				return err
			}
			f := r.storedForm(c, section)
			f = r.looking(c, f, read.form.Values)
			return web.RenderPartial(c, views.SettingsSection(f), toastSaved(web.Locale(c)))
		})
	}
}

// looking keeps what someone looks at: the language of the texts, and the kind of email.
func (r *room) looking(c echo.Context, f views.SettingsForm, typed url.Values) views.SettingsForm {
	looks := f.Typed
	for _, name := range []string{"language", "kind", "view"} {
		if typed.Has(name) {
			looks.Set(name, typed.Get(name))
		}
	}
	hours := f.Hours
	f = r.meant(c, f.Section, callerOf(c).Organization.Settings, looks)
	f.Hours = hours
	return r.planning(c, f)
}

func (r *room) refuseSection(c echo.Context, section chat.Section, read *sectionRead, err error) error {
	if clashes, is := asClashes(err); is {
		return r.tellClashes(c, section, read, clashes)
	}
	errs, form := web.FieldErrors(web.Locale(c), err)
	if !form {
		return err
	}
	return r.drawSection(c, http.StatusUnprocessableEntity, r.typedForm(c, section, read, errs))
}

// typedForm is a section's form as it was typed, with what is wrong with it.
func (r *room) typedForm(c echo.Context, section chat.Section, read *sectionRead, errs map[string]string) views.SettingsForm {
	f := r.meant(c, section, chat.MergeValid(callerOf(c).Organization.Settings, read.values), read.form.Values)
	f.Hours, f.Errors = read.hours, errs
	if section == chat.SectionHours && len(read.problems) > 0 {
		f.Words = views.HoursWords{}
	}
	if wrong := wrongLanguage(section, errs, f.Language); wrong != "" {
		f.Language = wrong
	}
	return f
}

// wrongLanguage is the first language with a text that needs another look, unless the one shown has one.
func wrongLanguage(section chat.Section, errs map[string]string, shown string) string {
	var first string
	for _, tag := range locales.Shipped() {
		for _, s := range chat.SettingsOf(section) {
			if s.Kind != chat.SettingLocalized || errs[s.Key+"."+tag] == "" {
				continue
			}
			if tag == shown {
				return shown
			}
			if first == "" {
				first = tag
			}
		}
	}
	return first
}

// meanSection says what a half-filled form would mean; nothing is saved.
func (r *room) meanSection(section chat.Section) echo.HandlerFunc {
	return func(c echo.Context) error {
		read := readSection(c, section, callerOf(c).Organization.Settings)
		if read.broken() {
			return read.err()
		}
		var errs map[string]string
		if err := read.checked(); err != nil {
			errs, _ = web.FieldErrors(web.Locale(c), err)
		}
		language := languageOf(read.form.Values, callerOf(c).Organization)
		f := r.typedForm(c, section, read, errs)
		f.Live, f.Language = true, language
		return web.RenderPartial(c, views.SettingsMeaning(f))
	}
}

// saved says so: in a toast where htmx asked, else on the page after a redirect.
func (r *room) saved(c echo.Context, page string, htmx func(echo.Context) error) error {
	if web.IsHTMX(c) && htmx != nil {
		return htmx(c)
	}
	if err := r.sessions.SetFlash(c, "good", "ui.saved"); err != nil {
		return err
	}
	return web.SeeOther(c, page)
}

// reload reads the organization again after it was changed.
func (r *room) reload(c echo.Context) error {
	caller := callerOf(c)
	o, err := r.desk.Store().Organization(c.Request().Context(), caller.Organization.ID)
	if err != nil {
		return err
	}
	caller.Organization = o
	return nil
}

// asKind finds a refusal of one kind.
func asKind(err error, kind chat.Kind) (*chat.Error, bool) {
	var one *chat.Error
	if errors.As(err, &one) && one.Kind == kind {
		return one, true
	}
	return nil, false
}

// within draws a page around its content.
func within(page, content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(templ.WithChildren(ctx, content), w)
	})
}

func toastSaved(l *locales.Locale) templ.Component {
	return views.ToastInto(l, "good", l.T("ui.saved"))
}
