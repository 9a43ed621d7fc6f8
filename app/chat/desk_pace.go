package chat

import (
	"context"
	"fmt"
	"time"
)

// capSpan is what an address may have so many automatic emails in.
const capSpan = time.Hour

// place is one address of one organization.
type place struct {
	organization int64
	address      string
}

// withinCap leaves out what is due to an address that gets its last ones for this hour by those before it. Nobody else
// can give it one meanwhile.
func (d *Desk) withinCap(ctx context.Context, tx Tx, judged []judgement, now time.Time) ([]judgement, error) {
	had := make(map[place]int)
	var organizations []int64
	var addresses []string
	for i := range judged {
		if at := judged[i].place(); judged[i].plan.Now(now) {
			if _, known := had[at]; !known {
				had[at] = 0
				organizations, addresses = append(organizations, at.organization), append(addresses, at.address)
			}
		}
	}
	counts, err := tx.LockAutomatic(ctx, organizations, addresses, now.Add(-capSpan))
	if err != nil {
		return nil, fmt.Errorf("count automatic emails: %w", err)
	}
	for i, n := range counts {
		had[place{organizations[i], addresses[i]}] = n
	}
	kept := make([]judgement, 0, len(judged))
	for i := range judged {
		if at := judged[i].place(); judged[i].plan.Now(now) {
			if had[at] >= judged[i].organization.Settings.Number(HourlyCap) {
				continue
			}
			had[at]++
		}
		kept = append(kept, judged[i])
	}
	return kept, nil
}

func (j *judgement) place() place {
	if j.facts.Point == nil {
		return place{}
	}
	return place{j.organization.ID, j.facts.Point.Address}
}

// capped tells whether an address has had all the automatic mail that it may have in this hour.
func (d *Desk) capped(ctx context.Context, tx Tx, o *Organization, address string) (bool, error) {
	counts, err := tx.LockAutomatic(ctx, []int64{o.ID}, []string{address}, d.now().Add(-capSpan))
	if err != nil {
		return false, fmt.Errorf("count automatic emails: %w", err)
	}
	return counts[0] >= o.Settings.Number(HourlyCap), nil
}

// enqueue makes the first attempts at deliveries part of this Tx.
func (d *Desk) enqueue(ctx context.Context, tx Tx, deliveries []Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	jobs := make([]Job, len(deliveries))
	for i := range deliveries {
		jobs[i] = Job{Kind: JobDeliver, OrganizationID: deliveries[i].OrganizationID, ID: deliveries[i].ID}
	}
	return tx.Enqueue(ctx, jobs...)
}
