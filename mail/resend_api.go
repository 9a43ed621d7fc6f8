package mail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/resend/resend-go/v2"
)

// resendAPI is Resend's API under one key: it asks, judges the answers, keeps to the rate, and hides the key.
type resendAPI struct {
	client *resend.Client
	pace   *resendPace
	base   *url.URL
	broken error // the base address cannot be used
}

// newResendAPI reads at most limit bytes of an answer.
func newResendAPI(key, baseURL string, timeout time.Duration, limit int64) *resendAPI {
	pace := &resendPace{}
	client := resend.NewCustomClient(&http.Client{
		Timeout:       timeout,
		Transport:     &answerKeeper{next: http.DefaultTransport.(*http.Transport).Clone(), limit: limit, pace: pace},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, strings.TrimSpace(key))
	base, err := resendBase(baseURL)
	client.BaseURL = base
	return &resendAPI{client: client, pace: pace, base: base, broken: err}
}

// resendBase gives the address with the slash at its end that the library builds on.
func resendBase(address string) (*url.URL, error) {
	if address == "" {
		address = "https://api.resend.com"
	}
	base, err := url.Parse(strings.TrimRight(address, "/") + "/")
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("resend: %q is no http(s) address", address)
	}
	return base, nil
}

// ask makes one attempt, within the rate.
func (a *resendAPI) ask(ctx context.Context, do func(context.Context, *resend.Client) error) *Failure {
	if a.broken != nil {
		return &Failure{Code: "bad_base_url", Detail: a.broken.Error(), cause: a.broken}
	}
	if err := a.pace.wait(ctx); err != nil {
		return unansweredFailure(err)
	}
	asked, kept := keepAnswer(ctx)
	err := do(asked, a.client)
	if err == nil {
		return nil
	}
	failure := resendFailure(*kept, err)
	if a.client.ApiKey != "" {
		failure.Detail = strings.ReplaceAll(failure.Detail, a.client.ApiKey, "***")
	}
	return failure
}

// get reads the answer to a GET into result; the library of this version knows neither the path nor the shape.
func (a *resendAPI) get(ctx context.Context, path string, query url.Values, result any) *Failure {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return a.ask(ctx, func(ctx context.Context, client *resend.Client) error {
		request, err := client.NewRequest(ctx, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		_, err = client.Perform(request, result) //nolint:bodyclose // the library closes it
		return err
	})
}

var resendIDForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,100}$`)

// checkResendID keeps what is no id out of a path.
func checkResendID(id string) *Failure {
	if !resendIDForm.MatchString(id) {
		return &Failure{Code: "invalid_id", Detail: "that is no id of Resend's", cause: errors.New("resend: malformed id")}
	}
	return nil
}
