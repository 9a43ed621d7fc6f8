package db

import "github.com/uptrace/bun"

// Watch shows a test every statement that bun sends.
func (p *Pools) Watch(hook bun.QueryHook) { p.bun = p.bun.WithQueryHook(hook) }
