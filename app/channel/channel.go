// Package channel holds the ways out, one file each. It turns what the domain wants said into what a provider takes,
// and a provider's refusal into what the domain understands. It decides nothing about when.
package channel

import "rejoin/app/chat"

// All lists every way out.
func All(email *Email) []chat.Channel {
	return []chat.Channel{email}
}
