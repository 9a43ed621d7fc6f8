package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// Insert writes a new row and fills its generated ID; a duplicate key is a Conflict error.
func (t *tx) Insert(ctx context.Context, row any) error {
	_, err := t.insert(ctx, row, "")
	return err
}

// InsertIfNew inserts and tells false, changing nothing, when a row with the same unique key stands there.
func (t *tx) InsertIfNew(ctx context.Context, row any) (bool, error) {
	return t.insert(ctx, row, "conflict do nothing")
}

func (t *tx) insert(ctx context.Context, row any, on string) (bool, error) {
	query := t.tx.NewInsert().Model(row)
	if on != "" {
		query = query.On(on)
	}
	if m, ok := row.(*chat.Message); ok {
		query = query.Value("search", "array_to_tsvector(?::text[])", messageLexemes(m))
	}
	result, err := query.Exec(ctx)
	if on != "" && errors.Is(err, sql.ErrNoRows) {
		return false, nil // nothing was returned, because nothing was inserted
	}
	if err != nil {
		return false, wrap(ctx, fmt.Sprintf("insert %T", row), err)
	}
	if inserted, err := result.RowsAffected(); err != nil || inserted == 0 {
		return false, err
	}
	if c, ok := row.(*chat.Customer); ok && c.Name == "" && c.Phone == "" {
		return true, nil // most are nobody yet
	}
	return true, t.index(ctx, row)
}

// InsertAll inserts rows of one kind (a pointer to a slice of row structs) in one statement and fills their IDs; none is
// no error. Rows with words to search are refused: each of them is inserted alone.
func (t *tx) InsertAll(ctx context.Context, rows any) error {
	slice := reflect.ValueOf(rows)
	if slice.Kind() != reflect.Pointer || slice.Elem().Kind() != reflect.Slice {
		return fmt.Errorf("insert all %T: no pointer to a slice", rows)
	}
	switch rows.(type) {
	case *[]chat.Message, *[]chat.Customer, *[]chat.ContactPoint:
		return fmt.Errorf("insert all %T: rows with words to search are inserted one by one", rows)
	}
	if slice.Elem().Len() == 0 {
		return nil
	}
	_, err := t.tx.NewInsert().Model(rows).Exec(ctx)
	return wrap(ctx, fmt.Sprintf("insert all %T", rows), err)
}

// Update writes the named columns of a row found by its primary key; no row is a Missing error.
func (t *tx) Update(ctx context.Context, row any, columns ...string) error {
	if len(columns) == 0 {
		return fmt.Errorf("update %T: no columns are named", row)
	}
	result, err := t.tx.NewUpdate().Model(row).Column(columns...).WherePK().Exec(ctx)
	if err != nil {
		return wrap(ctx, fmt.Sprintf("update %T", row), err)
	}
	if changed, err := result.RowsAffected(); err != nil || changed == 0 {
		return wrap(ctx, fmt.Sprintf("update %T", row), errors.Join(err, sql.ErrNoRows))
	}
	switch row.(type) {
	case *chat.Customer:
		if !slices.Contains(columns, "name") && !slices.Contains(columns, "phone") {
			return nil
		}
	case *chat.ContactPoint:
		if !slices.Contains(columns, "address") {
			return nil
		}
	}
	return t.index(ctx, row)
}

// Delete removes a row by its primary key; no row is no error.
func (t *tx) Delete(ctx context.Context, row any) error {
	if _, err := t.tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
		return wrap(ctx, fmt.Sprintf("delete %T", row), err)
	}
	if point, ok := row.(*chat.ContactPoint); ok && point.CustomerID != 0 {
		return t.indexCustomer(ctx, point.OrganizationID, point.CustomerID)
	}
	return nil
}

// index keeps the words by which a customer is found in step with the row that was written.
func (t *tx) index(ctx context.Context, row any) error {
	switch row := row.(type) {
	case *chat.Customer:
		return t.indexCustomer(ctx, row.OrganizationID, row.ID)
	case *chat.ContactPoint:
		return t.indexCustomer(ctx, row.OrganizationID, row.CustomerID)
	}
	return nil
}

// one runs a statement that must change a row; none is a Missing error.
func (t *tx) one(ctx context.Context, what, query string, args ...any) error {
	changed, err := t.exec(ctx, query, args...)
	if err == nil && changed == 0 {
		err = sql.ErrNoRows
	}
	return wrap(ctx, what, err)
}

// change runs a statement of its own and tells how many rows it changed.
func (s *Store) change(ctx context.Context, what, query string, args ...any) (int, error) {
	var changed int64
	err := s.read(ctx, what, func(ctx context.Context, db bun.IDB) error {
		result, err := db.NewRaw(query, args...).Exec(ctx)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return int(changed), err
}

// write runs a statement of its own that does no harm when it runs twice.
func (s *Store) write(ctx context.Context, what, query string, args ...any) error {
	_, err := s.change(ctx, what, query, args...)
	return err
}
