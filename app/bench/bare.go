package bench

import (
	"context"
	"html/template"
	"io"
	"net/http"
	"sync"
)

// bare is the yardstick of everything live: net/http alone, streams that wait, and posts that are written to each of
// them in a loop. It keeps, checks and draws nothing.
type bare struct {
	mu     sync.Mutex
	topics map[string]map[*bareStream]struct{}
}

type bareStream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// ServeBare serves the yardstick on a loopback address until the context ends.
func ServeBare(ctx context.Context, address string) error {
	b := &bare{topics: make(map[string]map[*bareStream]struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /stream/{topic}", b.stream)
	mux.HandleFunc("POST /post/{topic}", b.post)
	mux.HandleFunc("GET /shop", shop)
	mux.HandleFunc("GET /page", plainPage(barePage))
	mux.HandleFunc("GET /frame", plainPage(bareFrame))
	return serve(ctx, address, mux)
}

func (b *bare) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	s, topic := &bareStream{w: w, rc: http.NewResponseController(w)}, r.PathValue("topic")
	if s.rc.Flush() != nil {
		return
	}
	b.join(topic, s)
	defer b.leave(topic, s)
	<-r.Context().Done()
}

func (b *bare) join(topic string, s *bareStream) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[topic] == nil {
		b.topics[topic] = make(map[*bareStream]struct{})
	}
	b.topics[topic][s] = struct{}{}
}

func (b *bare) leave(topic string, s *bareStream) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.topics[topic], s)
}

func (b *bare) post(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	frame := append(append([]byte("data: "), text...), "\n\n"...)
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.topics[r.PathValue("topic")] {
		if _, err := s.w.Write(frame); err == nil {
			_ = s.rc.Flush() // a reader that is gone leaves by itself
		}
	}
	w.WriteHeader(http.StatusOK)
}

// shop is a brand's page with the snippet that its address names.
func shop(w http.ResponseWriter, r *http.Request) {
	drawn := template.Must(template.New("shop").Parse(shopPage))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = drawn.Execute(w, map[string]string{"Base": r.FormValue("base"), "Organization": r.FormValue("organization")}) // the reader went away
}

func plainPage(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, text) // the reader went away
	}
}
