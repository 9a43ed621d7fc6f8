package live

import (
	"testing"

	"rejoin/db/dbtest"
)

func databaseURL(t *testing.T) string {
	t.Helper()
	return dbtest.URL(t)
}
