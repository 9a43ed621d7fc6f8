package doctor

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"rejoin/app/chat"
)

// answer is what came back when BASE_URL was asked to prove that it is us.
type answer struct {
	err      error
	status   int
	says     string // the status in words
	isOurs   bool
	location string    // where it sends on to
	date     time.Time // of the server's clock; zero when it said none
	middle   time.Time // of ours, between question and answer
	leaf     *x509.Certificate
}

// maxPong is how much of an answer is read.
const maxPong = 1 << 10

// fetch asks BASE_URL once; link, certificate and clock share the answer.
func (e *examination) fetch() answer {
	if e.base.Host == "" {
		return answer{err: errors.New("BASE_URL is no address")}
	}
	nonce := rand.Text()
	request, err := http.NewRequestWithContext(e.ctx, http.MethodGet, e.base.String()+PingPath+"?nonce="+nonce, nil)
	if err != nil {
		return answer{err: err}
	}
	began := e.Now()
	response, err := e.HTTP.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode, says: response.Status, middle: between(began, e.Now())}
	got.date, _ = http.ParseTime(response.Header.Get("Date")) // absent and unreadable are the same here
	if to, err := response.Location(); err == nil {
		got.location = strings.TrimSuffix(to.Scheme+"://"+to.Host+to.Path, PingPath)
	}
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		got.leaf = response.TLS.PeerCertificates[0]
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPong))
	if err != nil {
		return answer{err: err}
	}
	said, want := strings.TrimSpace(string(body)), Pong(e.patient.Ping, nonce)
	got.isOurs = got.status == http.StatusOK && subtle.ConstantTimeCompare([]byte(said), []byte(want)) == 1
	return got
}

func between(from, to time.Time) time.Time { return from.Add(to.Sub(from) / 2) }

// link tells whether a customer anywhere can open our links.
func (e *examination) link() chat.Finding {
	host := e.base.Hostname()
	ip, err := netip.ParseAddr(host)
	switch {
	case isReserved(host) || err == nil && isInside(ip.Unmap()):
		if e.isDemo() {
			return warn("link", "private", "URL", e.patient.BaseURL)
		}
		return bad("link", "private", "URL", e.patient.BaseURL)
	case e.base.Scheme == "http":
		return bad("link", "plain", "URL", e.patient.BaseURL)
	}
	at, err := e.addresses(host)
	if isNotFound(err) {
		return bad("link", "unresolved", "Host", host)
	}
	got := e.answer()
	switch {
	case got.err != nil:
		return bad("link", "unreachable", "URL", e.patient.BaseURL, "Reason", unwrapped(got.err))
	case got.status >= 300 && got.status < 400:
		return bad("link", "moved", "URL", e.patient.BaseURL, "To", got.location)
	case !got.isOurs:
		return bad("link", "stranger", "URL", e.patient.BaseURL, "Status", got.says)
	case err == nil && !slices.ContainsFunc(at, func(ip netip.Addr) bool { return !isInside(ip) }):
		return warn("link", "inside", "Host", host, "IP", at[0].String())
	}
	return good("link", "ok", "URL", e.patient.BaseURL)
}

// unwrapped is why a request failed, without the address and the nonce in it.
func unwrapped(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok || inner.Unwrap() == nil || !strings.Contains(err.Error(), PingPath) {
			return err.Error()
		}
		err = inner.Unwrap()
	}
}

const (
	endingSoon = 14 * 24 * time.Hour
	endingNow  = 3 * 24 * time.Hour
)

// certificate tells for how long browsers will trust ours.
func (e *examination) certificate() chat.Finding {
	if e.base.Scheme != "https" {
		return none("certificate", "plain")
	}
	host := e.base.Hostname()
	got := e.answer()
	var distrust *tls.CertificateVerificationError
	switch {
	case errors.As(got.err, &distrust):
		return bad("certificate", "invalid", "Host", host, "Reason", distrust.Err.Error())
	case got.err != nil || got.leaf == nil:
		return none("certificate", "unseen", "Host", host)
	}
	until := []string{"Host", host, "Until", got.leaf.NotAfter.UTC().Format(time.DateOnly)}
	switch left := got.leaf.NotAfter.Sub(e.Now()); {
	case left < endingNow:
		return bad("certificate", "ending", until...)
	case left < endingSoon:
		return warn("certificate", "ending", until...)
	}
	return good("certificate", "ok", until...)
}
