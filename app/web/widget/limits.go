package widget

import (
	"encoding/hex"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

// limits are what a stranger may do; each is by address or by visitor, and answers 429 with the time to wait.
type limits struct {
	pages   echo.MiddlewareFunc // the loader, its settings, the panel: by address
	calls   echo.MiddlewareFunc // everything a customer calls: by address
	links   echo.MiddlewareFunc // rejoin links: by address
	address *web.Limiter        // tries to give an email address, alone or with a message, of one visitor
	own     *web.Limiter        // everything of one visitor
	posts   *web.Limiter        // messages of one visitor
	starts  *web.Limiter        // first messages from one address
	fresh   *web.Limiter        // wishes for a fresh link from one address
	rejoins *web.Limiter        // rejoin tokens tried from one address
	reach   *web.Limiter        // changes of how to be reached by one link
	streams *web.Slots          // open at one time
	uploads *web.Limiter        // files of one visitor
	unknown *web.Limiter        // files from one address, of people who have not written yet
	sending *web.Slots          // files on their way at one time
}

const remembered = 50_000 // keys that one limiter remembers

func newLimits(slack int, now func() time.Time) limits {
	limiter := func(events int, per time.Duration, burst int) *web.Limiter {
		return web.NewLimiter(web.Rate{Events: events * slack, Per: per, Burst: burst * slack}, remembered, now)
	}
	return limits{
		pages:   web.Limit(limiter(600, time.Minute, 200), web.ByAddress),
		calls:   web.Limit(limiter(1200, time.Minute, 400), web.ByAddress),
		links:   web.Limit(limiter(60, time.Minute, 40), web.ByAddress),
		address: limiter(10, time.Minute, 6),
		own:     limiter(300, time.Minute, 100),
		posts:   limiter(30, time.Minute, 10),
		starts:  limiter(10, time.Minute, 10),
		fresh:   limiter(5, 10*time.Minute, 3),
		rejoins: limiter(30, time.Minute, 20),
		reach:   limiter(30, time.Minute, 20),
		streams: web.NewSlots(50_000, 12*slack),
		uploads: limiter(60, time.Minute, 30),
		unknown: limiter(30, 10*time.Minute, 20),
		sending: web.NewSlots(200, 16*slack),
	}
}

// byVisitor is who calls, as a key: the token's hash, else the address.
func byVisitor(c echo.Context) string {
	if token := web.Bearer(c); token != "" {
		return visitorKey(token)
	}
	return web.ByAddress(c)
}

func visitorKey(token string) string { return hex.EncodeToString(chat.HashToken(token)[:16]) }
