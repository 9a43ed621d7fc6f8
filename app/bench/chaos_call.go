package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	callWithin = 8 * time.Second
	callAgain  = 100 * time.Millisecond
)

// call is one request that is made until somebody answers it.
type call struct {
	method, path string
	header       http.Header
	body         []byte
	late         bool // there may be nothing left to do: a conflict is no refusal
}

// reply is what it was answered.
type reply struct {
	status int
	header http.Header
	body   string
}

// newCallers is the network of everyone: it follows no redirects, as what they say is read from them.
func newCallers() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 10 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask makes a call to one instance after the other until one answers it, as a load balancer and a patient browser do. A
// refusal is an error: nobody here asks for what is not theirs.
func (f *fire) ask(ctx context.Context, c call) (*reply, error) {
	turn := int(f.turn.Add(1))
	for try := 0; ; try++ {
		if base := f.instances[(turn+try)%len(f.instances)].base(); base != "" {
			answered, err := f.once(ctx, base, c)
			switch {
			case err != nil, answered.status >= 500, answered.status == http.StatusTooManyRequests:
				f.unanswered.Add(1)
			case answered.status >= 400 && (answered.status != http.StatusConflict || !c.late):
				return nil, fmt.Errorf("%s %s was refused: %d %s", c.method, c.path, answered.status, firstLine(answered.body))
			default:
				return answered, nil
			}
		}
		if try%2 == 0 && ctx.Err() == nil {
			continue // the other one
		}
		if err := pause(ctx, callAgain); err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.method, c.path, err)
		}
	}
}

// once makes a call to one instance.
func (f *fire) once(ctx context.Context, base string, c call) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, c.method, base+c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	request.Header = c.header
	answered, err := f.callers.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer answered.Body.Close()
	body, err := io.ReadAll(answered.Body)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	return &reply{status: answered.StatusCode, header: answered.Header, body: string(body)}, nil
}

// form is a call as a page of ours makes it.
func form(path, session string, values url.Values) call {
	header := http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"text/html"}, "Accept-Language": {"en"},
		"HX-Request": {"true"}, "HX-Request-Type": {"partial"},
	}
	if session != "" {
		header.Set("Cookie", sessionCookie+"="+session)
	} else {
		header.Del("HX-Request")
		header.Del("HX-Request-Type")
	}
	return call{method: http.MethodPost, path: path, header: header, body: []byte(values.Encode())}
}

const sessionCookie = "rejoin_session"

// sessionOf reads the session that an answer has begun.
func sessionOf(r *reply) (string, error) {
	answered := http.Response{Header: r.header}
	for _, cookie := range answered.Cookies() {
		if cookie.Name == sessionCookie && cookie.Value != "" {
			return cookie.Value, nil
		}
	}
	return "", errors.New("nobody was signed in")
}
