package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
)

const chaosPassword = "a ladder against the fire"

// chaosTimes are the settings of the fire, in seconds: the policy's own proportions, in a hurry.
func chaosTimes() map[string]any {
	return map[string]any{
		chat.ClosedHold: 2, chat.OpenHold: 3, chat.MaxHold: 4, chat.DraftHold: 2, chat.ContinuousMinGap: 3,
		chat.PresenceClosed: int(chaosClosed / time.Second), chat.PresenceIdle: 600,
	}
}

// chaosClosed is how long a page may be gone before its customer is.
const chaosClosed = 6 * time.Second

// found sets the house up over HTTP as an operator does, hurries the policy, and signs every agent in.
func (f *fire) found(ctx context.Context) error {
	link, err := f.setupLink(ctx)
	if err != nil {
		return err
	}
	admin := url.Values{
		"organization": {"Acorn & Oak"}, "zone": {"Europe/Paris"}, "language": {"en"}, "name": {"Ada"}, "email": {chaosEmail(0)},
		"password": {chaosPassword},
	}
	if _, err := f.ask(ctx, form(link, "", admin)); err != nil {
		return fmt.Errorf("set the house up: %w", err)
	}
	conn, err := pgx.Connect(ctx, f.postgres.URL())
	if err != nil {
		return fmt.Errorf("found a brand: %w", err)
	}
	defer conn.Close(ctx)
	times, err := json.Marshal(chaosTimes())
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	f.brand = &brand{}
	err = conn.QueryRow(ctx, "update organizations set settings = settings || $1::jsonb returning id, key", string(times)).Scan(&f.brand.id, &f.brand.key)
	if err != nil {
		return fmt.Errorf("hurry the policy: %w", err)
	}
	for i := range chaosAgents {
		if err := f.employ(ctx, conn, i); err != nil {
			return err
		}
	}
	return nil
}

func chaosEmail(agent int) string { return fmt.Sprintf("agent%d@rejoin.example", agent) }

var setupPath = regexp.MustCompile(`/setup/[A-Za-z0-9_-]+`)

// setupLink waits for the link that an empty install prints.
func (f *fire) setupLink(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		for _, i := range f.instances {
			if link := setupPath.FindString(i.child.words()); link != "" {
				return link, nil
			}
		}
		if err := pause(ctx, callAgain); err != nil {
			return "", errors.New("no instance prints the link of the setup")
		}
	}
}

// employ makes one more agent with the first one's password, and signs them in.
func (f *fire) employ(ctx context.Context, conn *pgx.Conn, i int) error {
	if i > 0 {
		_, err := conn.Exec(ctx, `insert into agents (organization_id, key, name, email, password_hash, role, language, created_at)
			select organization_id, $1, $2, $3, password_hash, 'agent', 'en', created_at from agents where email = $4`,
			fmt.Sprintf("agentnumber%011d", i), fmt.Sprintf("Agent %d", i), chaosEmail(i), chaosEmail(0))
		if err != nil {
			return fmt.Errorf("employ an agent: %w", err)
		}
	}
	answered, err := f.ask(ctx, form("/sign-in", "", url.Values{"email": {chaosEmail(i)}, "password": {chaosPassword}}))
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	f.sessions[i], err = sessionOf(answered)
	return err
}

// attend lets the agents be online, but for the time of the plan, and at the end perhaps: each holds the stream of the inbox.
func (f *fire) attend(ctx context.Context, begun time.Time) error {
	if err := f.attendUntil(ctx, begun.Add(f.plan.offline[0])); err != nil {
		return err
	}
	if err := pause(ctx, time.Until(begun.Add(f.plan.offline[1]))); err != nil {
		return err
	}
	end := begun.Add(f.Fire)
	if !f.plan.homing {
		end = end.Add(chaosWhole)
	}
	return f.attendUntil(ctx, end)
}

func (f *fire) attendUntil(ctx context.Context, end time.Time) error {
	until, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	return inParallel(chaosAgents, chaosAgents, func(i int) error {
		for until.Err() == nil {
			f.hold(until, i)
			_ = pause(until, 3*callAgain) // a browser waits too before it comes back
		}
		return ctx.Err()
	})
}

// hold keeps a stream until it ends.
func (f *fire) hold(ctx context.Context, agent int) {
	base := f.instances[int(f.turn.Add(1))%len(f.instances)].base()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/inbox/stream", http.NoBody)
	if base == "" || err != nil {
		return
	}
	request.Header = http.Header{"Accept": {"text/event-stream"}, "Cookie": {sessionCookie + "=" + f.sessions[agent]}}
	answered, err := f.callers.Do(request)
	if err != nil {
		return // the instance is down
	}
	defer answered.Body.Close()
	_, _ = io.Copy(io.Discard, answered.Body) // it ends with the stream
}
