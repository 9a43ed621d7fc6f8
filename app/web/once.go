package web

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Once renders a thing once for all who watch it: calls for the same key at the same time share one
// rendering, which is kept for a few seconds within a number of bytes. The key must name everything
// that the result depends on: the thing and its seq, locale, zone and audience.
type Once struct {
	keep    time.Duration
	most    int
	now     func() time.Time
	flights singleflight.Group

	mu    sync.Mutex
	size  int
	order *list.List // of *rendered, oldest first
	byKey map[string]*list.Element
}

type rendered struct {
	key     string
	bytes   []byte
	expires time.Time
}

// NewOnce keeps results for a while and at most so many bytes of them.
func NewOnce(keep time.Duration, bytes int, now func() time.Time) *Once {
	return &Once{keep: keep, most: bytes, now: now, order: list.New(), byKey: map[string]*list.Element{}}
}

// Do returns the kept result of the key, else renders it. The bytes are shared: nobody changes them.
// An error is given to all who waited for it, and not kept; but when the one who rendered was cancelled,
// those who waited render for themselves.
func (o *Once) Do(key string, render func() ([]byte, error)) ([]byte, error) {
	if kept, ok := o.find(key); ok {
		return kept, nil
	}
	var ours bool
	made, err, _ := o.flights.Do(key, func() (any, error) {
		ours = true
		return o.make(key, render)
	})
	if err != nil && !ours && errors.Is(err, context.Canceled) {
		return o.make(key, render) // who rendered it for all has left; nobody else has
	}
	if err != nil {
		return nil, err
	}
	return made.([]byte), nil
}

func (o *Once) make(key string, render func() ([]byte, error)) ([]byte, error) {
	if kept, ok := o.find(key); ok {
		return kept, nil // it came between our look and our turn
	}
	made, err := render()
	if err != nil {
		return nil, fmt.Errorf("render once: %w", err)
	}
	o.store(key, made)
	return made, nil
}

func (o *Once) find(key string) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, ok := o.byKey[key]
	if !ok {
		return nil, false
	}
	r := at.Value.(*rendered)
	if !o.now().Before(r.expires) {
		o.drop(at)
		return nil, false
	}
	return r.bytes, true
}

func (o *Once) store(key string, made []byte) {
	if len(made) > o.most {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if at, ok := o.byKey[key]; ok {
		o.drop(at)
	}
	now := o.now()
	for at := o.order.Front(); at != nil; at = o.order.Front() {
		if o.size+len(made) <= o.most && now.Before(at.Value.(*rendered).expires) {
			break
		}
		o.drop(at)
	}
	o.byKey[key] = o.order.PushBack(&rendered{key: key, bytes: made, expires: now.Add(o.keep)})
	o.size += len(made)
}

func (o *Once) drop(at *list.Element) {
	r := o.order.Remove(at).(*rendered)
	delete(o.byKey, r.key)
	o.size -= len(r.bytes)
}
