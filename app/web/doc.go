// Package web is the kit of all HTTP rooms: a server whose every route has a declared audience and
// a guard, and what the rooms share behind it: errors, sessions, locale, forms, rendering, streams
// and limits. It refuses routes that nobody declared, knows no page and decides no use case.
package web
