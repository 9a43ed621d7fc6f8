package main

import (
	"context"
	"time"

	"rejoin/app/bench"
	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/mail"
)

// benchDesk makes desks as a server has them, with nothing in the background: neither sweeps nor jobs begin by themselves.
func benchDesk(config Config) bench.MakeDesk {
	config.SecretKey = "nothing that a bench's desk signs opens anything"
	return func(ctx context.Context, databaseURL string, now func() time.Time) (*chat.Desk, func(), error) {
		h, err := build(ctx, config, config.log(), parts{
			url: databaseURL, now: now, from: mail.Address{Name: "Rejoin", Email: "chat@rejoin.example"}, password: web.NewPasswords(1, false),
		})
		if err != nil {
			return nil, nil, err
		}
		return h.desk, h.pools.Close, nil
	}
}
