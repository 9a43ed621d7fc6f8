package bench

import (
	"context"
	_ "embed" // the pages that carry the widget and the yardstick
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var (
	//go:embed pages/shop.html
	shopPage string
	//go:embed pages/bare.html
	barePage string
	//go:embed pages/frame.html
	bareFrame string
	//go:embed pages/watch.js
	watchScript string
)

const (
	clickWithin = 20 * time.Second
	toLauncher  = 48 // from the corner of the window to its middle, in pixels
)

// click measures, in Chromium, the time from the click on the launcher until one can type, and watches that nothing but
// loader and settings is loaded before.
func click(ctx context.Context, b *bench) (rows []Row, err error) {
	figure := "from click until one can type, in Chromium"
	path, found := findChromium()
	if !found {
		return []Row{{Figure: figure, Skipped: "no Chromium here (set CHROMIUM to its path)"}}, nil
	}
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	plain, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, plain.stop()) }()
	if err := s.brand.allow(ctx, s.database, plain.base); err != nil {
		return nil, err
	}
	open, stop, err := startChromium(ctx, path)
	if err != nil {
		return nil, err
	}
	defer stop()
	shop := plain.base + "/shop?" + url.Values{"base": {s.server.base}, "organization": {s.brand.key}}.Encode()
	var ours, bare []float64
	for range b.sizes.clicks {
		took, err := open(shop)
		if err != nil {
			return nil, fmt.Errorf("open the widget: %w", err)
		}
		if before := strings.Join(took.Before, " "); strings.Count(before, s.server.base) != 2 {
			return nil, fmt.Errorf("before opening, the widget loads not two things but %s", before)
		}
		ours = append(ours, took.Milliseconds)
		if took, err = open(plain.base + "/page"); err != nil {
			return nil, fmt.Errorf("open a bare frame: %w", err)
		}
		bare = append(bare, took.Milliseconds)
	}
	return []Row{{Figure: figure, Value: median(ours), Unit: "ms", Beside: median(bare), Yardstick: "a frame with nothing but a box to type in"}}, nil
}

func findChromium() (string, bool) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if own := os.Getenv("CHROMIUM"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// opening is what a page tells after its launcher was clicked.
type opening struct {
	Milliseconds float64  `json:"milliseconds"`
	Before       []string `json:"before"` // addresses that were loaded before the click
}

// startChromium returns what opens a page in a fresh profile of its own, clicks where the launcher is and waits.
func startChromium(ctx context.Context, path string) (open func(address string) (opening, error), stop func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1280, 900)) //nolint:gocritic // a copy
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	quiet := func(string, ...any) {} // chromedp reports protocol news that nobody can act on
	browser, stopBrowser := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	stop = func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Do(browser); err != nil { // without a deadline, or Chromium would end with it
		stop()
		return nil, nil, fmt.Errorf("start Chromium: %w", err)
	}
	return func(address string) (opening, error) { return openPage(browser, address) }, stop, nil
}

func openPage(browser context.Context, address string) (opening, error) {
	tab, done := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer done()
	if err := chromedp.Do(tab); err != nil {
		return opening{}, fmt.Errorf("open a tab: %w", err)
	}
	ctx, cancel := context.WithTimeout(tab, clickWithin)
	defer cancel()
	watch := func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchScript})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, watch, chromedp.Navigate(address)); err != nil {
		return opening{}, err
	}
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`!!document.querySelector("rejoin-widget, #launcher")`)); err != nil {
		return opening{}, fmt.Errorf("find the launcher: %w", err)
	}
	corner, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[innerWidth, innerHeight]`))
	if err != nil || len(corner) != 2 {
		return opening{}, errors.Join(errors.New("measure the window"), err)
	}
	if err := chromedp.Do(ctx, chromedp.MouseClickXY(corner[0]-toLauncher, corner[1]-toLauncher)); err != nil {
		return opening{}, err
	}
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`!!window.benchOpening`)); err != nil {
		return opening{}, fmt.Errorf("wait until one can type: %w", err)
	}
	return chromedp.Run(ctx, chromedp.Evaluate[opening](`window.benchOpening`))
}
