package demo

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"

	"rejoin/app/chat"
)

// allowSites adds the own addresses to the allowed sites, since BASE_URL may have changed since the last start.
func (s *stage) allowSites(ctx context.Context) error {
	allowed := s.organization.Settings.Origins(chat.WidgetSites)
	var fresh []string
	for _, origin := range origins(s.baseURL) {
		if !slices.Contains(allowed, origin) {
			fresh = append(fresh, origin)
		}
	}
	if len(fresh) > 0 {
		admin, err := s.admin(ctx)
		if err != nil || admin == nil {
			return err
		}
		sites := slices.Concat(fresh, allowed)
		changed := chat.Values{chat.WidgetSites: encode(sites[:min(len(sites), maxSites)])}
		if err := s.desk.ChangeSettings(ctx, admin, changed); err != nil {
			return fmt.Errorf("allow the own sites: %w", err)
		}
	}
	return s.seeSite(ctx)
}

// maxSites is how many sites the setting takes.
const maxSites = 50

// admin is anyone who may change settings, whatever became of Maya.
func (s *stage) admin(ctx context.Context) (*chat.AgentCaller, error) {
	agents, err := s.desk.Store().Agents(ctx, s.organization.ID)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	for i := range agents {
		if agents[i].Admin() && agents[i].DeactivatedAt == nil {
			return &chat.AgentCaller{Organization: s.organization, Agent: &agents[i], Session: &chat.Session{}}, nil
		}
	}
	return nil, nil
}

// seeSite notes that the shop carries the widget, which it does from the first request on.
func (s *stage) seeSite(ctx context.Context) error {
	fresh, err := s.desk.Store().Organization(ctx, s.organization.ID)
	if err != nil {
		return fmt.Errorf("read the brand again: %w", err)
	}
	for _, origin := range origins(s.baseURL) {
		if !s.desk.AllowsSite(fresh, origin) {
			continue
		}
		if err := s.desk.SeeSite(ctx, fresh, origin); err != nil {
			return fmt.Errorf("see the shop: %w", err)
		}
	}
	return nil
}

// origins are the names by which this machine reaches its own shop, that of BASE_URL first.
func origins(baseURL string) []string {
	base, err := url.Parse(baseURL)
	if err != nil || base.Host == "" {
		return nil
	}
	all := []string{base.Scheme + "://" + base.Host}
	for _, name := range []string{"localhost", "127.0.0.1"} {
		host := name
		if base.Port() != "" {
			host = net.JoinHostPort(name, base.Port())
		}
		if origin := base.Scheme + "://" + host; !slices.Contains(all, origin) {
			all = append(all, origin)
		}
	}
	return all
}
