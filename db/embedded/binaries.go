package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const (
	// Override names the environment variable that points to the folder with initdb, pg_ctl and postgres.
	Override = "REJOIN_POSTGRES_BIN"
	oldest   = 15
)

// binaries is a folder with initdb, pg_ctl and postgres of one major version.
type binaries struct {
	folder string
	major  int
}

func (b binaries) path(program string) string { return filepath.Join(b.folder, program) }

// finder knows where binaries may be, in the order of preference of its fields.
type finder struct {
	override string
	globs    []string
	lookPath func(string) (string, error)
	download func(context.Context, io.Writer) (string, error)
}

func systemFinder() finder {
	return finder{
		override: os.Getenv(Override),
		globs:    []string{"/usr/lib/postgresql/*/bin"},
		lookPath: exec.LookPath,
		download: downloadBinaries,
	}
}

// binaries returns the first folder whose PostgreSQL is new enough; an override that is not is an error.
func (f finder) binaries(ctx context.Context, log io.Writer) (binaries, error) {
	if f.override != "" {
		found, err := inspect(ctx, f.override)
		if err != nil {
			return binaries{}, fmt.Errorf("%s: %w", Override, err)
		}
		return found, nil
	}
	if found, ok := f.installed(ctx); ok {
		return found, nil
	}
	folder, err := f.download(ctx, log)
	if err == nil {
		var found binaries
		if found, err = inspect(ctx, folder); err == nil {
			return found, nil
		}
	}
	return binaries{}, fmt.Errorf("no PostgreSQL %d or newer found: install it (Debian and Ubuntu: apt-get install postgresql; "+
		"Fedora: dnf install postgresql-server; Alpine: apk add postgresql; macOS: brew install postgresql), "+
		"or set %s to the folder of its programs, or set DATABASE_URL; the npm package did not help: %w", oldest, Override, err)
}

func (f finder) installed(ctx context.Context) (binaries, bool) {
	var newest binaries
	for _, pattern := range f.globs {
		folders, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, folder := range folders {
			if found, err := inspect(ctx, folder); err == nil && found.major > newest.major {
				newest = found
			}
		}
	}
	if newest.major > 0 {
		return newest, true
	}
	return f.onPath(ctx)
}

func (f finder) onPath(ctx context.Context) (binaries, bool) {
	postgres, err := f.lookPath("postgres")
	if err != nil {
		return binaries{}, false
	}
	// Both sides of a link are tried: a package manager may link one program only, or all of them.
	if real, err := filepath.EvalSymlinks(postgres); err == nil {
		if found, err := inspect(ctx, filepath.Dir(real)); err == nil {
			return found, true
		}
	}
	found, err := inspect(ctx, filepath.Dir(postgres))
	return found, err == nil
}

// inspect asks the programs of a folder for their version.
func inspect(ctx context.Context, folder string) (binaries, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return binaries{}, err
	}
	for _, program := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return binaries{}, fmt.Errorf("find %s: %w", program, err)
		}
	}
	output, err := exec.CommandContext(ctx, filepath.Join(folder, "postgres"), "--version").CombinedOutput()
	if err != nil {
		return binaries{}, fmt.Errorf("ask for version: %w %s", err, strings.TrimSpace(string(output)))
	}
	major, err := majorOf(string(output))
	if err != nil {
		return binaries{}, err
	}
	if major < oldest {
		return binaries{}, fmt.Errorf("PostgreSQL %d in %s is older than %d", major, folder, oldest)
	}
	return binaries{folder: folder, major: major}, nil
}

func majorOf(version string) (int, error) {
	found := regexp.MustCompile(`PostgreSQL\) (\d+)`).FindStringSubmatch(version)
	if found == nil {
		return 0, errors.New("read version: " + strings.TrimSpace(version))
	}
	return strconv.Atoi(found[1])
}
