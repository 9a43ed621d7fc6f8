package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const maxDownloadHops = 3

var errForeignAddress = errors.New("the address of a file has to be https, or on the host of the API")

// downloader gets files from the addresses that Resend gives. They carry their own signature: the API key is never sent.
type downloader struct {
	client *http.Client
	base   *url.URL
}

func newDownloader(base *url.URL, timeout time.Duration) *downloader {
	d := &downloader{base: base}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = d.dial
	d.client = &http.Client{Timeout: timeout, Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxDownloadHops {
			return fmt.Errorf("more than %d redirects", maxDownloadHops)
		}
		return d.check(r.URL)
	}}
	return d
}

// check keeps to https, and to the API's own host with whatever it is spoken to by.
func (d *downloader) check(address *url.URL) error {
	isOwn := d.base != nil && address.Scheme == d.base.Scheme && address.Host == d.base.Host
	if address.Host == "" || address.Scheme != "https" && !isOwn || address.User != nil {
		return errForeignAddress
	}
	return nil
}

// dial refuses private networks, but for the API's own host and the proxy that the operator has set.
func (d *downloader) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{}
	if !slices.Contains(d.trusted(), address) {
		dialer.Control = refusePrivate
	}
	return dialer.DialContext(ctx, network, address)
}

func (d *downloader) trusted() []string {
	trusted := []string{dialled(d.base)}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: "cdn.resend.com"}}); err == nil && proxy != nil {
		trusted = append(trusted, dialled(proxy))
	}
	return trusted
}

// dialled is an address with its port, as it is dialled.
func dialled(u *url.URL) string {
	if u == nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// get reads at most limit bytes. A file that is there no more, or not for us, fails with the code file_gone.
func (d *downloader) get(ctx context.Context, address string, limit int64) (content []byte, truncated bool, failure *Failure) {
	target, err := url.Parse(address)
	if err == nil {
		err = d.check(target)
	}
	if err != nil { // not err itself, which may show the signature
		return nil, false, &Failure{Code: "foreign_address", Detail: errForeignAddress.Error(), cause: errForeignAddress}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, false, &Failure{Code: "foreign_address", Detail: errForeignAddress.Error(), cause: errForeignAddress}
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, false, downloadFailure(err)
	}
	defer func() { _ = response.Body.Close() }() // what was read is read
	if response.StatusCode != http.StatusOK {
		return nil, false, statusFailure(response)
	}
	content, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, false, downloadFailure(err)
	}
	if int64(len(content)) > limit {
		return content[:limit], true, nil
	}
	return content, false, nil
}

// downloadFailure judges a download without an answer; the address stays out of it, since its signature opens the file.
func downloadFailure(err error) *Failure {
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err
	}
	if errors.Is(err, errForeignAddress) || errors.Is(err, errPrivateAddress) {
		return &Failure{Code: "foreign_address", Detail: err.Error(), cause: err}
	}
	return unansweredFailure(err)
}

func statusFailure(response *http.Response) *Failure {
	failure := resendFailure(answer{status: response.StatusCode, retryAfter: pause(response.Header)}, nil)
	if gone := []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone}; slices.Contains(gone, response.StatusCode) {
		failure.Code, failure.Detail = "file_gone", "the file is there no more"
	}
	return failure
}
