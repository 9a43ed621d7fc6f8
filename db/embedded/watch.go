package embedded

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	holderLock  = 7_214_001
	watcherLock = 7_214_002
	closeWithin = time.Second
)

// watcher runs inside PostgreSQL and outlives the client that sent it. It ends the cluster once no holder's session
// keeps the shared lock: nobody else is left to do so when test programs exit without a last word.
// Trying, rather than waiting in the queue, lets new holders in; a holder who comes too late is blocked until the
// shutdown breaks its session, and then starts the cluster again.
var watcher = fmt.Sprintf(`do $watcher$
begin
	if not pg_try_advisory_lock(%d) then
		return;
	end if;
	while not pg_try_advisory_lock(%d) loop
		commit;
		perform pg_sleep(0.1);
	end loop;
	copy (select 1) to program 'read pid < postmaster.pid; kill -INT "$pid"';
	perform pg_sleep(60);
end
$watcher$`, watcherLock, holderLock)

// watch is a holder's session in the cluster: as long as it lives, the watcher spares the cluster.
type watch struct{ conn *pgx.Conn }

func openWatch(ctx context.Context, socket string) (*watch, error) {
	conn, err := pgx.Connect(ctx, address(socket, "postgres"))
	if err != nil {
		return nil, err
	}
	opened := &watch{conn}
	var watched bool
	if _, err = conn.Exec(ctx, "select pg_advisory_lock_shared($1)", holderLock); err == nil {
		err = conn.QueryRow(ctx, `select exists (select from pg_locks where locktype = 'advisory' and objid = $1)`,
			watcherLock).Scan(&watched)
	}
	if err == nil && !watched {
		err = sendWatcher(ctx, socket)
	}
	if err != nil {
		opened.close()
		return nil, err
	}
	return opened, nil
}

// sendWatcher hands the watcher over and hangs up: its session does not read from us again before it is done.
func sendWatcher(ctx context.Context, socket string) error {
	conn, err := pgx.Connect(ctx, address(socket, "postgres"))
	if err != nil {
		return err
	}
	taken, err := conn.PgConn().Hijack()
	if err != nil {
		conn.Close(ctx)
		return err
	}
	defer taken.Conn.Close()
	taken.Frontend.Send(&pgproto3.Query{String: watcher})
	return taken.Frontend.Flush()
}

func (w *watch) close() {
	if w == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	// A broken session has already ended, which is all that is wanted here.
	_ = w.conn.Close(ctx)
}
