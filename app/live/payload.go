package live

import (
	"encoding/json"
	"fmt"
	"strings"
)

// maxPayload keeps under PostgreSQL's limit of 8,000 bytes a notification.
const maxPayload = 7900

// pack writes the events into as few payloads as possible: the origin, a blank,
// and a JSON array each.
func pack(origin string, events []Event) []string {
	var payloads []string
	var open strings.Builder
	for _, e := range events {
		written := writeEvent(e, maxPayload-len(origin)-len(" []"))
		if open.Len() > 0 && open.Len()+len(",")+len(written)+len("]") > maxPayload {
			payloads = append(payloads, open.String()+"]")
			open.Reset()
		}
		if open.Len() == 0 {
			open.WriteString(origin + " [")
		} else {
			open.WriteByte(',')
		}
		open.Write(written)
	}
	if open.Len() > 0 {
		payloads = append(payloads, open.String()+"]")
	}
	return payloads
}

// writeEvent shortens an event that fits into no payload to the Resync of its
// topic, and one whose topic alone is too long to a Resync of everything.
func writeEvent(e Event, limit int) []byte {
	for _, form := range []Event{e, {Topic: e.Topic, Name: Resync, Seq: e.Seq}} {
		if written, err := json.Marshal(form); err == nil && len(written) <= limit {
			return written
		}
	}
	return []byte(`{"n":"` + Resync + `"}`)
}

// unpack reads a payload; the events of its own origin it leaves unread.
func unpack(origin, payload string) ([]Event, error) {
	from, list, found := strings.Cut(payload, " ")
	if !found {
		return nil, fmt.Errorf("read notification of %d bytes: no origin", len(payload))
	}
	if from == origin {
		return nil, nil
	}
	var events []Event
	if err := json.Unmarshal([]byte(list), &events); err != nil {
		return nil, fmt.Errorf("read notification of %d bytes: %w", len(payload), err)
	}
	return events, nil
}
