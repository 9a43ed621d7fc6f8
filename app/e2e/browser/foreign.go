package browser

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// foreign is a frame of another site: Chromium runs it in a process of its own
// and speaks of it in a session of its own.
type foreign struct {
	ready  chan struct{} // closed when target or err is set
	target *chromedp.Target
	cancel func()
	err    error
}

// listen hears what a session of this tab says, from now on.
func (tab *Tab) listen(ctx context.Context) error {
	err := chromedp.Listen(ctx, func(event any) {
		if text := complaint(event); text != "" {
			tab.person.note(text)
		}
		// Both need commands, which this callback must not run.
		switch e := event.(type) {
		case *page.EventJavascriptDialogOpening:
			tab.spawn(func() {
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			})
		case *target.EventAttachedToTarget:
			if e.TargetInfo.Type == "iframe" {
				tab.spawn(func() { _, _ = tab.session(ctx, e.TargetInfo.TargetID) })
			}
		case *target.EventTargetDestroyed:
			tab.spawn(func() { tab.part(e.TargetID) })
		}
	})
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

// session returns the session of a foreign frame, attaching to it once.
func (tab *Tab) session(ctx context.Context, id target.ID) (*chromedp.Target, error) {
	tab.mu.Lock()
	if tab.dead {
		tab.mu.Unlock()
		return nil, errors.New("the tab is closed")
	}
	f, known := tab.foreign[id]
	if !known {
		f = &foreign{ready: make(chan struct{})}
		var own context.Context
		own, f.cancel = chromedp.NewContext(tab.person.chromium.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
		tab.foreign[id] = f
		tab.busy.Go(func() { tab.attach(own, id, f) })
	}
	tab.mu.Unlock()
	select {
	case <-f.ready:
		return f.target, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// attach fills in f, and forgets it when the frame is gone again.
func (tab *Tab) attach(ctx context.Context, id target.ID, f *foreign) {
	defer close(f.ready)
	f.err = chromedp.Do(ctx)
	if f.err == nil {
		f.err = tab.join(ctx)
	}
	if f.err != nil {
		f.err = fmt.Errorf("attach to a frame: %w", f.err)
		tab.spawn(func() { tab.part(id) })
		return
	}
	f.target = chromedp.FromContext(ctx).Target
}

// join listens to a frame and hears again what it said before that.
func (tab *Tab) join(ctx context.Context) error {
	if err := tab.listen(ctx); err != nil {
		return err
	}
	session := chromedp.FromContext(ctx).Target
	for _, again := range []cdp.Command[cdp.Empty, cdp.Empty]{log.Disable, log.Enable, runtime.Disable, runtime.Enable} {
		if _, err := cdp.Call(ctx, session, again, cdp.Empty{}); err != nil {
			return fmt.Errorf("hear of the past: %w", err)
		}
	}
	return tab.dress(ctx, session)
}

// part lets go of a foreign frame that is gone.
func (tab *Tab) part(id target.ID) {
	tab.mu.Lock()
	f := tab.foreign[id]
	delete(tab.foreign, id)
	tab.mu.Unlock()
	if f != nil {
		f.cancel()
	}
}

// spawn runs what the tab's end waits for; a closed tab starts nothing new.
func (tab *Tab) spawn(run func()) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if !tab.dead {
		tab.busy.Go(run)
	}
}

// sessions lists the tab's own session and those of its foreign frames.
func (tab *Tab) sessions() []*chromedp.Target {
	all := []*chromedp.Target{tab.target()}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, f := range tab.foreign {
		select {
		case <-f.ready:
			if f.target != nil {
				all = append(all, f.target)
			}
		default:
		}
	}
	return all
}
