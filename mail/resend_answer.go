package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const maxAnswer = 64 << 10

// answer is what the library forgets of a response: the status, the error's name, and how long to wait.
type answer struct {
	status        int
	name, message string
	retryAfter    time.Duration
}

type answerKey struct{}

// keepAnswer makes the transport write what it sees into the returned answer.
func keepAnswer(ctx context.Context) (context.Context, *answer) {
	kept := &answer{}
	return context.WithValue(ctx, answerKey{}, kept), kept
}

// answerKeeper is a transport that notes the answer for the sender, and bounds what is read of it.
type answerKeeper struct {
	next  http.RoundTripper
	limit int64
	pace  *resendPace
}

func (k *answerKeeper) RoundTrip(r *http.Request) (*http.Response, error) {
	r, err := replayable(r)
	if err != nil {
		return nil, err
	}
	response, err := k.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	k.pace.heed(response.Header)
	body, err := io.ReadAll(io.LimitReader(response.Body, k.limit))
	_ = response.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if kept, ok := r.Context().Value(answerKey{}).(*answer); ok {
		*kept = readAnswer(response, body)
	}
	return response, nil
}

// replayable gives the request a body of known length that can be sent again: a kept-alive connection that the
// other side has just closed is then no failure, since the idempotency key makes the repetition safe.
func replayable(r *http.Request) (*http.Request, error) {
	if r.Body == nil {
		return r, nil
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	copied := r.Clone(r.Context())
	copied.ContentLength = int64(len(body))
	copied.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	copied.Body, _ = copied.GetBody()
	return copied, nil
}

func readAnswer(response *http.Response, body []byte) answer {
	a := answer{status: response.StatusCode, retryAfter: pause(response.Header)}
	var problem struct{ Name, Message string }
	if response.StatusCode >= 300 && json.Unmarshal(body, &problem) == nil {
		a.name, a.message = cutRunes(cleanLine(problem.Name), 80), cutRunes(cleanLine(problem.Message), 300)
	}
	return a
}

// pause reads how long the other side wants us to wait: Retry-After in seconds or as a date measured against the
// answer's own Date, else, once nothing remains, the end of the rate window.
func pause(h http.Header) time.Duration {
	if seconds, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		return boundedPause(seconds)
	}
	if until, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		if sent, err := http.ParseTime(h.Get("Date")); err == nil {
			return boundedPause(until.Sub(sent).Seconds())
		}
	}
	if h.Get("Ratelimit-Remaining") == "0" {
		if seconds, err := strconv.ParseFloat(h.Get("Ratelimit-Reset"), 64); err == nil {
			return boundedPause(seconds)
		}
	}
	return 0
}

func boundedPause(seconds float64) time.Duration {
	if !(seconds > 0) { // also not a number
		return 0
	}
	return time.Duration(min(seconds, maxPause.Seconds()) * float64(time.Second))
}
