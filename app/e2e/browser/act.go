package browser

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// point is where an element's middle is, or why it cannot be reached.
type point struct {
	X   float64 `json:"x"`
	Y   float64 `json:"y"`
	Why string  `json:"why"`
}

// Click clicks the element, or taps it on a phone, once it is visible, enabled,
// at rest and uncovered: a real gesture.
func (f *View) Click(selector string) {
	f.t().Helper()
	var before point
	f.until("clicks "+selector, func(ctx context.Context) (bool, string) {
		at, err := f.aim(ctx, selector)
		if err != nil {
			return false, err.Error()
		}
		if at.Why != "" {
			return false, at.Why
		}
		if at != before {
			before = at
			return false, "it moves"
		}
		if err := f.touch(ctx, at); err != nil {
			return false, err.Error()
		}
		return f.reached(ctx), "the page did not feel it"
	})
}

// aim finds the element's middle in the tab's window.
func (f *View) aim(ctx context.Context, selector string) (point, error) {
	var at point
	if err := f.evaluate(ctx, finding("aim", selector), &at); err != nil || at.Why != "" {
		return at, err
	}
	for inner := f; inner.parent != nil; inner = inner.parent {
		var corner point
		if err := inner.parent.evaluate(ctx, finding("offset", inner.selector), &corner); err != nil {
			return at, err
		}
		at.X, at.Y, at.Why = at.X+corner.X, at.Y+corner.Y, corner.Why
		if at.Why != "" {
			return at, nil
		}
	}
	return at, nil
}

// touch presses and lets go. The outermost session takes all input: Chromium
// itself finds the frame under the point.
func (f *View) touch(ctx context.Context, at point) error {
	if f.tab.person.device.phone {
		_, err := chromedp.TapXY(at.X, at.Y)(ctx, f.tab.target())
		return err
	}
	_, err := chromedp.MouseClickXY(at.X, at.Y)(ctx, f.tab.target())
	return err
}

// reached reports whether the page felt the last touch. A page that is gone
// has felt it, and one without scripts cannot say.
func (f *View) reached(ctx context.Context) bool {
	if f.tab.person.device.scriptless {
		return true
	}
	var reached bool
	if err := f.evaluate(ctx, finding("reached", "html"), &reached); err != nil {
		return true
	}
	var fresh bool
	if !reached {
		_ = f.evaluate(ctx, `window[Symbol.for("reached")] === undefined`, &fresh)
	}
	return reached || fresh
}

// Hover rests the mouse on the element.
func (f *View) Hover(selector string) {
	f.t().Helper()
	f.until("hovers over "+selector, func(ctx context.Context) (bool, string) {
		at, err := f.aim(ctx, selector)
		if err != nil {
			return false, err.Error()
		}
		if at.Why != "" {
			return false, at.Why
		}
		_, err = chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y)(ctx, f.tab.target())
		if err != nil {
			return false, err.Error()
		}
		return true, ""
	})
}

// Type clicks into the field and types at the end of what it holds.
func (f *View) Type(selector, text string) {
	f.t().Helper()
	f.into(selector, "end")
	f.insert(selector, text)
}

// Fill clicks into the field and types in place of what it holds.
func (f *View) Fill(selector, text string) {
	f.t().Helper()
	f.into(selector, "all")
	if text == "" {
		f.Press("Delete")
		return
	}
	f.insert(selector, text)
}

func (f *View) into(selector, verb string) {
	f.t().Helper()
	f.Click(selector)
	f.until("goes into "+selector, func(ctx context.Context) (bool, string) {
		var done bool
		if err := f.evaluate(ctx, finding(verb, selector), &done); err != nil {
			return false, err.Error()
		}
		seen, err := f.look(ctx, selector)
		if err != nil {
			return false, err.Error()
		}
		return seen.Focused, "it does not take the focus"
	})
}

func (f *View) insert(selector, text string) {
	f.t().Helper()
	ctx, cancel := f.tab.deadline()
	defer cancel()
	if _, err := cdp.Call(ctx, f.tab.target(), input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		f.t().Fatalf("%s types into %s: %v", f.name(), selector, err)
	}
}

// Press presses keys one after another: a letter, a name such as "Enter",
// "Escape", "Tab", "ArrowDown", or with modifiers, "Control+Enter", "Shift+Tab".
func (f *View) Press(keys ...string) {
	f.t().Helper()
	ctx, cancel := f.tab.deadline()
	defer cancel()
	for _, key := range keys {
		strokes, err := press(key)
		for _, stroke := range strokes {
			if err == nil {
				_, err = cdp.Call(ctx, f.tab.target(), input.DispatchKeyEvent, *stroke)
			}
		}
		if err != nil {
			f.t().Fatalf("%s presses %s: %v", f.name(), key, err)
		}
	}
}

func press(key string) ([]*input.DispatchKeyEventParams, error) {
	var held int64
	name := key
	for {
		before, after, found := strings.Cut(name, "+")
		modifier, known := map[string]chromedp.Modifier{
			"Control": chromedp.ModifierCtrl, "Shift": chromedp.ModifierShift,
			"Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
		}[before]
		if !found || !known {
			break
		}
		held, name = held|int64(modifier), after
	}
	code, known := map[string]string{
		"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Backspace": kb.Backspace, "Delete": kb.Delete, "Space": " ",
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
	}[name]
	if !known && utf8.RuneCountInString(name) != 1 {
		return nil, fmt.Errorf("there is no key %q", name)
	}
	if !known {
		code = name
	}
	var all []*input.DispatchKeyEventParams
	for _, r := range code {
		all = append(all, stroke(r, held)...)
	}
	return all, nil
}

// stroke is one key down and up. The letter comes with the key's own event, so
// that a page which takes the key for itself also keeps the letter out.
func stroke(r rune, held int64) []*input.DispatchKeyEventParams {
	var down, up *input.DispatchKeyEventParams
	for _, event := range kb.Encode(r) {
		event.Modifiers |= held
		switch {
		case event.Type == kb.KeyDown:
			down = event
		case event.Type == kb.KeyUp:
			up = event
		case event.Modifiers&^int64(chromedp.ModifierShift) == 0:
			down.Text, down.UnmodifiedText = event.Text, event.UnmodifiedText
		}
	}
	return []*input.DispatchKeyEventParams{down, up}
}

// Choose takes the option with this value or label in a select.
func (f *View) Choose(selector, option string) {
	f.t().Helper()
	f.until("chooses "+option+" in "+selector, func(ctx context.Context) (bool, string) {
		var why string
		if err := f.evaluate(ctx, finding("choose", selector, option), &why); err != nil {
			return false, err.Error()
		}
		return why == "", why
	})
}

// Upload puts files into a file field.
func (f *View) Upload(selector string, files ...string) {
	f.t().Helper()
	var paths []string
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			f.t().Fatalf("%s uploads %s: %v", f.name(), file, err)
		}
		paths = append(paths, path)
	}
	f.until("uploads into "+selector, func(ctx context.Context) (bool, string) {
		session, element, err := f.element(ctx, selector)
		if err != nil {
			return false, err.Error()
		}
		_, err = cdp.Call(ctx, session, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: element})
		if err != nil {
			return false, err.Error()
		}
		return true, ""
	})
}
