package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// profile is what one Chromium process has in common for all who use it. These
// are properties of a process because only so they hold in frames of foreign
// sites from their first byte on.
type profile struct {
	language, zone string
	dark           bool
	scriptless     bool
	walled         bool // sites get no storage inside the pages of other sites
}

// chromium is one running process.
type chromium struct {
	ctx    context.Context
	cancel func()
}

// find returns the Chromium to use: CHROMIUM from the environment, else the
// first of the usual names.
func find() (string, error) {
	names := []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	}
	if own := os.Getenv("CHROMIUM"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium was found: install chromium (Debian: apt-get install chromium) or set CHROMIUM to its path")
}

func startChromium(path, dir string, p profile, hosts []string) (*chromium, error) {
	if err := writePreferences(dir, p, hosts); err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.WindowSize(1280, 900),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("accept-lang", p.acceptLanguage()), chromedp.Flag("lang", p.languageOr("en-US")),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("password-store", "basic"),
		chromedp.Env("TZ=" + p.zoneOr("UTC")),
	}
	for _, name := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-dev-shm-usage", "disable-extensions", "disable-breakpad", "disable-default-apps",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"disable-domain-reliability", "disable-client-side-phishing-detection", "metrics-recording-only",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	if p.dark {
		options = append(options, chromedp.Flag("force-dark-mode", true))
	}
	return run(options)
}

func run(options []chromedp.ExecAllocatorOption) (*chromium, error) {
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	quiet := func(string, ...any) {} // chromedp reports protocol news that no test can act on
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	c := &chromium{ctx: ctx, cancel: func() { cancel(); stop() }}
	// The first Do must run without a deadline: the process lives as long as its context.
	if err := chromedp.Do(ctx); err != nil {
		c.cancel()
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	return c, nil
}

func (c *chromium) close() error {
	ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
	defer cancel()
	err := chromedp.Cancel(ctx)
	c.cancel()
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("end Chromium: %w", err)
	}
	return nil
}

// writePreferences lays down the settings that Chromium has no flag for.
func writePreferences(dir string, p profile, hosts []string) error {
	values := map[string]any{"intl": map[string]any{"accept_languages": p.acceptLanguage()}}
	content := map[string]any{}
	if p.scriptless {
		content["default_content_setting_values"] = map[string]any{"javascript": 2}
	}
	if p.walled {
		content["block_third_party_cookies"] = true
		content["cookie_controls_mode"] = 1
		content["content_settings"] = map[string]any{"exceptions": map[string]any{"cookies": walls(hosts)}}
	}
	values["profile"] = content
	body, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "Default"), 0o700); err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), body, 0o600); err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	return nil
}

// walls refuses storage to every host inside every other one: the third-party
// switch alone only parts the storage, while some people's browsers refuse it.
func walls(hosts []string) map[string]any {
	all := map[string]any{}
	for _, inner := range hosts {
		for _, outer := range hosts {
			if inner != outer {
				all["[*.]"+inner+",[*.]"+outer] = map[string]any{"setting": 2}
			}
		}
	}
	return all
}

func (p profile) languageOr(other string) string {
	if p.language != "" {
		return p.language
	}
	return other
}

func (p profile) zoneOr(other string) string {
	if p.zone != "" {
		return p.zone
	}
	return other
}

func (p profile) acceptLanguage() string {
	language := p.languageOr("en-US")
	base, _, _ := strings.Cut(language, "-")
	if base == language {
		return language
	}
	return language + "," + base
}
