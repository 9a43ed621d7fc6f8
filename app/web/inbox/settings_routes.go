package inbox

import (
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// How often a stranger may try at the doors in a minute, by address, and how many addresses are remembered.
const (
	triesAMinute    = 20
	looksAMinute    = 120
	doorsRemembered = 10_000
)

// settingsRoutes mounts the ways in, one's own page, and the settings.
func (r *room) settingsRoutes(agents, admins, patient, public *web.Group) {
	door, look := r.limitAMinute(triesAMinute), r.limitAMinute(looksAMinute)
	public.GET(views.Home(), r.showHome, look)
	public.GET(views.SignIn(), r.showSignIn, look)
	public.POST(views.SignIn(), r.signIn, door)
	public.GET("/join/:token", r.showJoin, look)
	public.POST("/join/:token", r.join, door)
	public.GET("/setup/:token", r.showSetup, look)
	public.POST("/setup/:token", r.setup, door)

	agents.POST(views.SignOut(), r.signOut)
	agents.GET(views.Settings(""), r.firstSettings)
	agents.GET(views.Settings(views.SubjectMe), r.showMe)
	agents.POST(views.Settings(views.SubjectMe), r.editMe)
	agents.POST(views.OwnPassword(), r.changePassword)
	agents.POST(views.OwnSessions(), r.signOutElsewhere)

	for _, section := range sections() {
		admins.GET(views.Settings(string(section)), r.showSection(section))
		admins.POST(views.Settings(string(section)), r.saveSection(section))
		admins.POST(views.SettingsPreview(section), r.meanSection(section))
	}
	admins.POST(views.HoursEdit(), r.editHours)
	admins.POST(views.SettingsPreset(), r.fillPreset)
	admins.POST(views.SettingsReplay(), r.replaySettings(web.NewSlots(replaysAtOnce, replaysPerAdmin)))
	admins.GET(views.SettingsPlansPath(), r.showPlans)
	admins.POST(views.AskSample(), r.showAskSample)
	admins.POST(views.EmailSample(), r.showEmailSample)
	admins.GET(views.WidgetDemo(), r.showWidgetDemo)
	r.senderRoutes(admins, patient)
	admins.GET(views.CheckPath(), r.showCheck)
	patient.POST(views.CheckPath(), r.startCheck(web.NewSlots(checkupsAtOnce, checkupsOfOne)))
	admins.GET(views.Settings(views.SubjectOrganization), r.showOrganization)
	admins.POST(views.Settings(views.SubjectOrganization), r.renameOrganization)
	admins.GET(views.Settings(views.SubjectTeam), r.showTeam)
	admins.POST(views.Settings(views.SubjectTeam), r.inviteAgent)
	admins.POST(views.Settings(views.SubjectTeam)+"/:key", r.changeAgent)
	admins.POST(views.Settings(views.SubjectTeam)+"/:key/link", r.renewJoinLink)
	admins.GET(views.Settings(views.SubjectAudit), r.showAudit)
}

func (r *room) limitAMinute(events int) echo.MiddlewareFunc {
	rate := web.Rate{Events: events, Per: time.Minute, Burst: events}
	return web.Limit(web.NewLimiter(rate, doorsRemembered, r.desk.Now), web.ByAddress)
}

func sections() []chat.Section {
	return []chat.Section{chat.SectionContinuous, chat.SectionHours, chat.SectionPrompt, chat.SectionAutomation, chat.SectionEmail, chat.SectionWidget}
}
