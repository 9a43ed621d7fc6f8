package chat

import "time"

// Way is how an organization's own emails go out.
type Way string

// The ways besides the operator's.
const (
	WayDomain Way = "domain" // by the operator's provider, under the organization's own domain
	WaySMTP   Way = "smtp"   // by the organization's own mail server
)

// The states of a domain at the provider that the product tells apart, and its own two.
const (
	DomainCreating = "creating" // not yet known to be at the provider
	DomainDropping = "dropping" // given back, and still to be taken away from the provider
	DomainVerified = "verified"
)

// Sender is an organization's own way out; until VerifiedAt its emails go out by the operator's, under the brand's name.
type Sender struct {
	OrganizationID int64 `bun:",pk"`
	Way            Way
	Address        string // that emails come from
	Domain         string // of WayDomain, in lower case
	ProviderID     string
	Status         string      // of WayDomain, the provider's: not_started, pending, verified, failed, temporary_failure
	Records        []DNSRecord `bun:"type:jsonb,nullzero,default:'[]'"`
	Host           string      // of WaySMTP
	Port           int
	Security       string // starttls | tls
	Username       string
	Password       []byte // sealed
	VerifiedAt     *time.Time
	CheckedAt      *time.Time
	NextAt         *time.Time
	Detail         string
	CreatedAt      time.Time
}

// DNSRecord is one that the organization has to publish.
type DNSRecord struct {
	Purpose  string `json:"purpose"` // SPF, DKIM, MX, DMARC
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	TTL      string `json:"ttl,omitzero"`
	Priority int    `json:"priority,omitzero"`
	Status   string `json:"status"`
}

// MailServer is an organization's own mail server with its password in clear; it is never stored, logged or shown.
type MailServer struct {
	Host, Security, Username, Password string
	Port                               int
}

// String hides the password.
func (s MailServer) String() string { return s.Username + "@" + s.Host }

// GoString hides the password.
func (s MailServer) GoString() string { return s.String() }
