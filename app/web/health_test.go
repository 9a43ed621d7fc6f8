package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rejoin/app/web"
)

func TestHealthTellsAliveFromReadyAndNotWhy(t *testing.T) {
	var fault error
	h := newHouse(t)
	web.HealthRoutes(h.Server, func(context.Context) error { return fault })
	h.ask("GET", "/healthz", "").wants(200)
	h.ask("GET", "/readyz", "").wants(200)
	fault = errors.New("password of postgres is wrong")
	h.ask("GET", "/healthz", "").wants(200)
	a := h.ask("GET", "/readyz", "").wants(503)
	if strings.Contains(a.body, "postgres") || !strings.Contains(a.body, `"kind":"away"`) {
		t.Errorf("it says %s", a.body)
	}
	for _, r := range h.Table() {
		if r.Audience != web.Operator || r.Writes {
			t.Errorf("%+v", r)
		}
	}
}
