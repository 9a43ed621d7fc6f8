package web

import (
	"sync"
	"time"
)

// knownZones is more than there are; names of one zone that only look different must not fill the memory.
const knownZones = 1000

// zones remembers the zones that were asked for: to read one takes longer than a query, and a stream would keep its own
// copy of several kB.
type zones struct {
	mu    sync.Mutex
	known map[string]*time.Location
}

// of finds a zone by its IANA name, nil when there is none.
func (z *zones) of(name string) *time.Location {
	if name == "" || len(name) > 64 || name == "Local" {
		return nil
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if zone := z.known[name]; zone != nil {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	if z.known == nil {
		z.known = make(map[string]*time.Location)
	}
	if len(z.known) < knownZones {
		z.known[name] = zone
	}
	return zone
}
