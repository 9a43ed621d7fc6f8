package live

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

type latestFunc = func(context.Context, []string) (map[string]int64, error)

// always answers the same seq for every topic.
func always(seq int64) latestFunc {
	return func(_ context.Context, topics []string) (map[string]int64, error) {
		reached := map[string]int64{}
		for _, topic := range topics {
			reached[topic] = seq
		}
		return reached, nil
	}
}

func heal(t *testing.T, hub *Hub, latest latestFunc) {
	t.Helper()
	if err := hub.Heal(t.Context(), latest); err != nil {
		t.Fatal(err)
	}
}

func TestHealingTellsOfALostNudgeOnce(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(0, "a")
	hub.Publish(Event{Topic: "a", Name: "x", Seq: 4})
	waiting(s)
	heal(t, hub, always(6))
	expect(t, s, Event{Topic: "a", Name: Resync, Seq: 6})
	heal(t, hub, always(6))
	expect(t, s)
}

func TestHealingIsSilentWhenNothingWasLost(t *testing.T) {
	hub := NewHub()
	told, read := hub.Subscribe(0, "a"), hub.Subscribe(0, "a")
	hub.Publish(Event{Topic: "a", Name: "x", Seq: 6})
	read.Saw("a", 3)
	waiting(told)
	waiting(read)
	heal(t, hub, always(6))
	expect(t, told)
	expect(t, read)
}

func TestWhatOneHasReadDoesNotHideALossFromAnother(t *testing.T) {
	hub := NewHub()
	behind := hub.Subscribe(0, "a")
	behind.Saw("a", 5)
	fresh := hub.Subscribe(0, "a")
	fresh.Saw("a", 6)
	heal(t, hub, always(6))
	expect(t, behind, Event{Topic: "a", Name: Resync, Seq: 6})
	expect(t, fresh)
}

func TestHealingLeavesUnansweredTopicsAlone(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(0, "org:7", "conversation:42")
	heal(t, hub, func(context.Context, []string) (map[string]int64, error) {
		return map[string]int64{"conversation:42": 1, "conversation:43": 9}, nil
	})
	expect(t, s, Event{Topic: "conversation:42", Name: Resync, Seq: 1})
}

func TestSeqOfATopicNotWatchedIsForgotten(t *testing.T) {
	hub := NewHub()
	s := hub.Subscribe(0, "a")
	s.Saw("b", 5)
	s.Close()
	s.Saw("a", 5)
	if watched := hub.Watch(); len(watched) != 0 {
		t.Errorf("watched %v", watched)
	}
}

func TestHealingAsksInBatchesAndReportsFailure(t *testing.T) {
	hub := NewHub()
	var topics []string
	for i := range healBatch + 1 {
		topics = append(topics, fmt.Sprint(i))
	}
	hub.Subscribe(0, topics...)
	var asked []int
	broken := errors.New("broken")
	err := hub.Heal(t.Context(), func(_ context.Context, topics []string) (map[string]int64, error) {
		asked = append(asked, len(topics))
		if len(asked) == 2 {
			return nil, broken
		}
		return nil, nil
	})
	if !errors.Is(err, broken) || len(asked) != 2 || asked[0] != healBatch || asked[1] != 1 {
		t.Errorf("asked %v, error %v", asked, err)
	}
	err = hub.Heal(t.Context(), func(context.Context, []string) (map[string]int64, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
