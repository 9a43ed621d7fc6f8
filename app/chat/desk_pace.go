package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// capSpan is what an address may have so many automatic emails in.
const capSpan = time.Hour

// soon is what a job is not put off for: it would come later than that.
const soon = time.Second

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

// enqueue makes the first attempts at deliveries part of this Tx, each at its organization's pace. It comes last in a Tx,
// since others of the organization wait for its end.
func (d *Desk) enqueue(ctx context.Context, tx Tx, deliveries ...Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	slots, err := d.slots(ctx, tx, deliveries)
	if err != nil {
		return err
	}
	jobs := make([]Job, len(deliveries))
	for i := range deliveries {
		one := &deliveries[i]
		jobs[i] = Job{Kind: JobDeliver, OrganizationID: one.OrganizationID, ID: one.ID}
		if free := slots[one.OrganizationID]; len(free) > 0 {
			slots[one.OrganizationID] = free[1:]
			if free[0].Sub(d.now()) >= soon {
				jobs[i].At = free[0]
			}
		}
	}
	return tx.Enqueue(ctx, jobs...)
}

// slots reserves an instant for each delivery, by organization; none where there is no pace to keep.
func (d *Desk) slots(ctx context.Context, tx Tx, deliveries []Delivery) (map[int64][]time.Time, error) {
	if d.pace == (Pace{}) {
		return nil, nil
	}
	wanted := make(map[int64]int)
	for i := range deliveries {
		wanted[deliveries[i].OrganizationID]++
	}
	slots := make(map[int64][]time.Time, len(wanted))
	for _, organization := range slices.Sorted(maps.Keys(wanted)) { // in one order, so that no two wait for each other
		free, err := tx.ReserveSlots(ctx, organization, wanted[organization], d.now(), d.pace.One, d.pace.All)
		if err != nil {
			return nil, fmt.Errorf("reserve slots: %w", err)
		}
		slots[organization] = free
	}
	return slots, nil
}
