package inbox

import (
	"context"
	"log/slog"

	"rejoin/app/chat"
	"rejoin/app/live"
	"rejoin/app/web"
)

// Options is what the room is made of; every field is required.
type Options struct {
	Desk     *chat.Desk
	Hub      *live.Hub
	Sessions *web.Sessions
	Once     *web.Once
	Log      *slog.Logger
	BaseURL  string // without a slash at the end
	Demo     bool   // the rail links to the demo shop and its mailbox
	Secure   bool   // served over https
	MailFrom string // the operator's address
	Checkup  Checkup
}

// room is what every handler of agents and admins needs.
type room struct {
	desk     *chat.Desk
	hub      *live.Hub
	sessions *web.Sessions
	once     *web.Once
	log      *slog.Logger
	baseURL  string
	demo     bool
	secure   bool
	mailFrom string
	checkup  Checkup
	stopping context.Context //nolint:containedctx // it ends what runs as long as its reader stays
	frames   *frames
	streams  *web.Slots
	sending  *web.Slots // files on their way at one time
}

// The bounds of open streams: of one instance, and of one agent.
const (
	allStreams      = 20_000
	streamsPerAgent = 40
	allFiles        = 200
	filesPerAgent   = 8
)

// Routes mounts the room.
func Routes(s *web.Server, o Options) {
	r := &room{
		desk: o.Desk, hub: o.Hub, sessions: o.Sessions, once: o.Once, log: o.Log,
		baseURL: o.BaseURL, demo: o.Demo, secure: o.Secure,
		frames: newFrames(), streams: web.NewSlots(allStreams, streamsPerAgent),
		sending: web.NewSlots(allFiles, filesPerAgent),
	}
	stopping, stop := context.WithCancel(context.Background())
	s.BeforeStop(stop)
	r.mailFrom, r.checkup, r.stopping = o.MailFrom, o.Checkup, stopping
	pages := web.WithPolicy(web.Policy{Embeds: true}) // the email that is previewed, the widget beside its settings
	agents := s.Group(web.Agent, "", r.agentGuard, pages)
	admins := s.Group(web.Admin, "", r.adminGuard, pages)
	public := s.Group(web.Public, "", web.Anyone)
	r.inboxRoutes(agents)
	r.conversationRoutes(agents)
	r.fileRoutes(agents, s.Group(web.Agent, "", r.agentGuard, pages, web.BodyLimit(mostOfPost), web.Timeout(web.UploadTime)))
	r.invitationRoutes(agents)
	r.planRoutes(agents)
	r.mailRoutes(agents)
	r.unmatchedRoutes(admins)
	r.settingsRoutes(agents, admins, s.Group(web.Admin, "", r.adminGuard, pages, web.Packed(), web.Timeout(checkupTime)), public)
}

// inboxRoutes is the list and what all of it shares.
func (r *room) inboxRoutes(g *web.Group) {
	g.GET("/inbox", r.showInbox)
	g.GET("/inbox/rows", r.showRows)
	g.GET("/inbox/counts", r.showCounts)
	g.Stream("/inbox/stream", r.stream)
	g.GET("/status", r.showStatus)
	g.POST("/status", r.setStatus)
}

// conversationRoutes is one open conversation.
func (r *room) conversationRoutes(g *web.Group) {
	g.GET("/inbox/c/:key", r.showConversation)
	g.GET("/inbox/c/:key/now", r.showNow)
	g.GET("/inbox/c/:key/messages", r.showMessages)
	g.POST("/inbox/c/:key/draft", r.saveDraft)
	g.POST("/inbox/c/:key/typing", r.tellTyping)
	g.POST("/inbox/c/:key/seen", r.markSeen)
	g.GET("/inbox/c/:key/customer", r.showCustomer)
	g.POST("/inbox/c/:key/customer", r.editCustomer)
	g.POST("/inbox/c/:key/language", r.setLanguage)
	g.POST("/inbox/c/:key/assignee", r.assign)
	g.POST("/inbox/c/:key/closure", r.setClosure)
	g.POST("/inbox/c/:key/spam", r.setSpam)
	g.POST("/inbox/c/:key/revocation", r.revokeLinks)
	g.POST("/inbox/c/:key/deliveries/:delivery/retry", r.retryDelivery)
}
