package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// How one signs in to the demo; there is no such password anywhere else.
const (
	MayaEmail    = "maya@demo.example" // admin
	LucEmail     = "luc@demo.example"
	DemoPassword = "tablecloth-weather"
)

// OrganizationKey is the public key of the demo brand, the same on every machine.
const OrganizationKey = "demo-maison-ombrelin"

const (
	brandName = "Maison Ombrelin"
	brandZone = "Europe/Paris"
	brandAge  = 23 * 24 * time.Hour
)

// Seed makes the demo brand with its agents, settings and conversations, and returns its public key. A brand that
// stands there is left as it is, but for its allowed sites, to which the own addresses are added; one whose making was
// cut off is made again. deskAt makes a desk with the given clock, so that the history is as old as it says.
func Seed(ctx context.Context, deskAt func(now func() time.Time) *chat.Desk, baseURL string, now time.Time) (string, error) {
	s := &stage{baseURL: baseURL, now: now.Add(-brandAge), agents: map[string]*chat.AgentCaller{}}
	s.desk = deskAt(func() time.Time { return s.now })
	found, err := s.desk.Store().OrganizationByKey(ctx, OrganizationKey)
	if kind, _ := chat.KindOf(err); kind == chat.Missing {
		found, err = nil, nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the demo brand: %w", err)
	}
	if found != nil && isWhole(found) {
		s.organization, s.now = found, now
		return OrganizationKey, s.allowSites(ctx)
	}
	if err := s.make(ctx, found, now); err != nil {
		return "", fmt.Errorf("make the demo brand: %w", err)
	}
	return OrganizationKey, nil
}

// isWhole tells whether the making came to its end: the settings are written last.
func isWhole(o *chat.Organization) bool {
	_, written := o.Settings[chat.WidgetSites]
	return written
}

func (s *stage) make(ctx context.Context, found *chat.Organization, now time.Time) error {
	if err := s.hire(ctx, found); err != nil {
		return err
	}
	if err := s.clear(ctx); err != nil {
		return err
	}
	told, err := readStories(stories)
	if err != nil {
		return fmt.Errorf("read stories: %w", err)
	}
	for _, one := range told {
		if err := s.play(ctx, one, now); err != nil {
			return err
		}
	}
	s.now = now.Add(-brandAge)
	if err := s.desk.ChangeSettings(ctx, s.agents["maya"], s.settings(now)); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	s.now = now
	return s.seeSite(ctx)
}

// hire makes the organization with Maya, and Luc through the link that she would send him.
func (s *stage) hire(ctx context.Context, found *chat.Organization) error {
	s.organization = found
	if found == nil {
		made, _, err := s.desk.CreateOrganization(ctx, chat.SetupInput{
			Organization: brandName, Language: locales.Fallback, Zone: brandZone,
			Name: "Maya", Email: MayaEmail, Password: DemoPassword,
		}, OrganizationKey)
		if err != nil {
			return fmt.Errorf("create organization: %w", err)
		}
		s.organization = made
	}
	maya, err := s.agent(ctx, MayaEmail)
	if err != nil {
		return err
	}
	s.agents["maya"] = maya
	luc, err := s.agent(ctx, LucEmail)
	if err != nil {
		return err
	}
	if luc == nil {
		if _, _, err := s.desk.InviteAgent(ctx, maya, chat.AgentInput{Name: "Luc", Email: LucEmail, Role: chat.RoleAgent}); err != nil {
			return fmt.Errorf("invite Luc: %w", err)
		}
		if luc, err = s.agent(ctx, LucEmail); err != nil {
			return err
		}
	}
	s.agents["luc"] = luc
	return s.join(ctx, luc)
}

// join lets an invited agent choose the password, unless it was chosen before.
func (s *stage) join(ctx context.Context, invited *chat.AgentCaller) error {
	if invited.Agent.PasswordHash != "" {
		return nil
	}
	token, err := s.desk.RenewJoinLink(ctx, s.agents["maya"], invited.Agent.Key)
	if err != nil {
		return fmt.Errorf("renew join link: %w", err)
	}
	if _, err := s.desk.Join(ctx, token, DemoPassword, "", ""); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if err := s.desk.SignOutEverywhere(ctx, invited, false); err != nil {
		return fmt.Errorf("end the session of joining: %w", err)
	}
	return nil
}

// agent finds one of the brand's agents as a caller, nil when there is none.
func (s *stage) agent(ctx context.Context, email string) (*chat.AgentCaller, error) {
	agents, err := s.desk.Store().Agents(ctx, s.organization.ID)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	for i := range agents {
		if agents[i].Email == email {
			return &chat.AgentCaller{Organization: s.organization, Agent: &agents[i], Session: &chat.Session{}}, nil
		}
	}
	return nil, nil
}

// clear removes the customers that a making which was cut off has left behind; nobody was served until then.
func (s *stage) clear(ctx context.Context) error {
	for _, view := range []chat.View{chat.ViewAll, chat.ViewClosed, chat.ViewSpam} {
		for {
			rows, _, err := s.desk.List(ctx, s.agents["maya"], chat.ListQuery{View: view, Limit: chat.MaxPage})
			if err != nil {
				return fmt.Errorf("list what was left: %w", err)
			}
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				left := &chat.CustomerCaller{
					Organization: s.organization,
					Customer:     &chat.Customer{OrganizationID: row.OrganizationID, ID: row.CustomerID},
				}
				if err := s.desk.DeleteMe(ctx, left); err != nil {
					return fmt.Errorf("delete what was left: %w", err)
				}
			}
		}
	}
	return nil
}

func encode(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("encode a setting: %v", err)) // strings, numbers and maps of them always encode
	}
	return raw
}
