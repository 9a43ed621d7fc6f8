package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"time"
)

// Control serves what only a measured server has, on a loopback address of its own until the context ends: /settle
// gives free memory back, /cpu?seconds=N and /heap write profiles.
func Control(ctx context.Context, address string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /settle", func(w http.ResponseWriter, _ *http.Request) {
		for range 4 { // what one finds dead may hold more, and each halves the stacks that are mostly empty
			runtime.GC()
		}
		debug.FreeOSMemory()
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("GET /cpu", profileCPU)
	mux.HandleFunc("GET /heap", func(w http.ResponseWriter, _ *http.Request) {
		runtime.GC()
		_ = pprof.WriteHeapProfile(w) // the reader went away
	})
	return serve(ctx, address, mux)
}

func profileCPU(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.ParseFloat(r.FormValue("seconds"), 64)
	if err != nil || seconds <= 0 || seconds > 60 {
		http.Error(w, "seconds: up to 60", http.StatusBadRequest)
		return
	}
	if err := pprof.StartCPUProfile(w); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	defer pprof.StopCPUProfile()
	timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// UntilClosed returns a context that ends with another, or when the reader ends, as our parent's pipe does with it.
func UntilClosed(ctx context.Context, pipe io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, pipe) // however it ends, it has ended
		cancel()
	}()
	return ctx, cancel
}

// serve answers on a loopback address until the context ends.
func serve(ctx context.Context, address string, handler http.Handler) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%q is no loopback address", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
