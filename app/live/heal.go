package live

import (
	"context"
	"fmt"
	"slices"
)

// healBatch is how many topics one question to the database names at most.
const healBatch = 1000

// Heal makes up for lost nudges, in one pass: it asks latest for the highest
// seq of the watched topics, and tells every subscriber that has heard of less
// to Resync that topic. Topics that latest does not answer for are left alone.
func (h *Hub) Heal(ctx context.Context, latest func(ctx context.Context, topics []string) (map[string]int64, error)) error {
	for batch := range slices.Chunk(h.Watch(), healBatch) {
		reached, err := latest(ctx, batch)
		if err != nil {
			return fmt.Errorf("read latest of %d topics: %w", len(batch), err)
		}
		for topic, seq := range reached {
			h.shardOf(topic).catchUp(topic, seq)
		}
	}
	return nil
}
