package inbox

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

const (
	// triesOfSenders is how often a minute the admins of one organization may reach out to providers and mail servers.
	triesOfSenders = 12
	// senderTime is longer than a mail server, a test email and a provider may take one after the other.
	senderTime = 50 * time.Second
)

// senderRoutes mounts where emails come from; patient are those whose answers wait for somebody else's.
func (r *room) senderRoutes(admins, patient *web.Group) {
	rate := web.NewLimiter(web.Rate{Events: triesOfSenders, Per: time.Minute, Burst: triesOfSenders}, doorsRemembered, r.desk.Now)
	tries := web.Limit(rate, func(c echo.Context) string { return callerOf(c).Organization.Key })
	admins.GET(views.SenderPath(""), r.showSender)
	admins.GET(views.SenderState(), r.showSenderState)
	patient.POST(views.SenderDomain(), r.chooseDomain, tries)
	patient.POST(views.SenderVerification(), r.verifyDomain, tries)
	patient.POST(views.SenderServer(), r.chooseServer, tries)
	patient.POST(views.SenderRemoval(), r.dropSender, tries)
	patient.POST(views.SenderTest(), r.sendTest, tries)
}

// senderArgs is where emails come from by now.
func (r *room) senderArgs(c echo.Context, way string) (views.SenderArgs, error) {
	own, err := r.desk.OwnSender(c.Request().Context(), callerOf(c))
	if err != nil {
		return views.SenderArgs{}, err
	}
	a := views.SenderArgs{
		Locale: web.Locale(c), Zone: web.Zone(c), Operator: r.mailFrom, Own: own, Way: wayOf(way, own), Demo: r.demo,
		Domains: r.desk.OffersDomains(), Servers: r.desk.OffersServers(), Admin: callerOf(c).Agent.Email,
	}
	a.Typed = typedSender(own, a.Way)
	return a, nil
}

// wayOf is the tab that is shown: the one asked for, else that of the way in use.
func wayOf(asked string, own *chat.Sender) string {
	switch asked {
	case views.WayOperator, string(chat.WayDomain), string(chat.WaySMTP):
		return asked
	}
	if own != nil && own.Status != chat.DomainDropping {
		return string(own.Way)
	}
	return views.WayOperator
}

// typedSender fills the forms with what is stored; never with the password.
func typedSender(own *chat.Sender, way string) url.Values {
	typed := url.Values{"security": {"starttls"}}
	if own == nil || own.Status == chat.DomainDropping || string(own.Way) != way {
		return typed
	}
	typed.Set("address", own.Address)
	if own.Way == chat.WaySMTP {
		typed.Set("host", own.Host)
		typed.Set("port", strconv.Itoa(own.Port))
		typed.Set("security", own.Security)
		typed.Set("user", own.Username)
	}
	return typed
}

func (r *room) showSender(c echo.Context) error {
	a, err := r.senderArgs(c, c.QueryParam("way"))
	if err != nil {
		return err
	}
	return r.drawSender(c, http.StatusOK, a)
}

// showSenderState answers with what has become of the way, for a page that stands open.
func (r *room) showSenderState(c echo.Context) error {
	a, err := r.senderArgs(c, c.QueryParam("way"))
	if err != nil {
		return err
	}
	return web.RenderPartial(c, views.SenderNow(a))
}

func (r *room) drawSender(c echo.Context, status int, a views.SenderArgs, more ...templ.Component) error {
	if web.IsHTMX(c) && c.Request().Method == http.MethodPost {
		if status == http.StatusOK {
			return web.RenderPartial(c, append([]templ.Component{views.Sender(a)}, more...)...)
		}
		return web.Render(c, status, views.Sender(a))
	}
	args := r.settingsArgs(c, string(chat.SectionEmail))
	args.Shell.Page.Title, args.Intro = a.Locale.T("settings.sender.title"), a.Locale.T("settings.sender.intro")
	args.Title = a.Locale.T("settings.sender.title")
	return web.Render(c, status, within(views.SettingsPage(args), views.Sender(a)))
}

func (r *room) chooseDomain(c echo.Context) error {
	f := web.ReadForm(c)
	address := f.Text("address", 254)
	f.Required("address")
	err := f.Err()
	if err == nil {
		err = r.desk.ChooseDomain(c.Request().Context(), callerOf(c), address)
	}
	if err != nil {
		return r.refuseSender(c, string(chat.WayDomain), f.Values, err)
	}
	return r.changedSender(c, string(chat.WayDomain), "ui.saved")
}

// refuseSender shows a form as it was typed, with what is wrong beside the fields.
func (r *room) refuseSender(c echo.Context, way string, typed url.Values, err error) error {
	l := web.Locale(c)
	errs, form := web.FieldErrors(l, err)
	if held := chat.AsFieldError(err, "address"); !form && held != nil {
		errs, form = map[string]string{"address": web.Say(l, held)}, true
	}
	if !form {
		return err
	}
	a, err := r.senderArgs(c, way)
	if err != nil {
		return err
	}
	typed.Del("password")
	a.Typed, a.Errors = typed, errs
	return r.drawSender(c, http.StatusUnprocessableEntity, a)
}

// changedSender shows how things stand after a change.
func (r *room) changedSender(c echo.Context, way, key string) error {
	if !web.IsHTMX(c) {
		return r.saved(c, views.SenderPath(way), nil)
	}
	a, err := r.senderArgs(c, way)
	if err != nil {
		return err
	}
	said := views.ToastInto(a.Locale, "good", a.Locale.T(key, "Address", a.Admin))
	return r.drawSender(c, http.StatusOK, a, said)
}

func (r *room) verifyDomain(c echo.Context) error {
	if err := r.desk.VerifyDomain(c.Request().Context(), callerOf(c)); err != nil {
		return err
	}
	return r.changedSender(c, string(chat.WayDomain), "settings.sender.looked")
}

// chooseServer tests a mail server, or uses it after it has proved to work.
func (r *room) chooseServer(c echo.Context) error {
	f := web.ReadForm(c)
	input := chat.ServerInput{
		Address: f.Text("address", 254), Host: f.Text("host", 253), Security: f.Choice("security", "starttls", "tls", "none"),
		User: f.Text("user", 500), Password: f.Values.Get("password"), Port: portOf(f),
	}
	f.Required("address", "host")
	testing := f.Values.Get("act") == "test"
	ctx, err := c.Request().Context(), f.Err()
	switch {
	case err != nil:
	case testing:
		err = r.desk.TestServer(ctx, callerOf(c), input)
	default:
		err = r.desk.UseServer(ctx, callerOf(c), input)
	}
	switch {
	case err != nil:
		return r.refuseSender(c, string(chat.WaySMTP), f.Values, err)
	case !testing:
		return r.changedSender(c, string(chat.WaySMTP), "settings.sender.server.used")
	}
	a, err := r.senderArgs(c, string(chat.WaySMTP))
	if err != nil {
		return err
	}
	f.Values.Del("password")
	a.Typed, a.Tested = f.Values, true
	return r.drawSender(c, http.StatusOK, a)
}

// portOf is the port that was typed; none means the usual one.
func portOf(f *web.Form) int {
	switch {
	case f.Values.Get("port") != "":
		return f.Int("port", 1, 65535)
	case f.Values.Get("security") == "tls":
		return 465
	}
	return 587
}

func (r *room) dropSender(c echo.Context) error {
	if err := r.desk.DropSender(c.Request().Context(), callerOf(c)); err != nil {
		return err
	}
	return r.changedSender(c, views.WayOperator, "ui.saved")
}

func (r *room) sendTest(c echo.Context) error {
	if err := r.desk.SendTest(c.Request().Context(), callerOf(c)); err != nil {
		return err
	}
	l := web.Locale(c)
	if !web.IsHTMX(c) {
		return r.saved(c, views.SenderPath(""), nil)
	}
	return web.RenderPartial(c, views.ToastInto(l, "good", l.T("settings.sender.test.sent", "Address", callerOf(c).Agent.Email)))
}
