package bench

import (
	"testing"
	"time"
)

func TestCPUTimeIsReadBehindAnyName(t *testing.T) {
	got, err := parseCPU([]byte("42 (post) gres: (x) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 7 9 20 0 1 0 100 1000 10"))
	if err != nil || got != 2*time.Second {
		t.Errorf("%v, %v", got, err)
	}
	for _, broken := range []string{"", "42 (x) S 1", "42 (x) S 1 2 3 4 5 6 7 8 9 10 a b 13"} {
		if _, err := parseCPU([]byte(broken)); err == nil {
			t.Errorf("%q is no fault", broken)
		}
	}
}

func TestMemoryIsWhatIsResident(t *testing.T) {
	got, err := parseMemory([]byte("Name:\tapp\nVmPeak:\t  900 kB\nVmRSS:\t   48 kB\nThreads:\t3\n"))
	if err != nil || got != 48<<10 {
		t.Errorf("%d, %v", got, err)
	}
	if _, err := parseMemory([]byte("Name:\tapp\n")); err == nil {
		t.Error("no line of it is no fault")
	}
}
