package browser

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Person is one human being at one device: cookies, storage and network of
// their own. The test fails at its end when a page of theirs complained.
type Person struct {
	t        testing.TB
	browser  *Browser
	chromium *chromium
	device   device
	id       cdp.BrowserContextID
	uplink   *uplink

	mu         sync.Mutex
	tabs       []*Tab
	complaints []string
	allowed    []*regexp.Regexp
	offline    bool
	wasOffline bool
}

type device struct {
	profile

	name  string
	phone bool
}

// Option describes a person or their device.
type Option func(*device)

// Named gives the person a name, which failures speak of.
func Named(name string) Option { return func(d *device) { d.name = name } }

// Phone is a device of 390 by 844 that is tapped instead of clicked.
func Phone(d *device) { d.phone = true }

// Dark is a device that prefers dark colours.
func Dark(d *device) { d.dark = true }

// NoScripts is a browser where JavaScript is blocked everywhere.
func NoScripts(d *device) { d.scriptless = true }

// BlockThirdPartyStorage refuses cookies and every storage to each of the
// [Hosts] in a frame inside another one of them.
func BlockThirdPartyStorage(d *device) { d.walled = true }

// Language is the browser's own language, such as "fr-FR".
func Language(tag string) Option { return func(d *device) { d.language = tag } }

// Zone is the device's time zone, such as "Europe/Paris".
func Zone(name string) Option { return func(d *device) { d.zone = name } }

// Person sits someone down at a new device, until the test ends.
func (b *Browser) Person(t testing.TB, options ...Option) *Person {
	t.Helper()
	b.mu.Lock()
	b.names++
	d := device{name: fmt.Sprintf("person%d", b.names)}
	b.mu.Unlock()
	for _, set := range options {
		set(&d)
	}
	p := &Person{t: t, browser: b, device: d}
	if err := p.sitDown(); err != nil {
		t.Fatalf("%s sits down: %v", d.name, err)
	}
	t.Cleanup(p.leave)
	return p
}

func (p *Person) sitDown() error {
	var err error
	if p.chromium, err = p.browser.chromium(p.device.profile); err != nil {
		return err
	}
	if p.uplink, err = newUplink(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.chromium.ctx, p.browser.patience)
	defer cancel()
	made, err := chromedp.CallBrowser(ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{
		ProxyServer:     p.uplink.url(),
		ProxyBypassList: "<-loopback>", // else Chromium goes to this machine by itself
	})
	if err != nil {
		p.uplink.close()
		return fmt.Errorf("make a browser context: %w", err)
	}
	p.id = made.BrowserContextID
	return nil
}

// leave ends the person's part in the test: it judges, keeps and tidies up.
func (p *Person) leave() {
	for _, tab := range p.open() {
		tab.flush()
	}
	if complaints := p.refused(); len(complaints) > 0 {
		p.t.Errorf("pages of %s complained (use Allow for what must be so):\n  %s", p.device.name, strings.Join(complaints, "\n  "))
	}
	for _, tab := range p.open() {
		if p.t.Failed() {
			tab.keep()
		}
		tab.detach()
	}
	ctx, cancel := context.WithTimeout(p.chromium.ctx, 5*time.Second)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: p.id})
	if err != nil {
		p.t.Logf("%s leaves: %v", p.device.name, err)
	}
	p.uplink.close()
}

// Tab opens an empty tab in a window of its own.
func (p *Person) Tab() *Tab {
	p.t.Helper()
	return p.tab(chromedp.WithExistingBrowserContext(p.id))
}

// Opened waits for a tab that a page opened by itself, such as a link into a
// new window, whose address holds part.
func (p *Person) Opened(part string) *Tab {
	p.t.Helper()
	var found target.ID
	ctx, cancel := context.WithTimeout(p.chromium.ctx, p.browser.patience)
	defer cancel()
	reason, ok := poll(ctx, func(ctx context.Context) (bool, string) {
		infos, err := chromedp.Targets(ctx)
		if err != nil {
			return false, err.Error()
		}
		for _, info := range infos {
			if info.Type == "page" && info.BrowserContextID == p.id && strings.Contains(info.URL, part) && !p.has(info.TargetID) {
				found = info.TargetID
				return true, ""
			}
		}
		return false, "no such tab"
	})
	if !ok {
		p.t.Fatalf("%s: a page opens %q by itself: %s", p.device.name, part, reason)
	}
	return p.tab(chromedp.WithTargetID(found))
}

// Allow lets pages complain in words that match the pattern.
func (p *Person) Allow(pattern string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, regexp.MustCompile(pattern))
}

// Offline cuts the device's network, open streams too; Online mends it. What
// pages then say of the network is no complaint.
func (p *Person) Offline() { p.setNetwork(true) }

// Online mends the device's network.
func (p *Person) Online() { p.setNetwork(false) }

func (p *Person) setNetwork(cut bool) {
	p.t.Helper()
	p.mu.Lock()
	p.offline = cut
	p.wasOffline = p.wasOffline || cut
	p.mu.Unlock()
	p.uplink.set(cut)
	for _, tab := range p.open() {
		if err := tab.emulateNetwork(cut); err != nil {
			p.t.Fatalf("%s changes the network: %v", p.device.name, err)
		}
	}
}

func (p *Person) isOffline() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.offline
}

// open lists the tabs that are neither closed nor killed.
func (p *Person) open() []*Tab {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tabs)
}

func (p *Person) has(id target.ID) bool {
	return slices.ContainsFunc(p.open(), func(tab *Tab) bool { return tab.target().TargetID == id })
}

func (p *Person) forget(tab *Tab) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tabs = slices.DeleteFunc(p.tabs, func(other *Tab) bool { return other == tab })
}
