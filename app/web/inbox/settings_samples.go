package inbox

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/followup"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/views"
)

// maskedSample is a made-up customer's address as they are shown it.
const maskedSample = "j…@example.org"

// sampleOf is a made-up email of a kind in a language.
func sampleOf(l *locales.Locale, kind string) chat.Sample {
	return chat.Sample{
		Kind: chat.DeliveryKind(kind), Language: l.Tag(), Customer: l.T("settings.email.sample.customer"),
		Text: l.T("settings.email.sample.text"), Question: l.T("settings.email.sample.question"),
		Answers: []string{l.T("settings.email.sample.answer"), l.T("settings.email.sample.answer_more")},
	}
}

// emailFacts are what the email says beside its body with given values.
func (r *room) emailFacts(c echo.Context, values chat.Values, typed url.Values) views.EmailFacts {
	caller := callerOf(c)
	sample := sampleOf(locales.For(languageOf(typed, caller.Organization)), views.EmailKind(typed.Get("kind")))
	content, err := r.desk.SampleEmail(c.Request().Context(), caller, values, sample)
	if err != nil {
		return views.EmailFacts{Refused: web.Locale(c).T("settings.email.sample.none")}
	}
	return views.EmailFacts{From: content.From, Subject: content.Subject, Text: content.Text}
}

// showEmailSample answers with the email itself as the half-filled form would make it, for a frame.
func (r *room) showEmailSample(c echo.Context) error {
	web.SetPolicy(c, web.Policy{Email: true, Frames: []string{"'self'"}})
	read := readSection(c, chat.SectionEmail, callerOf(c).Organization.Settings)
	if read.broken() {
		return read.err()
	}
	l := locales.For(languageOf(read.form.Values, callerOf(c).Organization))
	sample := sampleOf(l, views.EmailKind(read.form.Values.Get("kind")))
	content, err := r.desk.SampleEmail(c.Request().Context(), callerOf(c), read.values, sample)
	if err != nil {
		return err
	}
	return c.HTML(http.StatusOK, content.HTML)
}

// showAskSample answers with the widget's own card as the half-filled form would make it, for a frame.
func (r *room) showAskSample(c echo.Context) error {
	policy := web.PolicyOf(c)
	policy.Frames = []string{"'self'"}
	web.SetPolicy(c, policy)
	o := callerOf(c).Organization
	read := readSection(c, chat.SectionPrompt, o.Settings)
	if read.broken() {
		return read.err()
	}
	values := chat.MergeValid(o.Settings, read.values)
	l := locales.For(languageOf(read.form.Values, o))
	args := views.AskSampleArgs{
		Locale: l, Reader: web.Locale(c), Accent: o.Settings.Text(chat.WidgetAccent), Thanks: textIn(values, chat.PromptThanks, l),
	}
	online, offline := values.Text(chat.PromptOnline), values.Text(chat.PromptOffline)
	if online == offline || !values.On(chat.ContinuousOn) {
		args.States = []views.AskState{askState(web.Locale(c), values, l, "both", online)}
	} else {
		args.States = []views.AskState{askState(web.Locale(c), values, l, "online", online), askState(web.Locale(c), values, l, "offline", offline)}
	}
	return web.Render(c, http.StatusOK, views.AskSamplePage(args))
}

func askState(reader *locales.Locale, values chat.Values, l *locales.Locale, when, mode string) views.AskState {
	state := views.AskState{Title: reader.T("settings.prompt.sample." + when)}
	switch {
	case !values.On(chat.ContinuousOn):
		state.None = reader.T("settings.prompt.silent")
	case mode == chat.PromptOff:
		state.None = reader.T("settings.prompt.off")
	default:
		state.Ask = &views.WidgetAskArgs{Locale: l, Prompt: textIn(values, chat.PromptText, l), Required: mode == chat.PromptRequired}
	}
	return state
}

// textIn is what customers read in a language: the organization's text, else the language's own.
func textIn(values chat.Values, key string, l *locales.Locale) string {
	if text := values.Localized(key, l.Tag()); text != "" {
		return text
	}
	s, _ := chat.SettingOf(key)
	return views.OwnText(l, s)
}

// bubbles are the automations' texts as a customer would read them in a language.
func (r *room) bubbles(o *chat.Organization, values chat.Values, language string) map[string]string {
	l := locales.For(language)
	filled := map[string]string{"brand": o.Brand(), "address": maskedSample, "next": nextOpening(l, o.Settings.Hours(), r.desk.Now())}
	bubbles := map[string]string{}
	for _, a := range followup.Automations() {
		key := chat.AutomationText(a)
		bubbles[key] = chat.Fill(textIn(values, key, l), filled)
	}
	return bubbles
}

// nextOpening is what stands for {next} the next time that nobody answers.
func nextOpening(l *locales.Locale, hours followup.Hours, now time.Time) string {
	status := hours.At(now)
	if status.Open && !status.Until.IsZero() {
		now = status.Until
		status = hours.At(now)
	}
	zone, err := time.LoadLocation(hours.Zone)
	if err != nil {
		zone = time.UTC
	}
	return l.HoursSentence(status.Open, status.Until, status.Next, now, zone, false)
}
