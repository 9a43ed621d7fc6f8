package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is whom PostgreSQL runs as: it refuses root.
type account struct {
	name string
	// uid owns the data folder, as seen from outside.
	uid, gid int
	attr     *syscall.SysProcAttr
	// foreign accounts get the data folder by chown, and need every parent folder to be traversable.
	foreign bool
}

// availableAccounts lists the ways to run PostgreSQL here, best first.
func availableAccounts() []account {
	if os.Geteuid() != 0 {
		return []account{{name: "own account", uid: os.Geteuid(), gid: os.Getegid()}}
	}
	accounts := namespaceAccounts()
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		if found, ok := systemAccount(name); ok {
			accounts = append(accounts, found)
		}
	}
	return accounts
}

func systemAccount(name string) (account, bool) {
	found, err := user.Lookup(name)
	if err != nil {
		return account{}, false
	}
	uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
	if uidErr != nil || gidErr != nil || uid == 0 {
		return account{}, false
	}
	return foreignAccount(name, uint32(uid), uint32(gid)), true
}

func foreignAccount(name string, uid, gid uint32) account {
	attr := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	return account{name: "account " + name, uid: int(uid), gid: int(gid), attr: attr, foreign: true}
}

// choose takes the owner of an existing data folder, else the first account that can run PostgreSQL at all.
func choose(ctx context.Context, accounts []account, data string, binaries binaries) (account, error) {
	owner, err := ownerOf(data)
	exists := err == nil
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return account{}, err
	}
	if exists && os.Geteuid() == 0 && owner != 0 {
		accounts = append(accounts, foreignAccount("of the data folder", uint32(owner), uint32(owner)))
	}
	var refusals []string
	for _, candidate := range accounts {
		if exists && candidate.uid != owner {
			continue
		}
		if err := candidate.canRun(ctx, binaries, filepath.Dir(data)); err != nil {
			refusals = append(refusals, candidate.name+": "+err.Error())
			continue
		}
		return candidate, nil
	}
	if exists {
		refusals = append(refusals, fmt.Sprintf("the data folder %s belongs to uid %d", data, owner))
	}
	return account{}, fmt.Errorf("start postgresql: no account can run it: %s", strings.Join(refusals, "; "))
}

func (a account) canRun(ctx context.Context, binaries binaries, dir string) error {
	if a.foreign {
		if err := a.canEnter(dir); err != nil {
			return err
		}
	}
	if output, err := a.command(ctx, binaries.path("postgres"), "--version").CombinedOutput(); err != nil {
		return fmt.Errorf("%w %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}

// canEnter opens our own folder for the account, and names the first parent that it may not pass.
func (a account) canEnter(dir string) error {
	found, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, found.Mode().Perm()|0o011); err != nil {
		return err
	}
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		found, err := os.Stat(parent)
		if err != nil {
			return err
		}
		owner, err := ownerOf(parent)
		if err != nil {
			return err
		}
		if found.Mode().Perm()&0o001 == 0 && owner != a.uid {
			return fmt.Errorf("may not pass through %s (chmod o+x)", parent)
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

// command prepares a PostgreSQL program under the account, deaf to the caller's PG* settings and locale.
func (a account) command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = "/"
	command.SysProcAttr = a.attr
	command.Env = []string{"LC_ALL=C", "TZ=UTC"}
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "TZ" {
			continue
		}
		command.Env = append(command.Env, setting)
	}
	return command
}

// give hands a path that we made to the account.
func (a account) give(path string) error {
	if !a.foreign {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}
