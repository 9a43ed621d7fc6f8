package widget

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
	"rejoin/static"
	"rejoin/views"
)

// loader is the script that the snippet names: one address for ever, so it is asked for again after a while.
func (r *room) loader(c echo.Context) error {
	web.SetPolicy(c, web.Policy{Cacheable: true})
	c.Response().Header().Set("Cache-Control", "public, max-age=300, stale-while-revalidate=86400")
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", static.Bytes("widget/loader.js"))
}

// settings are what the loader draws the launcher with.
type settings struct {
	Accent   string `json:"accent"`
	Ink      string `json:"ink"`
	Side     string `json:"side"`
	Launcher string `json:"launcher"`
	Open     string `json:"open"`
	Close    string `json:"close"`
	Unread   string `json:"unread"`
	Title    string `json:"title"`
}

// refusal is what a site gets that may not carry the widget; a developer reads it in the console.
type refusal struct {
	Refused string `json:"refused"`
}

// config answers a module that the loader imports: so a strict policy of the brand's page needs script-src and frame-src
// alone. It is readable by every site, since even a refusal must say why.
func (r *room) config(c echo.Context) error {
	web.SetPolicy(c, web.Policy{Cacheable: true})
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Origin")
	o, err := r.organization(c)
	if kind, ok := chat.KindOf(err); ok && kind == chat.Missing {
		return module(c, refusal{"there is no organization with the key of data-organization"})
	}
	if err != nil {
		return err
	}
	origin := c.Request().Header.Get("Origin")
	if origin == "" {
		origin = r.origin // browsers name no origin where it is the same as ours
	}
	if !r.desk.AllowsSite(o, origin) && origin != r.origin {
		return module(c, refusal{fmt.Sprintf("%s is not one of the sites that may carry this widget; an admin can add it in the settings", origin)})
	}
	if r.desk.AllowsSite(o, origin) {
		if err := r.desk.SeeSite(c.Request().Context(), o, origin); err != nil {
			return fmt.Errorf("see site: %w", err)
		}
	}
	return module(c, settingsOf(o, languageOf(c, o)))
}

func settingsOf(o *chat.Organization, l *locales.Locale) settings {
	accent := o.Settings.Text(chat.WidgetAccent)
	return settings{
		Accent: accent, Ink: inkOn(accent), Side: o.Settings.Text(chat.WidgetSide),
		Launcher: o.Settings.Localized(chat.WidgetLauncher, l.Tag()), Title: titleOf(o, l),
		Open: l.T("widget.open"), Close: l.T("widget.close"), Unread: l.T("widget.unread"),
	}
}

// module writes a value as a JavaScript module; JSON escapes what would end a script.
func module(c echo.Context, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write module: %w", err)
	}
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", append(append([]byte("export default "), raw...), ";\n"...))
}

// panel is the document of the frame, empty of any customer: who they are comes with the first call of its script.
func (r *room) panel(c echo.Context) error {
	o, err := r.organization(c)
	if err != nil {
		return err
	}
	sites := o.Settings.Origins(chat.WidgetSites)
	web.SetPolicy(c, web.Policy{Frames: append([]string{"'self'"}, sites...), Referrer: "no-referrer"})
	l := languageOf(c, o)
	web.SetLocale(c, l.Tag())
	web.SetZone(c, c.QueryParam("zone"))
	head, err := r.head(c, o)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetPanel(views.WidgetArgs{
		Locale: l, Organization: o, Sites: append([]string{r.origin}, sites...), Head: head,
		Thread: views.WidgetThreadArgs{Locale: l, Greeting: greetingOf(o, l)}, Ask: *r.required(o, placeOf(c)),
	}))
}

// languageOf is the panel's language before anything is known of the customer: the snippet's choice, the page's, the
// browser's, the organization's; English where that one is not shipped.
func languageOf(c echo.Context, o *chat.Organization) *locales.Locale {
	for _, tag := range []string{c.QueryParam("lang"), c.QueryParam("page"), c.QueryParam("html"), c.QueryParam("browser"), o.Language} {
		if tag = strings.TrimSpace(tag); tag != "" && len(tag) <= 35 {
			return locales.For(tag)
		}
	}
	return locales.For(locales.Fallback)
}

func titleOf(o *chat.Organization, l *locales.Locale) string {
	if title := o.Settings.Localized(chat.WidgetTitle, l.Tag()); title != "" {
		return title
	}
	return o.Name
}

func greetingOf(o *chat.Organization, l *locales.Locale) string {
	return textOf(o, l, chat.WidgetGreeting, "widget.greeting")
}

// textOf is what an admin wrote for a language, else our own words.
func textOf(o *chat.Organization, l *locales.Locale, setting, key string) string {
	if text := o.Settings.Localized(setting, l.Tag()); text != "" {
		return text
	}
	return l.T(key)
}
