package browser

import (
	"context"
	_ "embed" // the finder is embedded
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

//go:embed find.js
var finder string

// View is one document: a tab's own, or one in an iframe of it, of the same
// site or of a foreign one. It is looked up anew at every step, so it outlives
// navigation.
//
// A selector is CSS, looked up in open shadow roots too, and may end with a
// text in quotes that the element must hold: `button "Send"`, or just `"Send"`.
// Of several matches the first visible one counts.
type View struct {
	tab      *Tab
	parent   *View
	selector string
}

// Place is a Tab or a View.
type Place interface{ view() *View }

func (f *View) view() *View { return f }

func (f *View) t() testing.TB { return f.tab.person.t }

// Frame is the document inside the iframe that the selector finds.
func (f *View) Frame(selector string) *View {
	return &View{tab: f.tab, parent: f, selector: selector}
}

// Eval evaluates a JavaScript expression, waits for its promise, and decodes
// the value; it is no gesture of a person.
func Eval[T any](in Place, expression string) T {
	f := in.view()
	f.t().Helper()
	ctx, cancel := f.tab.deadline()
	defer cancel()
	var value T
	if err := f.evaluate(ctx, expression, &value); err != nil {
		f.t().Fatalf("%s evaluates %s: %v", f.name(), expression, err)
	}
	return value
}

func (f *View) name() string {
	if f.parent == nil {
		return f.tab.name()
	}
	return f.parent.name() + ", frame " + f.selector
}

func (f *View) evaluate(ctx context.Context, expression string, value any) error {
	session, document, err := f.realm(ctx)
	if err != nil {
		return err
	}
	return evaluate(ctx, session, document, expression, value)
}

// realm finds where the frame's scripts run: a session, and in it the document
// of the frame, none for the session's outermost one.
func (f *View) realm(ctx context.Context) (*chromedp.Target, runtime.RemoteObjectID, error) {
	if f.parent == nil {
		return f.tab.target(), "", nil
	}
	session, element, err := f.parent.element(ctx, f.selector)
	if err != nil {
		return nil, "", err
	}
	iframe, err := cdp.Call(ctx, session, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: element, Pierce: new(true)})
	if err != nil {
		return nil, "", fmt.Errorf("describe the frame: %w", err)
	}
	if iframe.Node.ContentDocument == nil {
		if iframe.Node.FrameID == "" {
			return nil, "", errors.New(f.selector + " is no frame")
		}
		foreign, err := f.tab.session(ctx, target.ID(iframe.Node.FrameID))
		return foreign, "", err
	}
	inner, err := cdp.Call(ctx, session, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: iframe.Node.ContentDocument.BackendNodeID})
	if err != nil {
		return nil, "", fmt.Errorf("enter the frame: %w", err)
	}
	return session, inner.Object.ObjectID, nil
}

// element finds a node and returns it as an object of its session.
func (f *View) element(ctx context.Context, selector string) (*chromedp.Target, runtime.RemoteObjectID, error) {
	session, document, err := f.realm(ctx)
	if err != nil {
		return nil, "", err
	}
	object, err := call(ctx, session, document, finding("element", selector), false)
	if err != nil {
		return nil, "", err
	}
	if object.ObjectID == "" {
		return nil, "", errors.New(selector + " is not there")
	}
	return session, object.ObjectID, nil
}

// finding is the expression that runs one verb of the finder.
func finding(verb string, args ...any) string {
	list, err := json.Marshal(args)
	if err != nil {
		list = []byte(`[]`) // the arguments are texts and numbers: this cannot be
	}
	return fmt.Sprintf("(%s)(%q, ...%s)", finder, verb, list)
}

func evaluate(ctx context.Context, session *chromedp.Target, document runtime.RemoteObjectID, expression string, value any) error {
	object, err := call(ctx, session, document, expression, true)
	if err != nil {
		return err
	}
	if value == nil || len(object.Value) == 0 {
		return nil
	}
	if err := json.Unmarshal(object.Value, value); err != nil {
		return fmt.Errorf("decode %s: %w", object.Value, err)
	}
	return nil
}

// call runs an expression in the realm of a document. One try is short: the
// session of a frame that has just gone may never answer.
func call(ctx context.Context, session *chromedp.Target, document runtime.RemoteObjectID, expression string, byValue bool) (*runtime.RemoteObject, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var object *runtime.RemoteObject
	var thrown *runtime.ExceptionDetails
	if document == "" {
		result, err := cdp.Call(ctx, session, runtime.Evaluate, runtime.EvaluateParams{
			Expression: expression, ReturnByValue: &byValue, AwaitPromise: new(true),
		})
		if err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
		object, thrown = result.Result, result.ExceptionDetails
	} else {
		result, err := cdp.Call(ctx, session, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
			FunctionDeclaration: "function () { return (" + expression + ") }",
			ObjectID:            document, ReturnByValue: &byValue, AwaitPromise: new(true),
		})
		if err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
		object, thrown = result.Result, result.ExceptionDetails
	}
	if thrown != nil {
		return nil, errors.New(exception(thrown))
	}
	return object, nil
}
