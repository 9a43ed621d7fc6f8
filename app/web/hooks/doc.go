// Package hooks is where providers tell what became of emails: signed webhooks, kept before anything is done about them.
//
// It owns the signatures and the providers' shapes. It refuses what is not signed, and to decide what an event means to
// a delivery: that is the desk's.
package hooks
