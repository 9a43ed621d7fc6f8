// Package chat is the domain: the nouns of a continuous conversation, their rules, and one Desk method per use case.
// It speaks no HTTP, no SQL and no HTML; structs carry bun tags as plain text and serve as rows.
package chat
