package views

import (
	"time"

	"github.com/a-h/templ"
)

// FrameArgs describes one event of the inbox stream with what it changed.
type FrameArgs struct {
	Key     string
	Seq     int64
	Note    string
	At      time.Time
	Row     templ.Component // nil when no row changed
	Message templ.Component // nil when there is none
}
