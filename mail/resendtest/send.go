package resendtest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// problem is Resend's error shape.
type problem struct {
	Status  int    `json:"statusCode"`
	Message string `json:"message"`
	Name    string `json:"name"`
}

type sentID struct {
	ID string `json:"id"`
}

type sentBatch struct {
	Data []sentID `json:"data"`
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /emails", s.authorized(func(w http.ResponseWriter, r *http.Request) { s.send(w, r, false) }))
	mux.HandleFunc("POST /emails/batch", s.authorized(func(w http.ResponseWriter, r *http.Request) { s.send(w, r, true) }))
	mux.HandleFunc("GET /emails", s.authorized(s.list))
	mux.HandleFunc("GET /emails/{id}", s.authorized(s.show))
	s.inboxRoutes(mux)
	s.domainRoutes(mux)
	mux.HandleFunc("/emails", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, problem{405, "Method is not allowed for the requested path.", "method_not_allowed"})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, problem{404, "The requested endpoint does not exist.", "not_found"})
	})
	return mux
}

func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Authorization") {
		case "Bearer " + s.key:
			next(w, r)
		case "":
			fail(w, problem{401, "Missing API Key", "missing_api_key"})
		default:
			fail(w, problem{403, "API key is invalid", "invalid_api_key"})
		}
	}
}

// send answers POST /emails and /emails/batch: read, take the key, let the script strike, accept, answer.
func (s *Server) send(w http.ResponseWriter, r *http.Request, batch bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the client went away
	}
	n, script := s.count()
	key := r.Header.Get("Idempotency-Key")
	emails, wrong := read(body, batch)
	if len(key) > 256 {
		wrong = &problem{400, "The idempotency key must be between 1-256 characters", "invalid_idempotency_key"}
	}
	var earlier any
	if wrong == nil {
		earlier, wrong = s.begin(key, r.URL.Path, body)
	}
	if wrong != nil {
		fail(w, *wrong)
		return
	}
	fault := script(n, Request{Path: r.URL.Path, IdempotencyKey: key, Emails: emails})
	if earlier != nil { // the remembered answer can be lost on the way like the first one
		if !s.strike(w, r, fault) {
			answer(w, 200, earlier)
		}
		return
	}
	defer s.abandon(key) // also when a broken connection ends this handler in a panic
	if !s.hold(r, fault) {
		return
	}
	if fault.isNone() || fault.Accepted {
		result := s.accept(key, emails, batch)
		if !s.strike(w, r, fault) {
			answer(w, 200, result)
		}
		return
	}
	if !fault.Hang { // whoever sees this failure and asks again must find the key free
		s.abandon(key)
	}
	s.strike(w, r, fault)
}

func (f Fault) isNone() bool { return f.Status == 0 && !f.Hang && !f.Reset }

// count numbers a request and gives the script that decides it.
func (s *Server) count() (int, func(int, Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.script == nil {
		return s.requests, func(int, Request) Fault { return Fault{} }
	}
	return s.requests, s.script
}

// begin takes the idempotency key for this payload; it gives the remembered answer when there is one.
func (s *Server) begin(key, path string, body []byte) (any, *problem) {
	if key == "" {
		return nil, nil
	}
	payload := sha256.Sum256(append([]byte(path+"\n"), body...))
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.outcomes[key]
	switch {
	case known == nil && len(s.outcomes) >= maxKeys:
		return nil, &problem{503, "This stand-in remembers no more keys.", "application_error"}
	case known == nil:
		s.outcomes[key] = &outcome{payload: payload}
		return nil, nil
	case known.payload != payload:
		return nil, &problem{409, "Same idempotency key used with a different request payload.", "invalid_idempotent_request"}
	case !known.answered:
		return nil, &problem{409, "Same idempotency key used while original request is still in progress.", "concurrent_idempotent_requests"}
	}
	return known.answer, nil
}

// abandon gives the key back unless something was accepted under it.
func (s *Server) abandon(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.outcomes[key]; known != nil && !known.answered {
		delete(s.outcomes, key)
	}
}

func (s *Server) accept(key string, emails []Email, batch bool) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids sentBatch
	for _, email := range emails {
		email.ID, email.IdempotencyKey, email.At = newID(), key, time.Now().UTC()
		ids.Data = append(ids.Data, sentID{email.ID})
		s.accepted = append(s.accepted, email)
	}
	if over := len(s.accepted) - maxAccepted; over > 0 {
		s.accepted = s.accepted[over:]
	}
	var result any = ids
	if !batch {
		result = ids.Data[0]
	}
	if known := s.outcomes[key]; known != nil {
		known.answered, known.answer = true, result
	}
	close(s.grown)
	s.grown = make(chan struct{})
	return result
}

// hold waits for the script's release; false when the client or the server went away first.
func (s *Server) hold(r *http.Request, fault Fault) bool {
	if fault.Hold == nil {
		return true
	}
	select {
	case <-fault.Hold:
		return true
	case <-r.Context().Done():
	case <-s.closing:
	}
	return false
}

// strike does to the response what the fault says, and tells whether it did anything.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, fault Fault) bool {
	if fault.Spent > 0 {
		w.Header().Set("Ratelimit-Remaining", "0")
		w.Header().Set("Ratelimit-Reset", strconv.FormatFloat(fault.Spent.Seconds(), 'f', -1, 64))
	}
	switch {
	case fault.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		panic(http.ErrAbortHandler)
	case fault.Reset:
		reset(w)
	case fault.Status != 0:
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((fault.RetryAfter+time.Second-1)/time.Second)))
		}
		fail(w, problem{fault.Status, fault.Message, fault.Name})
	default:
		return false
	}
	return true
}

// reset drops the connection with a TCP reset instead of an orderly end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

func fail(w http.ResponseWriter, p problem) { answer(w, p.Status, p) }

func answer(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Ratelimit-Remaining") == "" {
		remaining := "4"
		if status == http.StatusTooManyRequests {
			remaining = "0"
		}
		w.Header().Set("Ratelimit-Remaining", remaining)
		w.Header().Set("Ratelimit-Reset", "1")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Ratelimit-Limit", "5")
	var encoded bytes.Buffer
	_ = json.NewEncoder(&encoded).Encode(body) // plain structs of strings always encode
	w.WriteHeader(status)
	_, _ = w.Write(encoded.Bytes())
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
