package files

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

const (
	remembered = 50_000           // addresses that are counted
	longest    = 15 * time.Minute // of one answer
)

// Desk opens files by their links.
type Desk interface {
	OpenFile(ctx context.Context, name, until, signature string) (*chat.Upload, io.ReadCloser, error)
	Now() time.Time
}

// Options are what the room is made of.
type Options struct {
	Desk  Desk
	Slack int // multiplies the limit; 0 is 1
}

type room struct{ desk Desk }

// Routes puts the room into the sitemap.
func Routes(s *web.Server, o Options) {
	r, slack := &room{desk: o.Desk}, max(o.Slack, 1)
	limit := web.NewLimiter(web.Rate{Events: 600 * slack, Per: time.Minute, Burst: 300 * slack}, remembered, o.Desk.Now)
	s.Group(web.RejoinLink, "/files", web.Limit(limit, web.ByAddress), web.BodyLimit(0), web.Timeout(longest), web.Packed()).
		GET("/:name", r.serve)
}

// serve answers a file or a part of it.
func (r *room) serve(c echo.Context) error {
	until := c.QueryParam("until")
	u, content, err := r.desk.OpenFile(c.Request().Context(), c.Param("name"), until, c.QueryParam("sig"))
	if err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	defer content.Close()
	write(c.Response().Header(), u, r.left(until))
	request := c.Request()
	if strings.Contains(request.Header.Get("Range"), ",") {
		request.Header.Del("Range") // several parts at once serve no browser
	}
	http.ServeContent(web.PatientWriter(c), request, "", u.CreatedAt, seekable(content, u.Size))
	return nil
}

// left is how long the link goes on working, in whole seconds.
func (r *room) left(until string) int64 {
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return 0
	}
	return max(end-r.desk.Now().Unix(), 0)
}

// write says what the file is, and takes from it whatever a page could do.
func write(h http.Header, u *chat.Upload, left int64) {
	how := "attachment"
	if u.Image() {
		how = "inline"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": u.Name}))
	h.Set("Content-Type", typed(u.Type))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, immutable, max-age="+strconv.FormatInt(left, 10))
	h.Set("Etag", `"`+u.Key+`"`)
}

func typed(media string) string {
	if strings.HasPrefix(media, "text/") {
		return media + "; charset=utf-8"
	}
	return media
}
