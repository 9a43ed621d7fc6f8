package resendtest

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

const maxDomains = 1_000

// domain is one domain as the API shows it.
type domain struct {
	Object       string            `json:"object"`
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Status       string            `json:"status"`
	CreatedAt    string            `json:"created_at"`
	Region       string            `json:"region"`
	OpenTracking bool              `json:"open_tracking"`
	ClickTrack   bool              `json:"click_tracking"`
	TLS          string            `json:"tls"`
	Capabilities map[string]string `json:"capabilities"`
	Records      []record          `json:"records,omitempty"`

	published []string // the purposes whose records DNS has
}

type record struct {
	Record   string `json:"record"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	TTL      string `json:"ttl"`
	Status   string `json:"status"`
	Value    string `json:"value"`
	Priority int    `json:"priority,omitempty"`
}

func (s *Server) domainRoutes(mux *http.ServeMux) {
	for pattern, handler := range map[string]http.HandlerFunc{
		"POST /domains":             s.createDomain,
		"GET /domains":              s.listDomains,
		"GET /domains/{id}":         s.onDomain(func(w http.ResponseWriter, d *domain) { answer(w, 200, d) }),
		"PATCH /domains/{id}":       s.onDomain(func(w http.ResponseWriter, d *domain) { answer(w, 200, named(d)) }),
		"POST /domains/{id}/verify": s.onDomain(s.verifyDomain),
		"DELETE /domains/{id}":      s.onDomain(s.deleteDomain),
	} {
		mux.HandleFunc(pattern, s.authorized(s.faulty(handler)))
	}
}

// Publish puts the records of these purposes (SPF, DKIM), or of all without any, into the DNS of a domain; the next
// verification sees them. The domain may be created later.
func (s *Server) Publish(name string, purposes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(purposes) == 0 {
		purposes = []string{"SPF", "DKIM"}
	}
	d := s.find(func(d *domain) bool { return d.Name == name })
	if d == nil {
		d = newDomain(name, time.Now())
		d.ID = "" // nobody has created it yet
		s.domains = append(s.domains, d)
	}
	d.published = append(d.published, purposes...)
}

// SetDomain gives a domain and its records a state that only time brings about, such as failed or temporary_failure,
// until the next verification.
func (s *Server) SetDomain(name, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.find(func(d *domain) bool { return d.Name == name }); d != nil {
		d.setStatus(status)
	}
}

// find gives the first domain that fits, or nil; the lock is held.
func (s *Server) find(fits func(*domain) bool) *domain {
	if at := slices.IndexFunc(s.domains, fits); at >= 0 {
		return s.domains[at]
	}
	return nil
}

func newDomain(name string, at time.Time) *domain {
	d := &domain{
		Object: "domain", ID: newID(), Name: name, CreatedAt: at.UTC().Format(time.RFC3339Nano), Region: "us-east-1", TLS: "opportunistic",
		Capabilities: map[string]string{"sending": "enabled", "receiving": "disabled"},
		Records: []record{
			{Record: "SPF", Name: "send", Type: "MX", TTL: "Auto", Value: "feedback-smtp.us-east-1.amazonses.com", Priority: 10},
			{Record: "SPF", Name: "send", Type: "TXT", TTL: "Auto", Value: "v=spf1 include:amazonses.com ~all"},
			{Record: "DKIM", Name: "resend._domainkey", Type: "TXT", TTL: "Auto", Value: "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDc4Lh8xkr"},
		},
	}
	d.setStatus("not_started")
	return d
}

func (d *domain) setStatus(status string) {
	d.Status = status
	for i := range d.Records {
		d.Records[i].Status = status
	}
}

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

func (s *Server) createDomain(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Name string `json:"name"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return // the client went away
	}
	if json.Unmarshal(body, &asked) != nil || asked.Name == "" {
		fail(w, *missing("name"))
		return
	}
	if !domainForm.MatchString(asked.Name) {
		fail(w, *invalid("Invalid `name` field. The domain is not valid."))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.find(func(d *domain) bool { return d.Name == asked.Name })
	switch {
	case d != nil && d.ID != "":
		fail(w, problem{403, "The " + asked.Name + " domain has been registered already.", "validation_error"})
		return
	case d == nil && len(s.domains) >= maxDomains:
		fail(w, problem{403, "You have reached the limit of domains.", "validation_error"})
		return
	case d == nil:
		d = newDomain(asked.Name, time.Now())
		s.domains = append(s.domains, d)
	default: // published before
		d.ID = newID()
	}
	answer(w, http.StatusCreated, d)
}

func (s *Server) listDomains(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shown []domain
	for _, d := range slices.Backward(s.domains) {
		if d.ID != "" {
			without := *d
			without.Records = nil
			shown = append(shown, without)
		}
	}
	page, more, wrong := pageOf(r, shown, func(d domain) string { return d.ID })
	if wrong != nil {
		fail(w, *wrong)
		return
	}
	answer(w, 200, map[string]any{"object": "list", "has_more": more, "data": page})
}

// onDomain finds the domain of a path.
func (s *Server) onDomain(do func(http.ResponseWriter, *domain)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		id := r.PathValue("id")
		d := s.find(func(d *domain) bool { return id != "" && d.ID == id })
		if d == nil {
			fail(w, problem{404, "Domain not found", "not_found"})
			return
		}
		do(w, d)
	}
}

// verifyDomain looks into the scripted DNS.
func (s *Server) verifyDomain(w http.ResponseWriter, d *domain) {
	d.setStatus("pending")
	missing := false
	for i := range d.Records {
		if slices.Contains(d.published, d.Records[i].Record) {
			d.Records[i].Status = "verified"
		} else {
			missing = true
		}
	}
	if !missing {
		d.Status = "verified"
	}
	answer(w, 200, named(d))
}

func (s *Server) deleteDomain(w http.ResponseWriter, d *domain) {
	s.domains = slices.DeleteFunc(s.domains, func(other *domain) bool { return other == d })
	answer(w, 200, map[string]any{"object": "domain", "id": d.ID, "deleted": true})
}

func named(d *domain) map[string]string { return map[string]string{"object": "domain", "id": d.ID} }

// pageOf cuts a list, newest first, by limit, after and before.
func pageOf[T any](r *http.Request, all []T, id func(T) string) (page []T, more bool, wrong *problem) {
	query := r.URL.Query()
	limit := 20
	if text := query.Get("limit"); text != "" {
		asked, err := strconv.Atoi(text)
		if err != nil || asked < 1 || asked > 100 {
			return nil, false, invalid("The `limit` must be a number from 1 to 100.")
		}
		limit = asked
	}
	after, before := query.Get("after"), query.Get("before")
	at := func(id_ string) int { return slices.IndexFunc(all, func(one T) bool { return id(one) == id_ }) }
	switch {
	case after != "" && before != "":
		return nil, false, invalid("The `after` and `before` parameters cannot be used together.")
	case after != "":
		found := at(after)
		if found < 0 {
			return nil, false, invalid("The `after` cursor is not known.")
		}
		all = all[found+1:]
	case before != "":
		found := at(before)
		if found < 0 {
			return nil, false, invalid("The `before` cursor is not known.")
		}
		start := max(0, found-limit)
		return append([]T{}, all[start:found]...), start > 0, nil
	}
	cut := min(limit, len(all))
	return append([]T{}, all[:cut]...), cut < len(all), nil
}
