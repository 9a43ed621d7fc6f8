// Package demo owns what a first start shows: a brand of its own with its shop, agents and conversations, the mailbox
// that emails end in, and a clock that can be moved ahead.
//
// It exists in the demo only, and answers nobody but this machine. It refuses to know how a conversation works: it
// makes its history through the desk, as everybody does.
package demo
