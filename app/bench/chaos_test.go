package bench

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The minute of `make chaos`: another plan each time, which its seed repeats.
func TestEveryDueMessageReachesItsCustomerOnceUnderFire(t *testing.T) {
	seed := rand.Uint64N(1 << 32)
	report, err := Chaos(t.Context(), ChaosOptions{
		Binary: build(t), Dir: filepath.Join(t.TempDir(), "chaos"), Seed: seed, Conversations: 100, Kills: 10, Fire: 16 * time.Second,
		Hasty: true, Progress: t.Output(),
	})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if err := report.Table(t.Output()); err != nil {
		t.Error(err)
	}
	for _, wrong := range report.Violations() {
		t.Errorf("seed %d: %s", seed, wrong)
	}
	if report.Kills != 10 || report.Restarts != 1 || len(report.Faults) == 0 || report.Deliveries["sent"] == 0 {
		t.Errorf("seed %d: there was no fire: %+v", seed, report)
	}
}

// build makes the program that burns.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rejoin")
	command := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", path, "rejoin/app")
	command.Env = os.Environ()
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build Rejoin: %v\n%s", err, said)
	}
	return path
}
