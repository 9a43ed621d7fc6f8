package live

import (
	"testing"
	"time"
)

func TestAnInstanceThatIsAloneSparesTheDatabase(t *testing.T) {
	url := databaseURL(t)
	one, other := listening(t, dial(url)), listening(t, dial(url))
	one.Together(1) // it has not heard of the other one yet
	one.Send([]Event{nudge(1)})
	expect(t, one.all, nudge(1))
	one.Together(2)
	one.Send([]Event{nudge(2)})
	before := other.await(t, nudge(2))
	if len(before) != 1 || before[0] != (Event{Name: Resync}) {
		t.Errorf("before the second nudge came %+v, want a resync for what was spared", before)
	}
}

func TestNobodyResyncsWhenNothingWasSpared(t *testing.T) {
	url := databaseURL(t)
	one, other := listening(t, dial(url)), listening(t, dial(url))
	one.Together(1)
	one.Together(2)
	one.Together(3)
	one.Send([]Event{nudge(1)})
	if before := other.await(t, nudge(1)); len(before) != 0 {
		t.Errorf("before the nudge came %+v", before)
	}
}

func TestWhoDoesNotKnowOfOthersIsNotAlone(t *testing.T) {
	var c company
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	if c.spare(noon) {
		t.Error("it counts as alone before anyone has counted")
	}
	c.count(1, noon)
	if !c.spare(noon.Add(aloneFor - 1)) {
		t.Error("the only one does not count as alone")
	}
	if c.spare(noon.Add(aloneFor)) {
		t.Error("it counts as alone though nobody has counted for long")
	}
	if c.count(1, noon.Add(aloneFor)) || !c.count(2, noon.Add(time.Hour)) || c.count(2, noon.Add(time.Hour)) {
		t.Error("what was spared is not told once, to the first others")
	}
	if c.spare(noon.Add(time.Hour)) {
		t.Error("one of two counts as alone")
	}
}
