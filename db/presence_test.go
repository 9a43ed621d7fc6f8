package db_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

func TestOnlyLiveInstancesTellOfPresence(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	row := func(instance string, active bool) *chat.PresenceRow {
		return &chat.PresenceRow{OrganizationID: o.ID, Subject: chat.SubjectCustomer, SubjectID: 7, Instance: instance, Active: active, ChangedAt: noon}
	}
	h.lease("live", time.Hour)
	h.lease("dead", -time.Second)
	h.do(func(ctx context.Context, tx chat.Tx) error {
		for _, p := range []*chat.PresenceRow{row("live", true), row("dead", true), row("unknown", true), row("live", false)} {
			if !p.Active {
				p.Cause = followup.Hidden
			}
			if err := tx.SavePresence(ctx, p, false); err != nil {
				return err
			}
		}
		rows, err := tx.Presences(ctx, o.ID, chat.SubjectCustomer, 7)
		if len(rows) != 1 || rows[0].Instance != "live" || rows[0].Active || rows[0].Cause != followup.Hidden {
			t.Errorf("presences are %+v", rows)
		}
		return err
	})
	h.do(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.SavePresence(ctx, row("live", false), true); err != nil {
			return err
		}
		rows, err := tx.Presences(ctx, o.ID, chat.SubjectCustomer, 7)
		if len(rows) != 0 {
			t.Errorf("a removed presence is told: %+v", rows)
		}
		return err
	})
}

func TestOrphansAreTakenOnceInSmallPieces(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	h.lease("live", time.Hour)
	h.lease("dead", -time.Minute)
	for id, instance := range []string{"dead", "dead", "live", "unknown", "dead"} {
		h.insert(&chat.PresenceRow{OrganizationID: o.ID, Subject: chat.SubjectCustomer, SubjectID: int64(id), Instance: instance, Active: true, ChangedAt: noon})
	}
	var taken []int64
	for _, want := range []int{3, 1, 0} {
		rows, err := h.Orphans(t.Context(), 3)
		if err != nil || len(rows) != want {
			t.Fatalf("took %d, %v; want %d", len(rows), err, want)
		}
		for _, row := range rows {
			h.do(func(ctx context.Context, tx chat.Tx) error { return tx.SavePresence(ctx, &row, true) })
			taken = append(taken, row.SubjectID)
			leaseEnd := time.Until(row.ChangedAt)
			if row.Instance == "dead" && (leaseEnd > -30*time.Second || leaseEnd < -time.Hour) || row.Instance == "unknown" && !row.ChangedAt.Equal(noon) {
				t.Errorf("%s ended at %s", row.Instance, row.ChangedAt)
			}
		}
	}
	slices.Sort(taken)
	if !slices.Equal(taken, []int64{0, 1, 3, 4}) {
		t.Errorf("took %v", taken)
	}
	if n := h.count("select count(*) from leases"); n != 1 {
		t.Errorf("%d leases are left, want the live one", n)
	}
}

func (h *house) lease(instance string, life time.Duration) {
	h.t.Helper()
	if _, err := h.RenewLease(h.t.Context(), instance, life); err != nil {
		h.t.Fatal(err)
	}
}

func TestAnInstanceKnowsHowManyListen(t *testing.T) {
	h := newHouse(t)
	expect := func(instance string, want int, why string) {
		t.Helper()
		if n, err := h.RenewLease(t.Context(), instance, time.Hour); err != nil || n != want {
			t.Errorf("%s: %s counts %d, %v; want %d", why, instance, n, err, want)
		}
	}
	expect("one", 1, "nobody else is there")
	expect("one", 1, "it is there already")
	expect("two", 2, "a second one came")
	expect("one", 2, "it learns of the second one")
	h.lease("dead", -time.Minute)
	expect("one", 2, "a third one is dead")
	if err := h.StopListening(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	expect("one", 1, "the second one has stopped")
	expect("two", 2, "it listens again")
	expect("one", 2, "the second one listens again")
}

func TestAFailedSignInIsCountedForItsKeyUntilForgotten(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, at := range []time.Time{noon.Add(-25 * time.Hour), noon.Add(-time.Minute), noon} {
		for _, key := range []string{"a", "b"} {
			if err := h.AddSignInFailure(ctx, key, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func(key string, since time.Time) int {
		n, err := h.SignInFailures(ctx, key, since)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count("a", noon.Add(-time.Hour)); n != 2 {
		t.Errorf("%d failures within the hour", n)
	}
	if n := count("a", noon.Add(-48*time.Hour)); n != 2 {
		t.Errorf("%d failures in all: the one of yesterday is kept", n)
	}
	if err := h.ForgetSignInFailures(ctx, "a"); err != nil || count("a", noon.Add(-time.Hour)) != 0 || count("b", noon.Add(-time.Hour)) != 2 {
		t.Errorf("after forgetting: %v, %d and %d", err, count("a", noon), count("b", noon))
	}
}

func TestSweepingDeletesWhatNoLongerServes(t *testing.T) {
	h := newHouse(t)
	o := h.organization()
	a := h.agent(o)
	used, justNow := noon.AddDate(0, 0, -31), noon
	for i, ends := range []time.Time{noon.Add(-time.Second), noon.Add(time.Second)} {
		h.insert(&chat.Session{OrganizationID: o.ID, TokenHash: []byte{byte(i)}, AgentID: a.ID, CreatedAt: noon, SeenAt: noon, ExpiresAt: ends})
	}
	h.insert(
		&chat.JoinLink{OrganizationID: o.ID, TokenHash: []byte("used long ago"), AgentID: a.ID, CreatedAt: used, ExpiresAt: noon, UsedAt: &used},
		&chat.JoinLink{OrganizationID: o.ID, TokenHash: []byte("used now"), AgentID: a.ID, CreatedAt: used, ExpiresAt: noon, UsedAt: &justNow},
		&chat.JoinLink{TokenHash: []byte("of the install"), CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)},
	)
	if err := h.AddSignInFailure(t.Context(), "a", noon.AddDate(0, 0, -2)); err != nil {
		t.Fatal(err)
	}
	if err := h.Sweep(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"sessions": 1, "join_links": 2, "sign_in_failures": 0} {
		if n := h.count("select count(*) from " + table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
}
