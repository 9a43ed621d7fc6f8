package inbox

import (
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
}

// Routes mounts the room.
func Routes(s *web.Server, o Options) {
	r := &room{
		desk: o.Desk, hub: o.Hub, sessions: o.Sessions, once: o.Once, log: o.Log,
		baseURL: o.BaseURL, demo: o.Demo, secure: o.Secure,
	}
	agents := s.Group(web.Agent, "", r.agentGuard)
	admins := s.Group(web.Admin, "", r.adminGuard)
	public := s.Group(web.Public, "", web.Anyone)
	_, _, _ = agents, admins, public
}
