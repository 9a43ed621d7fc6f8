package work

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rejoin/app/chat"
)

// mailQueue is where kept mails wait: apart from what is to be sent.
const mailQueue = "mail"

type receiveArgs struct {
	Mail int64 `json:"mail"`
}

// Kind names the job in the queue's table.
func (receiveArgs) Kind() string { return chat.JobReceive }

// receiveParams inserts a mail's job unless one is there that is not done.
func receiveParams(job chat.Job) river.InsertManyParams {
	return river.InsertManyParams{
		Args: receiveArgs{Mail: job.ID},
		InsertOpts: &river.InsertOpts{
			Queue: mailQueue, ScheduledAt: job.At,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
				rivertype.JobStateRetryable, rivertype.JobStateScheduled,
			}},
		},
	}
}

type receiveWorker struct {
	river.WorkerDefaults[receiveArgs]
	desk    Desk
	attempt time.Duration
}

// Work makes one attempt and comes back when the desk asks for another.
func (w *receiveWorker) Work(ctx context.Context, job *river.Job[receiveArgs]) error {
	again, err := w.desk.Receive(ctx, job.Args.Mail)
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}

// Timeout bounds one attempt.
func (w *receiveWorker) Timeout(*river.Job[receiveArgs]) time.Duration { return w.attempt }

// NextRetry brings a job back soon after the database was away.
func (w *receiveWorker) NextRetry(job *river.Job[receiveArgs]) time.Time {
	return time.Now().Add(min(time.Second<<min(job.Attempt, 6), time.Minute)) //nolint:forbidigo // the queue's own clock
}
