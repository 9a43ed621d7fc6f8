package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

const (
	defaultBody    = 256 << 10
	defaultTimeout = 15 * time.Second
	headerTime     = 10 * time.Second
	requestTime    = 60 * time.Second // reading or writing one whole request; streams lift it
	idleTime       = 120 * time.Second
	headerBytes    = 32 << 10
	gzipFrom       = 1 << 10
)

// Options are what a server is made of.
type Options struct {
	BaseURL        string           // where the world reaches us; links are built from it
	TrustedProxies []netip.Prefix   // whose X-Forwarded-For is believed; nobody's when empty
	Log            *slog.Logger     // required
	Secure         bool             // served over https: Secure cookies, HSTS
	Now            func() time.Time // the application's clock; required
	ErrorPage      ErrorPage        // draws whole error pages; that of views when nil
	ErrorToast     ErrorPage        // draws the fragment that htmx shows instead; a plain one when nil
	ToastTarget    string           // CSS selector that toasts are appended to; "#toasts" when empty
}

// Server is echo behind a sitemap: routes come in through Group only.
type Server struct {
	options     Options
	echo        *echo.Echo
	routes      []Route
	declared    map[string]bool
	defects     []error // of the sitemap; with any, it does not start
	crossOrigin *http.CrossOriginProtection
	gzip        echo.MiddlewareFunc
	unrouted    compiled // the policy of what no route answers
	zones       zones
	stopping    context.Context
	stop        context.CancelFunc
	beforeStop  []func()
}

// NewServer makes a server without a route.
func NewServer(options Options) *Server {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(options.TrustedProxies)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		options: options.withDefaults(), echo: e, declared: map[string]bool{},
		crossOrigin: http.NewCrossOriginProtection(),
		gzip:        middleware.GzipWithConfig(middleware.GzipConfig{MinLength: gzipFrom, Level: 5}),
		unrouted:    Policy{}.compile(options.Secure),
		stopping:    ctx, stop: cancel,
	}
	if origin := originOf(options.BaseURL); origin != "" {
		_ = s.crossOrigin.AddTrustedOrigin(origin) // a proxy may rewrite Host; an origin that we built parses
	}
	e.HTTPErrorHandler = s.fail
	e.Use(s.observe)
	return s
}

func (o Options) withDefaults() Options {
	if o.ErrorPage == nil {
		o.ErrorPage = drawPage
	}
	if o.ErrorToast == nil {
		o.ErrorToast = drawToast
	}
	if o.ToastTarget == "" {
		o.ToastTarget = "#toasts"
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	return o
}

// BaseURL is where the world reaches us, without a slash at the end.
func (s *Server) BaseURL() string { return s.options.BaseURL }

// BeforeStop adds what Start calls first when it stops, such as closing the hub that feeds the streams.
func (s *Server) BeforeStop(f func()) { s.beforeStop = append(s.beforeStop, f) }

// Handler returns the whole as one handler; it fails when a route has no declared audience.
func (s *Server) Handler() (http.Handler, error) {
	if err := s.sound(); err != nil {
		return nil, err
	}
	return s.echo, nil
}

// Start serves on the listener until the context ends, then stops gracefully: streams end, requests
// under way have grace to finish. It refuses to start when a route has no declared audience.
func (s *Server) Start(ctx context.Context, listener net.Listener, grace time.Duration) error {
	handler, err := s.Handler()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug), // broken handshakes of strangers
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		s.stop()
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		return s.shutdown(server, failed, grace)
	}
}

func (s *Server) shutdown(server *http.Server, failed <-chan error, grace time.Duration) error {
	for _, f := range s.beforeStop {
		f()
	}
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		_ = server.Close() // what did not finish in time is cut
		err = fmt.Errorf("stop the server: %w", err)
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("serve: %w", served))
	}
	return err
}

// clientAddress believes X-Forwarded-For from the named proxies only; echo's default believes anyone.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		p = p.Masked()
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

func originOf(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
