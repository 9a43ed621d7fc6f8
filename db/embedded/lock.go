package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const pause = 10 * time.Millisecond

// takeTurn waits for the exclusive lock around start and stop; closing the file gives it back, as does dying.
func takeTurn(ctx context.Context, path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	for {
		err := flock(file, syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if err := wait(ctx); err != nil {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

// takeShare holds a shared lock for as long as the file is open: the kernel counts holders, and forgets the killed.
func takeShare(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open holders: %w", err)
	}
	if err := flock(file, syscall.LOCK_SH); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return file, nil
}

// isLast says whether nobody else holds a share; it may cost the caller its own.
func isLast(share *os.File) bool {
	return flock(share, syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// wait passes one short pause, or returns the end of the context.
func wait(ctx context.Context) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// ownFolder makes the folder and returns its real path; a folder of somebody else is refused, since what is in it
// would decide what we run.
func ownFolder(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("start postgresql: no folder given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find folder: %w", err)
	}
	// pg_ctl puts the path between double quotes of a shell line.
	if strings.ContainsAny(dir, "\"$`\\\n") {
		return "", fmt.Errorf("start postgresql: folder %q has a character that pg_ctl would give to the shell", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		return "", fmt.Errorf("find folder: %w", err)
	}
	owner, err := ownerOf(dir)
	if err != nil {
		return "", err
	}
	parent, err := os.Stat(filepath.Dir(dir))
	if err != nil {
		return "", fmt.Errorf("find folder: %w", err)
	}
	anyonesPlace := parent.Mode().Perm()&0o002 != 0
	if owner != os.Geteuid() && (os.Geteuid() != 0 || anyonesPlace) {
		return "", fmt.Errorf("start postgresql: folder %s belongs to uid %d, and this is uid %d", dir, owner, os.Geteuid())
	}
	return dir, nil
}

func ownerOf(path string) (int, error) {
	found, err := os.Lstat(path)
	if err != nil {
		return 0, fmt.Errorf("find owner: %w", err)
	}
	stat, ok := found.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("find owner of %s: not known on this system", path)
	}
	return int(stat.Uid), nil
}
