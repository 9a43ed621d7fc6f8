// Package followup judges when and how a customer hears from us: business
// hours, presence and reach.
//
// It owns pure judgement only. It refuses the clock, queries and any I/O: the
// instant, the settings and the state all come in as arguments, and the same
// arguments always give the same answer.
package followup
