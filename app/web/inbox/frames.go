package inbox

import (
	"sync"

	"rejoin/app/live"
)

// keptFrames is how many rendered events are remembered; a reader that is further behind renders again.
const keptFrames = 1024

// frames renders an event once for all streams that read it in one language. An event is known by its identity, since
// two events that look the same may tell of different states; that is why a cache by key will not do.
type frames struct {
	mu    sync.Mutex
	made  map[frameKey]*frame
	order []frameKey // a ring; it keeps the events alive, so that no identity is used twice
	next  int
}

type frameKey struct {
	event  *live.Event
	locale string
}

type frame struct {
	once  sync.Once
	bytes []byte
	err   error
}

func newFrames() *frames {
	return &frames{made: make(map[frameKey]*frame, keptFrames), order: make([]frameKey, keptFrames)}
}

// of returns the frame of an event in a language, rendered by the first who asks. The bytes are shared.
func (f *frames) of(e *live.Event, locale string, render func() ([]byte, error)) ([]byte, error) {
	one := f.find(frameKey{e, locale})
	one.once.Do(func() { one.bytes, one.err = render() })
	return one.bytes, one.err
}

func (f *frames) find(key frameKey) *frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.made[key]; one != nil {
		return one
	}
	one := &frame{}
	delete(f.made, f.order[f.next])
	f.made[key], f.order[f.next] = one, key
	f.next = (f.next + 1) % len(f.order)
	return one
}
