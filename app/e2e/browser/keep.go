package browser

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/chromedp/chromedp"
)

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// Screenshot keeps a picture of the tab's window beside those of failures.
func (tab *Tab) Screenshot(name string) {
	tab.t().Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	tab.picture(ctx, name)
}

// keep saves what the page looked like when the test failed.
func (tab *Tab) keep() {
	tab.t().Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, 5*time.Second)
	defer cancel()
	name := tab.person.device.name
	for i, other := range tab.person.open() {
		if other == tab && i > 0 {
			name += "-tab" + string(rune('1'+i))
		}
	}
	tab.picture(ctx, name)
	var html string
	if err := evaluate(ctx, tab.target(), "", "document.documentElement.outerHTML", &html); err != nil {
		tab.t().Logf("%s: its HTML cannot be kept: %v", tab.name(), err)
		return
	}
	tab.save(name+".html", []byte(html))
}

func (tab *Tab) picture(ctx context.Context, name string) {
	tab.t().Helper()
	png, err := chromedp.CaptureScreenshot()(ctx, tab.target())
	if err != nil {
		tab.t().Logf("%s: no screenshot: %v", tab.name(), err)
		return
	}
	tab.save(name+".png", png)
}

func (tab *Tab) save(name string, body []byte) {
	tab.t().Helper()
	if err := save(tab.t().Name(), name, body); err != nil {
		tab.t().Logf("%s: %v", tab.name(), err)
	}
}

// save writes a file into the folder of failures.
func save(test, name string, body []byte) error {
	dir, err := root()
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "app", "e2e", "failures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, unsafe.ReplaceAllString(test+"-"+name, "_")), body, 0o600)
}
