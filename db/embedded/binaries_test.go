package embedded

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBinariesAreTakenInOrder(t *testing.T) {
	home := t.TempDir()
	for folder, version := range map[string]string{
		"override": "16.1", "lib/9": "9.6.24", "lib/15": "15.13 (Debian 15.13-0+deb12u1)", "lib/17": "17beta1", "path": "18.0", "package": "18.4",
	} {
		pretend(t, filepath.Join(home, folder), version)
	}
	override, libs := filepath.Join(home, "override"), filepath.Join(home, "lib", "*")
	path := func(string) (string, error) { return filepath.Join(home, "path", "postgres"), nil }
	noPath := func(string) (string, error) { return "", errors.New("not on PATH") }
	download := func(context.Context, io.Writer) (string, error) { return filepath.Join(home, "package"), nil }

	for _, test := range []struct {
		name, want string
		find       finder
	}{
		{"the override comes first", "override", finder{override, []string{libs}, path, download}},
		{"then the newest folder", "lib/17", finder{"", []string{libs}, path, download}},
		{"an old one is passed over", "path", finder{"", []string{filepath.Join(home, "lib", "9")}, path, download}},
		{"then PATH", "path", finder{"", nil, path, download}},
		{"then the package", "package", finder{"", nil, noPath, download}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := test.find.binaries(t.Context(), io.Discard)
			must(t, err)
			if want := filepath.Join(home, test.want); found.folder != want {
				t.Errorf("found %s, want %s", found.folder, want)
			}
		})
	}
}

func TestABadOverrideIsNotPassedOver(t *testing.T) {
	find := systemFinder()
	find.override = t.TempDir()
	if _, err := find.binaries(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), Override) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutAnyPostgreSQLTheErrorNamesWhatToInstall(t *testing.T) {
	find := finder{
		lookPath: func(string) (string, error) { return "", errors.New("not on PATH") },
		download: func(context.Context, io.Writer) (string, error) { return "", errors.New("no network") },
	}
	_, err := find.binaries(t.Context(), io.Discard)
	for _, want := range []string{"apt-get install postgresql", "brew install postgresql", Override, "DATABASE_URL", "no network"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
}

func TestEveryPlatformHasAPackage(t *testing.T) {
	for _, system := range []string{"linux", "darwin"} {
		for _, architecture := range []string{"amd64", "arm64"} {
			if _, err := platform(system, architecture); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := platform("plan9", "amd64"); err == nil {
		t.Error("a package for plan9")
	}
}

func TestAChangedPackageIsRefused(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "package.tgz")
	must(t, os.WriteFile(archive, []byte("changed"), 0o600))
	if err := verify(archive, integrity["linux-x64"]); err == nil || !strings.Contains(err.Error(), "sha512") {
		t.Errorf("got %v", err)
	}
}

func TestAPackageIsUnpackedWithItsLinks(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	must(t, unpack(pack(t, map[string]string{
		"package/native/bin/postgres":     "program",
		"package/native/lib/libpq.so.5.1": "library",
		"package/native/pg-symlinks.json": `[{"source":"native/lib/libpq.so.5.1","target":"native/lib/libpq.so"}]`,
	}), home))
	must(t, link(home))
	content, err := os.ReadFile(filepath.Join(home, "native", "lib", "libpq.so"))
	must(t, err)
	if string(content) != "library" {
		t.Errorf("the link leads to %q", content)
	}
	program, err := os.Stat(filepath.Join(home, "native", "bin", "postgres"))
	must(t, err)
	if program.Mode().Perm()&0o111 == 0 {
		t.Error("the program cannot be run")
	}
}

func TestAPackageCannotLeaveItsFolder(t *testing.T) {
	for _, name := range []string{"package/../../escaped", "/escaped", "escaped"} {
		if err := unpack(pack(t, map[string]string{name: "x"}), t.TempDir()); err == nil {
			t.Errorf("%s was unpacked", name)
		}
	}
	home := filepath.Join(t.TempDir(), "home")
	must(t, unpack(pack(t, map[string]string{"package/native/pg-symlinks.json": `[{"source":"/etc/passwd","target":"x"}]`}), home))
	if err := link(home); err == nil {
		t.Error("a link left the package")
	}
}

// pretend writes programs that know their version and nothing else.
func pretend(t *testing.T, folder, version string) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o755))
	for _, program := range []string{"initdb", "pg_ctl", "postgres"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", program, version)
		must(t, os.WriteFile(filepath.Join(folder, program), []byte(script), 0o755))
	}
}

func pack(t *testing.T, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for name, content := range files {
		must(t, archive.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg}))
		_, err := io.WriteString(archive, content)
		must(t, err)
	}
	must(t, errors.Join(archive.Close(), zipped.Close()))
	path := filepath.Join(t.TempDir(), "package.tgz")
	must(t, os.WriteFile(path, packed.Bytes(), 0o600))
	return path
}
