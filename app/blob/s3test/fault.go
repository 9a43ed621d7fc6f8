package s3test

import "net/http"

// Request is what a script sees of a request that was signed rightly.
type Request struct {
	Method string
	Key    string // empty for a list
}

// Fault is what goes wrong with one request; the zero Fault lets it through.
type Fault struct {
	Status  int // answer with this status and an error in XML
	Code    string
	Message string
	Region  string // in that error: where the bucket is
	Hang    bool   // never answer
	Reset   bool   // break the connection
	Cut     int    // send that many bytes of the answer's content, then break the connection
	Stall   int    // send that many bytes of the answer's content, then nothing
	Stored  bool   // do what is asked for before the fault strikes
}

// Script decides the fault of every further request; n counts from 1 since the script was set. A nil script lets
// everything through. It is called from many goroutines at once.
func (s *Server) Script(script func(n int, r Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.requests = script, 0
}

// None lets the request through.
func None() Fault { return Fault{} }

// Broken answers 500.
func Broken() Fault {
	return Fault{Status: 500, Code: "InternalError", Message: "We encountered an internal error. Please try again."}
}

// SlowDown answers 503.
func SlowDown() Fault {
	return Fault{Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}
}

// Denied answers 403: the key may not do this.
func Denied() Fault { return Fault{Status: 403, Code: "AccessDenied", Message: "Access Denied"} }

// Hang never answers.
func Hang() Fault { return Fault{Hang: true} }

// Reset breaks the connection, with the request carried out or not.
func Reset(stored bool) Fault { return Fault{Reset: true, Stored: stored} }

// next counts a request and returns its fault.
func (s *Server) next(r Request) Fault {
	s.mu.Lock()
	s.requests++
	n, script := s.requests, s.script
	s.mu.Unlock()
	if script == nil {
		return None()
	}
	return script(n, r)
}

// strikes reports whether the fault takes the place of the answer.
func (f Fault) strikes() bool { return f.Status != 0 || f.Hang || f.Reset }

// strike lets a fault take the place of an answer.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, f Fault) {
	switch {
	case f.Hang, f.Stall > 0:
		select {
		case <-s.closing:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case f.Reset, f.Cut > 0:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		refuse(w, r, failure{f.Status, f.Code, f.Message, f.Region})
	}
}

// discard takes an answer that the client never sees.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// cutting sends only the first bytes of an answer, when the fault says so.
func cutting(w http.ResponseWriter, f Fault) http.ResponseWriter {
	if f.Cut == 0 && f.Stall == 0 {
		return w
	}
	return &cut{w, max(f.Cut, f.Stall)}
}

type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	sent := p[:min(c.left, len(p))]
	c.left -= len(sent)
	if _, err := c.ResponseWriter.Write(sent); err != nil {
		return 0, err
	}
	if c.left == 0 {
		_ = http.NewResponseController(c.ResponseWriter).Flush() // the client sees what was sent before the break
	}
	return len(p), nil
}
