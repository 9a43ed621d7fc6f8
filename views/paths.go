// Package views owns the pages and fragments that people see, what their URLs are, and the ids of the
// elements that live updates replace. It refuses to read a request or a store: handlers give it all.
package views

import "net/url"

// Home is the first page.
func Home() string { return "/" }

// SignIn is where agents sign in.
func SignIn() string { return "/sign-in" }

// SignOut takes the POST that ends a session.
func SignOut() string { return "/sign-out" }

// Inbox is the list of conversations.
func Inbox() string { return "/inbox" }

// Conversation is one conversation in the inbox, by its public key.
func Conversation(key string) string { return "/inbox/c/" + url.PathEscape(key) }

// Settings is one subject's page of settings; an empty subject is the first one.
func Settings(subject string) string {
	if subject == "" {
		return "/settings"
	}
	return "/settings/" + url.PathEscape(subject)
}

// Rejoin is the link of an email that leads back to its conversation.
func Rejoin(token string) string { return "/r/" + url.PathEscape(token) }

// OwnStatus takes the POST that sets an agent online or away.
func OwnStatus() string { return "/status" }

// Demo is the demo shop, present in the demo only.
func Demo() string { return "/demo" }
