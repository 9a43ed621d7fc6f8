package work

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"rejoin/app/chat"
)

const (
	leaveWithin   = 12 * time.Second
	deliverAtOnce = 8
	receiveAtOnce = 4
	fetchPause    = 20 * time.Millisecond  // at least, between two looks for jobs
	mailPoll      = 200 * time.Millisecond // a mail whose job nobody was told of is on the agent's screen soon all the same
	maxAttempts   = 2_000                  // of the job: at one a minute it outlives the delivery, which ends by its age
)

// Times bound the work on one job.
type Times struct {
	Attempt time.Duration // one attempt with both its transactions
	// Stuck is when a job whose process was killed is taken up by another one: soon, since a person waits for the email,
	// and a second attempt beside a slow first one is harmless by its idempotency key. Never below Attempt.
	Stuck time.Duration
}

// UsualTimes are those of production.
func UsualTimes() Times { return Times{Attempt: 30 * time.Second, Stuck: 45 * time.Second} }

// Desk is the use cases that the queue runs.
type Desk interface {
	Deliver(ctx context.Context, organization, delivery int64) (again time.Duration, err error)
	Receive(ctx context.Context, mail int64) (again time.Duration, err error)
}

type deliverArgs struct {
	Organization int64 `json:"organization"`
	Delivery     int64 `json:"delivery"`
}

// Kind names the job in the queue's table.
func (deliverArgs) Kind() string { return chat.JobDeliver }

type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	desk    Desk
	attempt time.Duration
}

// Work makes one attempt and comes back when the desk asks for another.
func (w *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	again, err := w.desk.Deliver(ctx, job.Args.Organization, job.Args.Delivery)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}

// Timeout bounds one attempt.
func (w *deliverWorker) Timeout(*river.Job[deliverArgs]) time.Duration { return w.attempt }

// NextRetry brings a job back soon after the database was away.
func (w *deliverWorker) NextRetry(job *river.Job[deliverArgs]) time.Time {
	return time.Now().Add(min(time.Second<<min(job.Attempt, 6), time.Minute)) //nolint:forbidigo // the queue's own clock
}

// Queue is the job queue of this instance.
type Queue struct {
	client *river.Client[pgx.Tx]
	cancel context.CancelFunc
}

// NewQueue makes a queue that can enqueue at once and works from Start on; desk is asked for at the first job.
func NewQueue(pool *pgxpool.Pool, desk Desk, times Times, log *slog.Logger) (*Queue, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &deliverWorker{desk: desk, attempt: times.Attempt})
	river.AddWorker(workers, &receiveWorker{desk: desk, attempt: times.Attempt})
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Logger:  log,
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: deliverAtOnce, FetchCooldown: fetchPause},
			// Apart, so that reading mail never delays sending.
			mailQueue: {MaxWorkers: receiveAtOnce, FetchCooldown: fetchPause, FetchPollInterval: mailPoll},
		},
		FetchCooldown:        river.FetchCooldownMin, // the queues have their own: this is how long an insert after another tells nobody
		FetchPollInterval:    500 * time.Millisecond,
		JobTimeout:           times.Attempt,
		RescueStuckJobsAfter: times.Stuck,
		MaxAttempts:          maxAttempts,
	})
	if err != nil {
		return nil, fmt.Errorf("make job queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// Enqueue makes jobs part of a transaction, all in one statement.
func (q *Queue) Enqueue(ctx context.Context, tx pgx.Tx, jobs ...chat.Job) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		switch job.Kind {
		case chat.JobDeliver:
			params[i] = river.InsertManyParams{
				Args:       deliverArgs{Organization: job.OrganizationID, Delivery: job.ID},
				InsertOpts: &river.InsertOpts{ScheduledAt: job.At},
			}
		case chat.JobReceive:
			params[i] = receiveParams(job)
		default:
			return fmt.Errorf("no worker for job %q", job.Kind)
		}
	}
	if len(params) == 0 {
		return nil // the queue refuses an empty list
	}
	if _, err := q.client.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

// Start begins to work; the database may still be away.
func (q *Queue) Start(ctx context.Context) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	q.cancel = cancel
	if err := q.client.Start(working); err != nil {
		cancel()
		return fmt.Errorf("start job queue: %w", err)
	}
	return nil
}

// Stop lets the jobs under way finish, until ctx ends; then it cancels them, and waits for them once more as long as a
// cancelled attempt may need to write what became of it.
func (q *Queue) Stop(ctx context.Context) error {
	if q.cancel == nil {
		return nil
	}
	defer q.cancel()
	if err := q.client.Stop(ctx); err != nil {
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
		defer cancel()
		if err := q.client.StopAndCancel(leaving); err != nil {
			return fmt.Errorf("stop job queue: %w", err)
		}
	}
	return nil
}
