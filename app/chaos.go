package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"rejoin/app/bench"
)

type chaosCommand struct {
	Seed          uint64        `help:"Repeat the plan of an earlier run; drawn anew when left out."`
	Conversations int           `default:"200" help:"How many customers write."`
	Kills         int           `default:"24" help:"How often an instance is killed with kill -9."`
	Fire          time.Duration `default:"2m" help:"How long lives, kills and faults are spread."`
	Hasty         bool          `help:"Let instances take up within seconds what a killed one has left: shorter, but not production's times."`
	JSON          string        `name:"json" placeholder:"FILE" help:"Write the JSON to a file instead of below the table."`
}

// Run lights the fire, prints what is left as a table and as JSON, and fails when anything is wrong.
func (c chaosCommand) Run(ctx context.Context) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if c.Seed == 0 {
		c.Seed = uint64(rand.Uint32()) //nolint:gosec // chance, not a secret
	}
	report, err := bench.Chaos(ctx, bench.ChaosOptions{
		Binary: binary, Dir: filepath.Join(config.DataDir, "chaos"), Seed: c.Seed, Conversations: c.Conversations, Kills: c.Kills,
		Fire: c.Fire, Hasty: c.Hasty, Progress: os.Stderr,
	})
	if report == nil {
		return err
	}
	if err := errors.Join(err, report.Table(os.Stdout), writeJSON(c.JSON, report)); err != nil {
		return err
	}
	if wrong := len(report.Violations()); wrong > 0 {
		return fmt.Errorf("%d violations; what is left stands in %s, and the plan is repeated by --seed %d", wrong, filepath.Join(config.DataDir, "chaos"), c.Seed)
	}
	return nil
}
