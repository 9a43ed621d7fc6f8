package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// ChangeSettings checks every value and writes those that changed, each with a line in the audit log; Errors carry the
// setting's key as Field, with ".<language>" for a localized text and ".<weekday>.<index>" for a range of hours.
func (d *Desk) ChangeSettings(ctx context.Context, caller *AgentCaller, changed Values) error {
	return d.ChangeSettingsSince(ctx, caller, changed, nil)
}

// ChangeSettingsSince does so for a page that was opened a while ago: what only others have changed since then is left
// as it is, and what both have changed is refused with Errors of the kind Conflict.
func (d *Desk) ChangeSettingsSince(ctx context.Context, caller *AgentCaller, changed Values, opened Showing) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	var refused Errors
	clean := make(Values, len(changed))
	for _, s := range Settings() {
		raw, ok := changed[s.Key]
		if !ok {
			continue
		}
		value, errs := s.Check(raw)
		refused = append(refused, errs...)
		clean[s.Key] = value
	}
	if len(clean) < len(changed) && len(refused) == 0 {
		return Refuse(Invalid, "chat.setting.unknown")
	}
	if len(refused) > 0 {
		return refused
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		o, err := tx.LockOrganization(ctx, caller.Organization.ID)
		if err != nil {
			return err
		}
		wanted, clashes := opened.since(o.Settings, clean)
		if len(clashes) > 0 {
			return clashes
		}
		if err := checkTogether(o.Settings, wanted); err != nil {
			return err
		}
		fresh, err := d.auditSettings(ctx, tx, caller, o.Settings, wanted)
		if err != nil || len(fresh) == 0 {
			return err
		}
		tx.Emit(Event{Topic: OrganizationTopic(o.ID), Name: SettingChanged})
		if err := tx.SaveSettings(ctx, o.ID, fresh); err != nil || !movesPlans(o.Settings, fresh) {
			return err
		}
		return d.outdate(ctx, tx, o)
	})
}

// movesPlans tells whether changed settings are among those that plans are judged by.
func movesPlans(stored, changed Values) bool {
	now := merged(stored, changed)
	return stored.Rules() != now.Rules() || stored.Number(HourlyCap) != now.Number(HourlyCap)
}

func merged(stored, changed Values) Values {
	all := make(Values, len(stored)+len(changed))
	for _, values := range []Values{stored, changed} {
		for key, raw := range values {
			all[key] = raw
		}
	}
	return all
}

// auditSettings notes every value that differs from the stored one, and returns those.
func (d *Desk) auditSettings(ctx context.Context, tx Tx, caller *AgentCaller, before, after Values) (Values, error) {
	fresh := make(Values)
	for _, s := range Settings() {
		value, ok := after[s.Key]
		if !ok {
			continue
		}
		old, stored := before[s.Key]
		if !stored {
			standard, err := json.Marshal(s.Default)
			if err != nil {
				return nil, fmt.Errorf("encode default of %s: %w", s.Key, err)
			}
			old = standard
		}
		if sameJSON(old, value) {
			continue
		}
		if err := d.audit(ctx, tx, caller, "setting.changed", s.Key, string(old), string(value)); err != nil {
			return nil, fmt.Errorf("audit %s: %w", s.Key, err)
		}
		fresh[s.Key] = value
	}
	return fresh, nil
}

// sameJSON compares two values whatever spaces and order PostgreSQL stored them with.
func sameJSON(a, b []byte) bool {
	return bytes.Equal(canonical(a), canonical(b))
}

func canonical(raw []byte) []byte {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return raw
	}
	out, err := json.Marshal(value)
	if err != nil {
		return raw
	}
	return out
}

// checkTogether refuses what only two settings together make wrong.
func checkTogether(stored, changed Values) error {
	merged := merged(stored, changed)
	if merged.Text(ContinuousLink) == "address" && merged.Text(ContinuousAddress) == "" {
		return Errors{RefuseField(ContinuousAddress, "chat.setting.address_needed")}
	}
	_, address := changed[ContinuousAddress]
	_, link := changed[ContinuousLink]
	target := merged.Text(ContinuousAddress)
	if (address || link) && merged.Text(ContinuousLink) == "address" && !slices.Contains(merged.Origins(WidgetSites), originOf(target)) {
		return Errors{RefuseField(ContinuousAddress, "chat.setting.address_site", "Origin", originOf(target))}
	}
	return nil
}

// originOf is the site of an address, as the allowed sites are written.
func originOf(address string) string {
	page, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return page.Scheme + "://" + strings.ToLower(page.Host)
}

// RenameOrganization changes the brand's name and its language of last resort.
func (d *Desk) RenameOrganization(ctx context.Context, caller *AgentCaller, name, language string) error {
	if err := caller.mustAdmin(); err != nil {
		return err
	}
	name, err := cleanLine("name", name, 80)
	if err != nil {
		return err
	}
	if name == "" {
		return RefuseField("name", "chat.name.empty")
	}
	if !d.shipped[language] {
		return RefuseField("language", "chat.language.unknown")
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		o, err := tx.LockOrganization(ctx, caller.Organization.ID)
		if err != nil {
			return err
		}
		before := o.Name + " · " + o.Language
		o.Name, o.Language = name, language
		after := o.Name + " · " + o.Language
		if before == after {
			return nil
		}
		if err := tx.Update(ctx, o, "name", "language"); err != nil {
			return fmt.Errorf("rename organization: %w", err)
		}
		tx.Emit(Event{Topic: OrganizationTopic(o.ID), Name: SettingChanged})
		return d.audit(ctx, tx, caller, "organization.renamed", "", before, after)
	})
}
