package web

import (
	"strings"
	"testing"
	"time"
)

func TestAZoneIsReadOnceForAllReaders(t *testing.T) {
	var z zones
	first := z.of("Europe/Paris")
	if first == nil || first.String() != "Europe/Paris" || z.of("Europe/Paris") != first {
		t.Errorf("got %v and %v", first, z.of("Europe/Paris"))
	}
}

func TestWhatIsNoZoneIsNone(t *testing.T) {
	var z zones
	for _, name := range []string{"", "Local", "Europe/Atlantis", "../../etc/passwd", strings.Repeat("./", 40) + "Europe/Paris"} {
		if zone := z.of(name); zone != nil {
			t.Errorf("%q is %v", name, zone)
		}
	}
}

func TestNamesDoNotFillTheMemory(t *testing.T) {
	z := zones{known: map[string]*time.Location{}}
	for len(z.known) < knownZones {
		z.known[strings.Repeat("x", len(z.known)+1)] = nil
	}
	if z.of("Europe/Paris") == nil || len(z.known) != knownZones {
		t.Errorf("%d zones are remembered", len(z.known))
	}
}
