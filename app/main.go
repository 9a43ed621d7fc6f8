// Command app is Rejoin: one binary that serves the widget, the inbox and the way back.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // business hours must not depend on the machine's zones

	"github.com/alecthomas/kong"
)

type commands struct {
	Serve   serveCommand   `cmd:"" default:"1" help:"Serve in production: no demo, no default password."`
	Demo    demoCommand    `cmd:"" help:"Serve a demo brand on loopback, with a mailbox instead of real email."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the newest schema and stop."`
	Bench   benchCommand   `cmd:"" help:"Measure, each figure beside a yardstick of the same run."`
	Chaos   chaosCommand   `cmd:"" help:"Kill, break and restart, and prove that every due message is emailed exactly once."`
	Env     envCommand     `cmd:"" help:"Print what the environment can set."`
	Doctor  doctorCommand  `cmd:"" help:"Check that emails go out and come back, and say what to do where they do not."`
	Mail    mailCommand    `cmd:"" help:"Read raw mail as the inbound door does, and look after mail that is nobody's."`

	BenchServer benchServerCommand `cmd:"" hidden:""`
}

type envCommand struct{}

// Run prints the table of the environment.
func (envCommand) Run() error { return printTable(os.Stdout) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli commands
	parsed := kong.Parse(&cli, kong.Name("app"), kong.UsageOnError(),
		kong.Description("Rejoin keeps a website chat going after the customer has left."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "rejoin:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}
