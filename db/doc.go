// Package db keeps the rows: it implements chat.Store and chat.Leases over PostgreSQL with bun, one file per noun.
// It owns every SQL statement and the migrations, and knows no rule of the product: it refuses to decide anything.
// Every query names its organization; the few that may not are marked where they stand.
package db
