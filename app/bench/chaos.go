package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/db/embedded"
	"rejoin/mail/resendtest"
)

const (
	chaosWhole   = 25 * time.Minute
	settleWithin = 8 * time.Minute
	settleAsk    = 500 * time.Millisecond
)

// ChaosOptions say how large a fire is lit, and for how long.
type ChaosOptions struct {
	Binary        string // Rejoin itself; its hidden command bench-server is what burns
	Dir           string // for its own PostgreSQL and the instances' logs; it is kept when something was wrong
	Seed          uint64
	Conversations int
	Kills         int           // with kill -9, of both instances together
	Fire          time.Duration // over which the plan spreads; what is late is done all the same
	Hasty         bool          // jobs and people of a killed instance are taken up within seconds, by a PostgreSQL that may forget
	Progress      io.Writer
}

// fire is one run: two instances on one database, a provider that fails, and many conversations.
type fire struct {
	ChaosOptions
	plan      *chaosPlan
	postgres  *embedded.Server
	provider  *resendtest.Server
	arson     *arson
	instances [2]*instance
	brand     *brand
	sessions  [chaosAgents]string
	tales     []*tale
	callers   *http.Client

	turn       atomic.Int64
	unanswered atomic.Int64
	restarts   int
	keepers    sync.WaitGroup
}

// Chaos proves that every due message reaches its customer exactly once, whatever fails and whoever is killed. The error
// tells that it could not be tried; what was found wrong stands in the report.
func Chaos(ctx context.Context, o ChaosOptions) (report *ChaosReport, err error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, chaosWhole)
	defer cancel()
	f := &fire{ChaosOptions: o, plan: planChaos(o), callers: newCallers()}
	quiet, end := context.WithCancel(ctx)
	defer func() {
		end()
		f.keepers.Wait()
		err = errors.Join(err, f.close(report))
	}()
	f.say("seed %d: %d conversations, %d kills in %s", o.Seed, o.Conversations, o.Kills, o.Fire)
	if err := f.light(ctx); err != nil {
		return nil, err
	}
	f.say("burning")
	if err := f.burn(ctx, quiet); err != nil {
		return nil, err
	}
	f.say("settling after %.0f s", time.Since(begun).Seconds())
	unsettled, err := f.settle(ctx)
	if err != nil {
		return nil, err
	}
	found, err := f.evidence(ctx)
	if err != nil {
		return nil, err
	}
	report = f.report(found, unsettled)
	report.At, report.Seconds = begun.UTC(), time.Since(begun).Seconds()
	return report, nil
}

// light starts everything, and founds the brand.
func (f *fire) light(ctx context.Context) error {
	if err := f.clear(ctx); err != nil {
		return err
	}
	var err error
	if f.postgres, err = f.ownPostgres(ctx); err != nil {
		return err
	}
	if f.provider, err = resendtest.Start("127.0.0.1:0", resendtest.DefaultKey); err != nil {
		return err
	}
	most := 4
	if f.Hasty {
		most = 2 // each puts the email off longer
	}
	f.arson = newArson(f.Seed, most)
	f.provider.Script(f.arson.script)
	for i := range f.instances {
		if f.instances[i], err = f.newInstance(i); err != nil {
			return err
		}
		if err := f.instances[i].up(ctx); err != nil {
			return err
		}
	}
	return f.found(ctx)
}

func (f *fire) ownPostgres(ctx context.Context) (*embedded.Server, error) {
	own, err := embedded.Start(ctx, embedded.Options{Dir: filepath.Join(f.Dir, "postgres"), Throwaway: f.Hasty})
	if err != nil {
		return nil, fmt.Errorf("start a PostgreSQL: %w", err)
	}
	return own, nil
}

// clear removes what an earlier run has left, its PostgreSQL too, which runs on when that run was killed.
func (f *fire) clear(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(f.Dir, "postgres")); err == nil {
		left, err := f.ownPostgres(ctx)
		if err != nil {
			return err
		}
		if err := left.Stop(ctx); err != nil {
			return fmt.Errorf("stop what an earlier run has left: %w", err)
		}
	}
	if err := os.RemoveAll(f.Dir); err != nil {
		return fmt.Errorf("clear %s: %w", f.Dir, err)
	}
	return nil
}

func (f *fire) newInstance(number int) (*instance, error) {
	log, err := os.Create(filepath.Join(f.Dir, fmt.Sprintf("instance-%d.log", number+1)))
	if err != nil {
		return nil, fmt.Errorf("keep an instance's log: %w", err)
	}
	args := []string{"--resend", "--send-time", "1s"}
	if f.Hasty {
		args = append(args, "--hasty")
	}
	return &instance{log: log, start: func(ctx context.Context) (*child, error) {
		return launch(ctx, f.Binary, args, log, "BASE_URL=http://127.0.0.1:8080", "DATABASE_URL="+f.postgres.URL(), "DATA_DIR="+f.Dir,
			"RESEND_API_KEY="+f.provider.Key(), "RESEND_BASE_URL="+f.provider.URL())
	}}, nil
}

// burn plays every life while instances are killed and PostgreSQL is restarted, until all of it has happened, or
// something could not be tried.
func (f *fire) burn(ctx, quiet context.Context) error {
	begun := time.Now()
	f.keepers.Go(func() { _ = f.attend(quiet, begun) }) // it ends with the run
	burning, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var acts sync.WaitGroup
	act := func(do func() error) {
		acts.Go(func() {
			if err := do(); err != nil {
				stop(err) // the first one counts
			}
		})
	}
	for i, suffering := range f.instances {
		act(func() error { return suffering.suffer(burning, begun, f.plan.kills[i]) })
	}
	act(func() error { return f.restart(burning, begun) })
	for i, l := range f.plan.lives {
		t := f.newTale(i+1, l)
		f.tales = append(f.tales, t)
		act(func() error { return f.live(burning, quiet, t, begun) })
	}
	acts.Wait()
	f.arson.calm()
	return context.Cause(burning)
}

func (f *fire) restart(ctx context.Context, begun time.Time) error {
	if err := pause(ctx, time.Until(begun.Add(f.plan.restart))); err != nil {
		return err
	}
	f.restarts++
	return f.postgres.Restart(ctx)
}

// unsettledSQL counts what is still to come, in one look.
const unsettledSQL = `select
	(select count(*) from deliveries where state in ('queued', 'sending')),
	(select count(*) from river_job where state in ('available', 'pending', 'retryable', 'running', 'scheduled')),
	(select count(*) from conversations where followup_due_at is not null),
	(select count(*) from organizations where replan_since is not null),
	(select count(*) from customers u join conversations c on c.organization_id = u.organization_id and c.customer_id = u.id
		where u.active and c.key = any($1))`

// settle waits until nothing is on its way or due and everyone who left counts as gone; it tells what never came to rest.
func (f *fire) settle(ctx context.Context) (unsettled string, err error) {
	conn, err := pgx.Connect(ctx, f.postgres.URL())
	if err != nil {
		return "", fmt.Errorf("watch it settle: %w", err)
	}
	defer conn.Close(ctx)
	var gone []string
	for _, t := range f.tales {
		if t.isAway() {
			gone = append(gone, t.key)
		}
	}
	late := time.Now().Add(settleWithin)
	for {
		var deliveries, jobs, due, replans, present int
		if err := conn.QueryRow(ctx, unsettledSQL, gone).Scan(&deliveries, &jobs, &due, &replans, &present); err != nil {
			return "", fmt.Errorf("watch it settle: %w", err)
		}
		if deliveries+jobs+due+replans+present == 0 {
			return "", nil
		}
		if time.Now().After(late) {
			return fmt.Sprintf("%d deliveries and %d jobs are on their way, %d conversations due, %d replans under way, %d who left count as present",
				deliveries, jobs, due, replans, present), nil
		}
		if err := pause(ctx, settleAsk); err != nil {
			return "", err
		}
	}
}

// close ends everything that was started, and removes what no one will look at.
func (f *fire) close(report *ChaosReport) error {
	var failed error
	for _, i := range f.instances {
		if i != nil {
			failed = errors.Join(failed, i.stop())
		}
	}
	if f.provider != nil {
		f.provider.Close()
	}
	if f.postgres != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		failed = errors.Join(failed, f.postgres.Stop(ctx))
	}
	if report != nil && len(report.Violations()) == 0 {
		failed = errors.Join(failed, os.RemoveAll(f.Dir))
	}
	return failed
}

func (f *fire) say(format string, args ...any) {
	if f.Progress != nil {
		fmt.Fprintf(f.Progress, format+"\n", args...)
	}
}
