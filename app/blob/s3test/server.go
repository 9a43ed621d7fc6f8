// Package s3test is a server that speaks the part of S3 that keeping blobs needs over real HTTP: objects, their
// listing, signatures that are judged and errors in XML, with faults on demand.
//
// It refuses multipart uploads, and to know Rejoin's own types: it is written against S3's API alone.
package s3test

import (
	"encoding/pem"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxObjects = 20_000
	maxBody    = 64 << 20
	maxPage    = 1000
)

// Test is the part of testing.TB that New uses.
type Test interface {
	Cleanup(func())
}

// Options says what the server has; what is left out is filled in.
type Options struct {
	Bucket   string           // "blobs"
	Key      string           // a key like one of Amazon's
	Secret   string           // one with a slash and a plus, as Amazon's may have
	Region   string           // "us-east-1"
	PageSize int              // most objects in one page of a list; 0 = as many as asked for, up to 1,000
	Unsorted bool             // lists in falling order, as no bucket should
	TLS      bool             // speaks TLS, with a certificate that nobody trusts by itself
	Now      func() time.Time // its clock, for refusing requests of another time; nil = it has none
}

// Object is one stored object.
type Object struct {
	Content   []byte
	MediaType string
	Modified  time.Time // when its last PUT was signed
}

// Server is a running stand-in for S3.
type Server struct {
	options Options
	http    *httptest.Server
	closing chan struct{}
	close   sync.Once

	mu       sync.Mutex
	script   func(n int, r Request) Fault
	requests int
	objects  map[string]Object
}

// New starts a server on a free loopback port. With a test it is closed at the test's end; without, the caller closes
// it.
func New(options Options, test ...Test) *Server {
	fill := func(field *string, text string) {
		if *field == "" {
			*field = text
		}
	}
	fill(&options.Bucket, "blobs")
	fill(&options.Key, "AKIDEXAMPLE")
	fill(&options.Secret, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	fill(&options.Region, "us-east-1")
	s := &Server{options: options, closing: make(chan struct{}), objects: map[string]Object{}}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ReadHeaderTimeout = 10 * time.Second
	s.http.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // clients break off on purpose
	if options.TLS {
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	for _, one := range test {
		one.Cleanup(s.Close)
	}
	return s
}

// Close ends the server and every request that hangs.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.closing)
		s.http.CloseClientConnections()
		s.http.Close()
	})
}

// Address is how a store is told about the server: with key and secret, and the bucket in the path.
func (s *Server) Address() string {
	return s.AddressAs(s.options.Key, s.options.Secret, s.options.Bucket)
}

// AddressAs is Address with another key, secret and bucket.
func (s *Server) AddressAs(key, secret, bucket string) string {
	options := url.Values{"path": {"on"}, "region": {s.options.Region}}
	if !s.options.TLS {
		options.Set("tls", "off")
	}
	return "s3://" + key + ":" + secret + "@" + s.Host() + "/" + bucket + "?" + options.Encode()
}

// Host is the server's host and port.
func (s *Server) Host() string { return s.http.Listener.Addr().String() }

// Secret is the secret that the server takes.
func (s *Server) Secret() string { return s.options.Secret }

// Certificate is that of a server with TLS, in PEM.
func (s *Server) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.http.Certificate().Raw})
}

// Keys returns the names of all objects in rising order.
func (s *Server) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Object returns a stored object.
func (s *Server) Object(key string) (Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, found := s.objects[key]
	return object, found
}

// Add stores an object as if somebody else had put it there.
func (s *Server) Add(key string, object Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[key] = object
}

// Requests returns how many signed requests came since the start or the last script.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// serve judges a request, lets the script have its way with it, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "s3test")
	signed, wrong := s.judge(r)
	if wrong != nil {
		refuse(w, r, *wrong)
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != s.options.Bucket {
		refuse(w, r, failure{404, "NoSuchBucket", "The specified bucket does not exist.", ""})
		return
	}
	fault := s.next(Request{Method: r.Method, Key: key})
	if !fault.strikes() || fault.Stored {
		answer := w
		if fault.strikes() {
			answer = discard{http.Header{}}
		}
		s.answer(cutting(answer, fault), r, key, signed)
	}
	s.strike(w, r, fault)
}

// answer does what is asked for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, key string, signed signature) {
	switch {
	case key == "" && r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		s.list(w, r)
	case key == "" && r.Method == http.MethodHead:
		w.WriteHeader(http.StatusOK)
	case key != "" && r.URL.Query().Has("uploads"), key != "" && r.URL.Query().Has("uploadId"):
		refuse(w, r, failure{501, "NotImplemented", "A header you provided implies functionality that is not implemented.", ""})
	case key != "" && r.Method == http.MethodPut:
		s.put(w, r, key, signed)
	case key != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		s.get(w, r, key)
	case key != "" && r.Method == http.MethodDelete:
		s.mu.Lock()
		delete(s.objects, key)
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, r, failure{405, "MethodNotAllowed", "The specified method is not allowed against this resource.", ""})
	}
}
