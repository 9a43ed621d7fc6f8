package live

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func unpackAll(t rapid.TB, payloads []string) []Event {
	var events []Event
	for _, payload := range payloads {
		if len(payload) > maxPayload {
			t.Fatalf("payload of %d bytes", len(payload))
		}
		some, err := unpack("other", payload)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, some...)
	}
	return events
}

func TestPayloadsCarryEveryEventInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 40, 300)
		events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Event {
			return Event{
				Topic: text.Draw(t, "topic"), Name: text.Draw(t, "name"), Key: text.Draw(t, "key"),
				Seq: rapid.Int64().Draw(t, "seq"), Note: text.Draw(t, "note"),
			}
		}), 0, 100).Draw(t, "events")
		if got := unpackAll(t, pack("ORIGIN", events)); !slices.Equal(got, events) {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestPayloadsAreFilled(t *testing.T) {
	event := Event{Topic: "conversation:42", Name: "message.posted", Note: strings.Repeat("x", 700)}
	payloads := pack("ORIGIN", slices.Repeat([]Event{event}, 30))
	if len(payloads) != 3 {
		t.Errorf("%d payloads for 30 events of 750 bytes", len(payloads))
	}
}

func TestAnEventTooLongBecomesAResync(t *testing.T) {
	long := strings.Repeat("é", maxPayload)
	got := unpackAll(t, pack("ORIGIN", []Event{
		{Topic: "a", Name: "x", Seq: 3, Note: long},
		{Topic: long, Name: "y"},
		{Topic: "b", Name: "z"},
	}))
	want := []Event{{Topic: "a", Name: Resync, Seq: 3}, {Name: Resync}, {Topic: "b", Name: "z"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestOwnPayloadsAreIgnoredAndBrokenOnesRefused(t *testing.T) {
	if events, err := unpack("ME", `ME [{"t":"a","n":"x"}]`); events != nil || err != nil {
		t.Errorf("own payload: %v, %v", events, err)
	}
	for _, payload := range []string{"", "x", "OTHER", "OTHER {", `OTHER {"t":"a"}`, "OTHER [1]"} {
		if events, err := unpack("ME", payload); err == nil {
			t.Errorf("%q was read as %v", payload, events)
		}
	}
}
