package chat

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// CustomerEdit is what an agent may correct in the customer pane; an empty Address leaves the contact points alone.
type CustomerEdit struct {
	Name    string
	Phone   string // E.164, spaces allowed
	Address string
	Notes   string
	Fields  map[string]string
}

// MaxFields is how many custom fields one customer may have.
const MaxFields = 20

// EditCustomer writes what an agent has corrected; every field that is refused comes back in Errors.
func (d *Desk) EditCustomer(ctx context.Context, caller *AgentCaller, key string, edit CustomerEdit) error {
	edit, refused := cleanEdit(edit)
	if len(refused) > 0 {
		return refused
	}
	found, err := d.store.ConversationByKey(ctx, caller.Organization.ID, key)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx Tx) error {
		customer, err := tx.LockCustomer(ctx, found.OrganizationID, found.CustomerID)
		if err != nil {
			return err
		}
		customer.Name, customer.Phone, customer.Notes, customer.Fields = edit.Name, edit.Phone, edit.Notes, edit.Fields
		if err := tx.Update(ctx, customer, "name", "phone", "notes", "fields"); err != nil {
			return fmt.Errorf("edit customer: %w", err)
		}
		if err := d.correctAddress(ctx, tx, customer, edit.Address); err != nil {
			return err
		}
		_, err = d.settleReach(ctx, tx, customer, CustomerChanged)
		return err
	})
}

func (d *Desk) correctAddress(ctx context.Context, tx Tx, customer *Customer, address string) error {
	if address == "" {
		return nil
	}
	points, err := tx.ContactPoints(ctx, customer.OrganizationID, customer.ID)
	if err != nil || len(points) > 0 && points[0].Address == address {
		return err
	}
	_, err = d.addPoint(ctx, tx, customer, address, points)
	return err
}

func cleanEdit(edit CustomerEdit) (CustomerEdit, Errors) {
	var refused Errors
	keep := func(text string, err error) string {
		if one := asError(err); one != nil {
			refused = append(refused, one)
		}
		return text
	}
	edit.Name = keep(cleanLine("name", edit.Name, 120))
	edit.Address = strings.TrimSpace(edit.Address)
	edit.Phone = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(strings.TrimSpace(edit.Phone))
	if edit.Phone != "" && !regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString(edit.Phone) {
		refused = append(refused, RefuseField("phone", "chat.phone.invalid"))
	}
	if strings.TrimSpace(edit.Notes) != "" {
		edit.Notes = keep(cleanText("notes", edit.Notes, 4000))
	} else {
		edit.Notes = ""
	}
	fields := make(map[string]string, len(edit.Fields))
	for name, value := range edit.Fields {
		name, value = keep(cleanLine("fields", name, 60)), keep(cleanLine("fields", value, 400))
		if name != "" && value != "" {
			fields[name] = value
		}
	}
	if len(fields) > MaxFields {
		refused = append(refused, RefuseField("fields", "chat.fields.too_many", "Max", MaxFields))
	}
	edit.Fields = fields
	return edit, refused
}
