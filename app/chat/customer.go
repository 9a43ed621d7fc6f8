package chat

import (
	"time"

	"rejoin/app/followup"
)

// LanguageReason tells why a customer's language was chosen, strongest first.
type LanguageReason string

// The reasons, in the order in which they win.
const (
	LanguageByAgent        LanguageReason = "agent"        // an agent set it
	LanguageByCustomer     LanguageReason = "customer"     // the customer chose it in the widget's menu
	LanguageByPage         LanguageReason = "page"         // data-language in the snippet
	LanguageByText         LanguageReason = "text"         // detected in what the customer writes
	LanguageByHTML         LanguageReason = "html"         // the page's <html lang>
	LanguageByBrowser      LanguageReason = "browser"      // the browser's first language
	LanguageByOrganization LanguageReason = "organization" // nothing else was known
)

// Customer is a person who writes to the brand.
type Customer struct {
	OrganizationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	Key            string
	Name           string
	Phone          string // E.164
	Language       string // BCP 47
	LanguageReason LanguageReason
	Zone           string // IANA
	Browser        string // what the User-Agent tells, shortened
	Notes          string
	Fields         map[string]string `bun:"type:jsonb,nullzero,default:'{}'"`
	Pages          []PageVisit       `bun:"type:jsonb,nullzero,default:'[]'"` // newest first, at most MaxPages
	Active         bool              // presence over all instances, written on transitions only
	AwaySince      *time.Time
	AwayCause      followup.Cause
	CreatedAt      time.Time
}

// MaxPages is how many visited pages are kept of one customer.
const MaxPages = 20

// PageVisit is one page of the brand's site that the customer opened.
type PageVisit struct {
	URL   string    `json:"url"`
	Title string    `json:"title"`
	At    time.Time `json:"at"`
}

// ContactPoint is one address of a customer in one channel, with its state.
type ContactPoint struct {
	OrganizationID int64 `bun:",pk"`
	ID             int64 `bun:",pk,autoincrement"`
	CustomerID     int64
	Channel        string // "email"
	Address        string
	VerifiedAt     *time.Time // the person followed a link sent there, or answered from there
	BouncedAt      *time.Time
	ComplainedAt   *time.Time
	StoppedAt      *time.Time // the customer opted out
	BounceStatus   string     // enhanced status, like 5.1.1
	BounceWords    string     // the receiving server's own
	CreatedAt      time.Time
}

// Point is the contact point as the follow-up judgement sees it.
func (p *ContactPoint) Point() followup.Point {
	return followup.Point{
		Channel: p.Channel, Address: p.Address,
		Bounced: p.BouncedAt != nil, Complained: p.ComplainedAt != nil, Stopped: p.StoppedAt != nil,
	}
}

// Reach judges a customer's presence and contact points.
func Reach(c *Customer, points []ContactPoint) (followup.Reach, followup.Reason) {
	presence := followup.Presence{Active: c.Active, Cause: c.AwayCause}
	if c.AwaySince != nil {
		presence.AwaySince = *c.AwaySince
	}
	judged := make([]followup.Point, len(points))
	for i := range points {
		judged[i] = points[i].Point()
	}
	return followup.ReachOf(presence, judged)
}

// UsablePoint returns the newest contact point that works, nil when there is none.
func UsablePoint(points []ContactPoint) *ContactPoint {
	for i := range points {
		if points[i].Point().Usable() {
			return &points[i]
		}
	}
	return nil
}

// VisitorToken opens a customer's conversations in one browser; after a rejoin it opens that conversation only.
type VisitorToken struct {
	OrganizationID int64  `bun:",pk"`
	TokenHash      []byte `bun:",pk"`
	CustomerID     int64
	ConversationID *int64 // nil = every conversation of the customer
	CreatedAt      time.Time
}

// TokenHolder is who holds a visitor token.
type TokenHolder struct {
	Token        VisitorToken
	Customer     Customer
	Organization Organization
}
