package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const ownSettings = "rejoin.conf"

// initialise makes the data folder beside its place and moves it there whole, so that a half-made one is never used.
func (c *cluster) initialise(ctx context.Context) error {
	if _, err := os.Stat(c.data); err == nil {
		return c.recognise()
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("find data folder: %w", err)
	}
	fmt.Fprintf(c.log, "making a PostgreSQL %d data folder in %s\n", c.binaries.major, c.data)
	draft := c.data + ".init"
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := os.Mkdir(draft, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := c.account.give(draft); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	arguments := append([]string{"-D", draft, "-U", role, "--auth=trust", "--encoding=UTF8"}, c.localeArguments()...)
	if c.throwaway {
		arguments = append(arguments, "--no-sync")
	}
	if output, err := c.account.command(ctx, c.binaries.path("initdb"), arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("make data folder: %w\n%s", err, output)
	}
	if err := include(filepath.Join(draft, "postgresql.conf")); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := os.Rename(draft, c.data); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	return nil
}

func (c *cluster) recognise() error {
	content, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("%s is not a PostgreSQL data folder: %w", c.data, err)
	}
	if version := strings.TrimSpace(string(content)); version != fmt.Sprint(c.binaries.major) {
		return fmt.Errorf("%s was made by PostgreSQL %s, not %d", c.data, version, c.binaries.major)
	}
	return nil
}

// localeArguments sort by code point and fold the case of every letter, the same on every machine that can.
func (c *cluster) localeArguments() []string {
	switch {
	case c.binaries.major >= 17:
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	case runtime.GOOS == "darwin":
		return []string{"--locale=C", "--lc-ctype=en_US.UTF-8"}
	default:
		return []string{"--locale=C", "--lc-ctype=C.UTF-8"}
	}
}

func include(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "\ninclude_if_exists = '%s'\n", ownSettings)
	return errors.Join(err, file.Close())
}

// configure writes our settings anew at every start, since the socket may have moved.
func (c *cluster) configure(socket string) error {
	settings := []string{
		"listen_addresses = ''",
		"unix_socket_directories = " + quoted(`"`+strings.ReplaceAll(socket, `"`, `""`)+`"`),
		"unix_socket_permissions = 0700",
		"port = 5432",
		"cluster_name = " + quoted(clusterName(c.data)),
		"max_connections = 200",
		"jit = off",
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
		"lc_messages = 'C'",
	}
	if c.throwaway {
		settings = append(settings, "fsync = off", "synchronous_commit = off", "full_page_writes = off",
			"wal_level = minimal", "max_wal_senders = 0")
	}
	path := filepath.Join(c.data, ownSettings)
	if err := os.WriteFile(path, []byte(strings.Join(settings, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := c.account.give(path); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

func quoted(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(value) + "'"
}

func clusterName(data string) string { return "rejoin-" + fingerprint(data) }

// socketFolder is the data folder itself, or a private one in the temp folder when the path of a socket cannot be
// that long, or when clients would read it as a list.
func (c *cluster) socketFolder() (string, error) {
	if len(filepath.Join(c.data, socketName)) <= socketLimit && !strings.Contains(c.data, ",") {
		return c.data, nil
	}
	temp := os.TempDir()
	if len(filepath.Join(temp, clusterName(c.data), socketName)) > socketLimit {
		temp = "/tmp"
	}
	folder := filepath.Join(temp, clusterName(c.data))
	if err := os.Mkdir(folder, 0o700); err == nil {
		if err := c.account.give(folder); err != nil {
			return "", fmt.Errorf("make socket folder: %w", err)
		}
	} else if !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("make socket folder: %w", err)
	}
	return folder, c.checkPrivate(folder)
}

// checkPrivate refuses a folder that somebody else put there first.
func (c *cluster) checkPrivate(folder string) error {
	found, err := os.Lstat(folder)
	if err != nil {
		return fmt.Errorf("check socket folder: %w", err)
	}
	owner, err := ownerOf(folder)
	if err != nil {
		return err
	}
	if !found.IsDir() || found.Mode().Perm() != 0o700 || owner != c.account.uid {
		return fmt.Errorf("check socket folder: %s is not a private folder of uid %d", folder, c.account.uid)
	}
	return nil
}
