package browser

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Tab is one open page of a person; its own document is its outermost [View].
type Tab struct {
	*View

	person *Person
	ctx    context.Context
	cancel func()
	busy   sync.WaitGroup

	mu      sync.Mutex
	foreign map[target.ID]*foreign
	dead    bool
}

// tab opens or adopts a page and makes it the person's device.
func (p *Person) tab(which chromedp.ContextOption) *Tab {
	p.t.Helper()
	tab := &Tab{person: p, foreign: map[target.ID]*foreign{}}
	tab.View = &View{tab: tab}
	tab.ctx, tab.cancel = chromedp.NewContext(p.chromium.ctx, which)
	if err := tab.begin(); err != nil {
		tab.cancel()
		p.t.Fatalf("%s opens a tab: %v", p.device.name, err)
	}
	p.mu.Lock()
	p.tabs = append(p.tabs, tab)
	p.mu.Unlock()
	return tab
}

func (tab *Tab) begin() error {
	// As with the browser: attached without a deadline, or it would end with it.
	if err := chromedp.Do(tab.ctx); err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	if err := tab.listen(tab.ctx); err != nil {
		return err
	}
	ctx, cancel := tab.deadline()
	defer cancel()
	if err := tab.dress(ctx, tab.target()); err != nil {
		return err
	}
	if tab.person.device.phone {
		return tab.shrink(ctx)
	}
	return nil
}

// dress gives a session what belongs to the device.
func (tab *Tab) dress(ctx context.Context, session *chromedp.Target) error {
	if tab.person.device.phone {
		_, err := cdp.Call(ctx, session, emulation.SetTouchEmulationEnabled,
			emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5})
		if err != nil {
			return fmt.Errorf("touch: %w", err)
		}
	}
	if tab.person.isOffline() {
		return cutSession(ctx, session, true)
	}
	return nil
}

func (tab *Tab) shrink(ctx context.Context) error {
	_, err := cdp.Call(ctx, tab.target(), emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 2, Mobile: true})
	if err != nil {
		return fmt.Errorf("shrink to a phone: %w", err)
	}
	return nil
}

// Open goes to an address and waits until the page has loaded.
func (tab *Tab) Open(url string) {
	tab.t().Helper()
	tab.visit("opens "+url, chromedp.Navigate(url))
}

// Reload loads the page again.
func (tab *Tab) Reload() {
	tab.t().Helper()
	tab.visit("reloads", chromedp.Reload())
}

// Back goes one page back, out of Chromium's memory when it is kept there.
func (tab *Tab) Back() {
	tab.t().Helper()
	before := Eval[string](tab, "location.href")
	tab.visit("goes back", chromedp.Evaluate[chromedp.Void]("history.back()"))
	tab.Until("it is back", fmt.Sprintf(`location.href !== %q && document.readyState === "complete"`, before))
}

func (tab *Tab) visit(what string, action chromedp.Action[chromedp.Void]) {
	tab.t().Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, 2*tab.person.browser.patience)
	defer cancel()
	err := chromedp.Do(ctx, action)
	// A refusal without a body is still a page: Chromium draws its own.
	if err != nil && !strings.Contains(err.Error(), "ERR_HTTP_RESPONSE_CODE_FAILURE") {
		tab.t().Fatalf("%s %s: %v", tab.name(), what, err)
	}
}

// Hide minimises the tab's window, and Show brings it back: pages see their
// visibilityState change, as when a person turns to something else.
func (tab *Tab) Hide() {
	tab.t().Helper()
	tab.window(browser.WindowStateMinimized, "hidden")
}

// Show brings a hidden tab back.
func (tab *Tab) Show() {
	tab.t().Helper()
	tab.window(browser.WindowStateNormal, "visible")
}

func (tab *Tab) window(state browser.WindowState, visibility string) {
	tab.t().Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	window, err := chromedp.CallBrowser(ctx, browser.GetWindowForTarget, browser.GetWindowForTargetParams{TargetID: tab.target().TargetID})
	if err == nil {
		_, err = chromedp.CallBrowser(ctx, browser.SetWindowBounds, browser.SetWindowBoundsParams{
			WindowID: window.WindowID, Bounds: &browser.Bounds{WindowState: state},
		})
	}
	if err != nil {
		tab.t().Fatalf("%s becomes %s: %v", tab.name(), visibility, err)
	}
	tab.Until("the page is "+visibility, `document.visibilityState === "`+visibility+`"`)
}

// Close closes the tab as a person does: the page hears of it.
func (tab *Tab) Close() {
	tab.t().Helper()
	tab.flush()
	ctx, cancel := tab.deadline()
	defer cancel()
	id := tab.target().TargetID
	if _, err := cdp.Call(ctx, tab.target(), page.Close, cdp.Empty{}); err != nil {
		tab.t().Fatalf("%s closes: %v", tab.name(), err)
	}
	tab.person.forget(tab)
	reason, ok := poll(ctx, func(ctx context.Context) (bool, string) {
		infos, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
		if err != nil {
			return false, err.Error()
		}
		for _, info := range infos.TargetInfos {
			if info.TargetID == id {
				return false, "it is still there"
			}
		}
		return true, ""
	})
	if !ok {
		tab.t().Fatalf("%s closes: %s", tab.name(), reason)
	}
	tab.detach()
}

// Kill crashes the page: it hears of nothing. Other tabs of the same person on
// the same site may share its process, and then die with it.
func (tab *Tab) Kill() {
	tab.t().Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	tab.flush()
	crashed := make(chan struct{})
	var once sync.Once
	err := chromedp.Listen(ctx, func(event any) {
		if _, ok := event.(*inspector.EventTargetCrashed); ok {
			once.Do(func() { close(crashed) })
		}
	})
	if err != nil {
		tab.t().Fatalf("%s is killed: %v", tab.name(), err)
	}
	// The dead do not answer: the command's own result never comes.
	tab.spawn(func() { _, _ = cdp.Call(ctx, tab.target(), page.Crash, cdp.Empty{}) })
	select {
	case <-crashed:
	case <-ctx.Done():
		tab.t().Fatalf("%s is killed: it lives on", tab.name())
	}
	tab.person.forget(tab)
	cancel()
	tab.detach()
}

// detach ends the harness's own side of the tab, and the page with it.
func (tab *Tab) detach() {
	tab.mu.Lock()
	tab.dead = true
	all := tab.foreign
	tab.foreign = nil
	tab.mu.Unlock()
	for _, f := range all {
		f.cancel()
	}
	tab.cancel()
	tab.busy.Wait()
}

// flush waits until every event that the page has sent so far is heard. A page
// or frame that Chromium keeps frozen for going back does not answer: it has
// nothing more to say either.
func (tab *Tab) flush() {
	for _, session := range tab.sessions() {
		ctx, cancel := context.WithTimeout(tab.ctx, time.Second)
		_ = evaluate(ctx, session, "", "1", nil)
		cancel()
	}
}

func (tab *Tab) emulateNetwork(cut bool) error {
	ctx, cancel := tab.deadline()
	defer cancel()
	for _, session := range tab.sessions() {
		if err := cutSession(ctx, session, cut); err != nil {
			return err
		}
	}
	return nil
}

// cutSession makes a page see that it is offline: the proxy alone would only
// look like a server that is gone.
func cutSession(ctx context.Context, session *chromedp.Target, cut bool) error {
	_, err := cdp.Call(ctx, session, network.OverrideNetworkState, network.OverrideNetworkStateParams{
		Offline: cut, DownloadThroughput: -1, UploadThroughput: -1,
	})
	if err != nil {
		return fmt.Errorf("override the network's state: %w", err)
	}
	return nil
}

func (tab *Tab) deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(tab.ctx, tab.person.browser.patience)
}

func (tab *Tab) target() *chromedp.Target { return chromedp.FromContext(tab.ctx).Target }

func (tab *Tab) name() string { return tab.person.device.name + "'s tab" }
