package inbox

import (
	"context"
	"errors"
	"maps"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// How many replays run at once on this instance, and how many of one admin: the one of a moment ago may still be ending.
const (
	replaysAtOnce   = 4
	replaysPerAdmin = 2
)

// fillPreset fills the times with a preset and shows the form again; nothing is saved.
func (r *room) fillPreset(c echo.Context) error {
	read := readSection(c, chat.SectionContinuous, callerOf(c).Organization.Settings)
	if read.broken() {
		return read.err()
	}
	preset, known := views.PresetOf(read.form.Values.Get("preset"))
	if !known {
		return chat.Refuse(chat.Invalid, "error.choice")
	}
	typed := typedOf(web.Locale(c), chat.SectionContinuous, preset.Values)
	for _, s := range chat.SettingsOf(chat.SectionContinuous) {
		if _, filled := preset.Values[s.Key]; filled {
			read.form.Values.Del(s.Key) // a switch that is off is one that is not sent
			for _, name := range []string{s.Key, s.Key + "_unit"} {
				if typed.Has(name) {
					read.form.Values[name] = typed[name]
				}
			}
		}
	}
	maps.Copy(read.values, preset.Values)
	f := r.typedForm(c, chat.SectionContinuous, read, nil)
	f.Unsaved = true
	return r.drawSection(c, http.StatusOK, f)
}

// replaySettings tells what the half-filled form would have made of the last 30 days; nothing is saved.
func (r *room) replaySettings(slots *web.Slots) echo.HandlerFunc {
	return func(c echo.Context) error {
		read := readSection(c, chat.SectionContinuous, callerOf(c).Organization.Settings)
		if read.broken() {
			return read.err()
		}
		f := r.typedForm(c, chat.SectionContinuous, read, nil)
		f.Replay = r.replayed(c, slots, read)
		if web.IsHTMX(c) {
			return web.Render(c, http.StatusOK, views.SettingsReplayed(f))
		}
		f.Unsaved = true
		return r.drawSection(c, http.StatusOK, f)
	}
}

func (r *room) replayed(c echo.Context, slots *web.Slots, read *sectionRead) views.ReplayArgs {
	caller := callerOf(c)
	if read.checked() != nil {
		return views.ReplayArgs{State: "wrong"}
	}
	release, err := slots.Take(caller.Agent.Key)
	if err != nil {
		return views.ReplayArgs{State: "busy"}
	}
	defer release()
	result, err := r.desk.Replay(c.Request().Context(), caller, read.values)
	stored := caller.Organization.Settings
	with := chat.MergeValid(stored, read.values)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return views.ReplayArgs{State: "slow"}
	case err != nil:
		r.log.WarnContext(c.Request().Context(), "replay settings", "error", err)
		return views.ReplayArgs{State: "failed"}
	case result.Conversations == 0:
		return views.ReplayArgs{State: "empty"}
	}
	return views.ReplayArgs{
		State: "ready", Result: result, Same: stored.Rules() == with.Rules(), Times: stored.Times() != with.Times(), Zone: web.Zone(c),
	}
}

// planning adds how far new plans have come, where some are on their way.
func (r *room) planning(c echo.Context, f views.SettingsForm) views.SettingsForm {
	if f.Section != chat.SectionContinuous {
		return f
	}
	now, err := r.desk.Replanning(c.Request().Context(), callerOf(c))
	if err != nil {
		r.log.WarnContext(c.Request().Context(), "read progress of plans", "error", err)
		return f
	}
	f.Plans = views.PlansArgs{Locale: f.Locale, Shown: now.Running, Now: now}
	return f
}

// showPlans tells how far new plans have come; it is asked again until they are all made.
func (r *room) showPlans(c echo.Context) error {
	now, err := r.desk.Replanning(c.Request().Context(), callerOf(c))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.SettingsPlans(views.PlansArgs{Locale: web.Locale(c), Shown: true, Now: now}))
}
