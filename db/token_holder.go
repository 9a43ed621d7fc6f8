package db

import (
	"context"
	"reflect"
	"strings"

	"github.com/uptrace/bun"

	"rejoin/app/chat"
)

// holderRow is a chat.TokenHolder with the columns of each row under a prefix of their own.
type holderRow struct {
	Token        chat.VisitorToken `bun:"embed:token_"`
	Customer     chat.Customer     `bun:"embed:customer_"`
	Organization chat.Organization `bun:"embed:organization_"`
}

// TokenHolder finds who holds a browser's token: every call of the widget begins with it.
func (r reader) TokenHolder(ctx context.Context, organization int64, tokenHash []byte) (*chat.TokenHolder, error) {
	row := new(holderRow)
	err := r.read(ctx, "token holder", func(ctx context.Context, db bun.IDB) error {
		var columns strings.Builder
		prefixed[chat.VisitorToken](&columns, db, "t", "token_")
		prefixed[chat.Customer](&columns, db, "c", "customer_")
		prefixed[chat.Organization](&columns, db, "o", "organization_")
		return db.NewRaw("select "+columns.String()[1:]+` from visitor_tokens t
			join customers c on c.organization_id = t.organization_id and c.id = t.customer_id
			join organizations o on o.id = t.organization_id
			where t.organization_id = ? and t.token_hash = ?`, organization, tokenHash).Scan(ctx, row)
	})
	if err != nil {
		return nil, err
	}
	return &chat.TokenHolder{Token: row.Token, Customer: row.Customer, Organization: row.Organization}, nil
}

// prefixed writes the columns of a row struct, each after a comma.
func prefixed[T any](to *strings.Builder, db bun.IDB, alias, prefix string) {
	for _, field := range db.Dialect().Tables().Get(reflect.TypeFor[*T]()).Fields {
		to.WriteString("," + alias + "." + field.Name + " as " + prefix + field.Name)
	}
}
