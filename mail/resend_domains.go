package mail

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/resend/resend-go/v2"
	"golang.org/x/net/idna"
)

// The states of a domain, and of its records, as Resend names them.
const (
	DomainNotStarted        = "not_started"
	DomainPending           = "pending"
	DomainVerified          = "verified"
	DomainPartiallyVerified = "partially_verified"
	DomainPartiallyFailed   = "partially_failed"
	DomainFailed            = "failed"
	DomainTemporaryFailure  = "temporary_failure" // it was verified, and its records are not found at the moment
)

// Domain is a domain to send from, as Resend knows it.
type Domain struct {
	ID, Name, Status, Region string
	Records                  []Record // none in a list
}

// Record is one DNS record that Resend wants to see.
type Record struct {
	Purpose  string // SPF, DKIM, Receiving …
	Name     string // as an admin types it at a DNS provider: relative to the registered domain
	Type     string // MX, TXT, CNAME
	Value    string
	TTL      string
	Priority int // of an MX record
	Status   string
}

// ResendDomains creates and verifies domains at Resend. Every error is a *Failure.
type ResendDomains struct{ api *resendAPI }

// NewResendDomains asks Resend's API at baseURL ("https://api.resend.com" when empty), each question within timeout.
// The key needs full access; one for sending only fails with the code restricted_api_key.
func NewResendDomains(key, baseURL string, timeout time.Duration) *ResendDomains {
	return &ResendDomains{newResendAPI(key, baseURL, timeout, maxDomainAnswer)}
}

const (
	maxDomainAnswer = 1 << 20
	domainPage      = 100
	maxDomainPages  = 20
)

// Create registers a domain and gives the records that its DNS needs. A name that Resend knows already is a permanent
// failure: whose it is, only the caller can tell.
func (d *ResendDomains) Create(ctx context.Context, name string) (Domain, error) {
	ascii, err := domainName(name)
	if err != nil {
		return Domain{}, &Failure{Code: "invalid_domain", Detail: err.Error(), cause: err}
	}
	var created Domain
	failure := d.api.ask(ctx, func(ctx context.Context, client *resend.Client) error {
		made, err := client.Domains.CreateWithContext(ctx, &resend.CreateDomainRequest{Name: ascii})
		created = Domain{ID: made.Id, Name: made.Name, Status: made.Status, Region: made.Region, Records: readRecords(made.Records)}
		return unreadable(err, made.Id)
	})
	return domainOr(created, failure)
}

// Get gives a domain with the state of its records.
func (d *ResendDomains) Get(ctx context.Context, id string) (Domain, error) {
	if failure := checkResendID(id); failure != nil {
		return Domain{}, failure
	}
	var got Domain
	failure := d.api.ask(ctx, func(ctx context.Context, client *resend.Client) error {
		domain, err := client.Domains.GetWithContext(ctx, id)
		got = readDomain(domain)
		return unreadable(err, domain.Id)
	})
	return domainOr(got, failure)
}

// Verify asks Resend to look at the DNS again; Get tells later what it saw.
func (d *ResendDomains) Verify(ctx context.Context, id string) error {
	return d.act(ctx, id, func(ctx context.Context, client *resend.Client) error {
		_, err := client.Domains.VerifyWithContext(ctx, id)
		return err
	})
}

// Delete takes a domain away from Resend; one that is gone already is a failure with Status 404.
func (d *ResendDomains) Delete(ctx context.Context, id string) error {
	return d.act(ctx, id, func(ctx context.Context, client *resend.Client) error {
		_, err := client.Domains.RemoveWithContext(ctx, id)
		return err
	})
}

func (d *ResendDomains) act(ctx context.Context, id string, do func(context.Context, *resend.Client) error) error {
	if failure := checkResendID(id); failure != nil {
		return failure
	}
	if failure := d.api.ask(ctx, do); failure != nil {
		return failure
	}
	return nil
}

// List gives the domains of the key's team, without their records, at most 2,000.
func (d *ResendDomains) List(ctx context.Context) ([]Domain, error) {
	var all []Domain
	for range maxDomainPages {
		var page resend.ListDomainsResponse
		failure := d.api.ask(ctx, func(ctx context.Context, client *resend.Client) (err error) {
			limit := domainPage
			options := &resend.ListOptions{Limit: &limit}
			if len(all) > 0 {
				options.After = &all[len(all)-1].ID
			}
			page, err = client.Domains.ListWithOptions(ctx, options)
			return err
		})
		if failure != nil {
			return nil, failure
		}
		for _, domain := range page.Data {
			all = append(all, readDomain(domain))
		}
		if !page.HasMore || len(page.Data) == 0 {
			break
		}
	}
	return all, nil
}

func domainOr(d Domain, failure *Failure) (Domain, error) {
	if failure != nil {
		return Domain{}, failure
	}
	return d, nil
}

// unreadable is err, or the complaint about an answer that lacks its id.
func unreadable(err error, id string) error {
	if err == nil && id == "" {
		return errUnreadable
	}
	return err
}

func readDomain(d resend.Domain) Domain {
	return Domain{ID: d.Id, Name: d.Name, Status: d.Status, Region: d.Region, Records: readRecords(d.Records)}
}

func readRecords(records []resend.Record) []Record {
	read := make([]Record, 0, len(records))
	for _, r := range records {
		priority, err := strconv.Atoi(r.Priority.String())
		if err != nil {
			priority = 0 // only an MX record has one
		}
		read = append(read, Record{
			Purpose: r.Record, Name: r.Name, Type: r.Type, Value: r.Value, TTL: r.Ttl, Priority: priority, Status: r.Status,
		})
	}
	return read
}

var errDomainName = errors.New("that is no name of a domain")

// domainName gives a name in lower-case ASCII, as DNS has it.
func domainName(name string) (string, error) {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if err != nil || len(ascii) > 253 || !strings.Contains(ascii, ".") || strings.ContainsAny(ascii, "/:@ ") {
		return "", errDomainName
	}
	return ascii, nil
}
