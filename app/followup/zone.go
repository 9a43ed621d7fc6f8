package followup

import (
	"time"
	_ "time/tzdata" // the zones must not depend on the machine
)

// loadZone finds an IANA zone; the empty name and "Local", which would follow
// the machine, are none.
func loadZone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// firstAt is the first instant at which the zone's wall clock shows the given
// wall time or a later one. So a wall time that a change of the clock skips is
// the instant of the change, one that comes twice is its first time, and what
// is ordered on the wall stays ordered. The wall time is in seconds since 1970
// on that clock.
func firstAt(wall int64, zone *time.Location) time.Time {
	// No zone has ever been 16 hours ahead, so the clock is still before it here.
	at := time.Unix(wall-16*3600, 0).In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		shown := time.Unix(max(at.Unix(), wall-int64(offset)), 0).In(zone)
		if end.IsZero() || shown.Before(end) || !end.After(at) {
			return shown
		}
		at = end
	}
}
