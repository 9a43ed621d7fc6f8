package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// slotsSQL moves an organization's next email behind those that are reserved now. How far apart they are is settled by
// how many others are sending at the same time: all of them share what all may send.
const slotsSQL = `with step as (select greatest(
			case when $4::float8 > 0 then 1 / $4::float8 else 0 end,
			case when $5::float8 > 0 then (1 + (select count(*) from paces where organization_id <> $1 and next_at > $2)) / $5::float8 else 0 end
		) as seconds)
	insert into paces as p (organization_id, next_at) select $1, $2::timestamptz + make_interval(secs => $3 * seconds) from step
	on conflict (organization_id) do update set next_at = greatest(p.next_at, $2) + (excluded.next_at - $2)
	returning next_at, (select seconds from step)`

// ReserveSlots gives the instants at which an organization's next n emails may go out: at most one and all of them in a
// second, of the organization and of all together; 0 is without a bound. What one has reserved puts no other off.
func (t *tx) ReserveSlots(ctx context.Context, organization int64, n int, now time.Time, one, all float64) ([]time.Time, error) {
	type reserved struct {
		end     time.Time
		seconds float64
	}
	found, err := collect(ctx, t.reader, "reserve slots", slotsSQL, []any{organization, now, n, one, all},
		func(row pgx.Rows, into *reserved) error { return row.Scan(&into.end, &into.seconds) })
	if err != nil {
		return nil, err
	}
	step := time.Duration(found[0].seconds * float64(time.Second))
	slots := make([]time.Time, n)
	for i := range slots {
		slots[i] = found[0].end.Add(-time.Duration(n-i) * step)
	}
	return slots, nil
}
