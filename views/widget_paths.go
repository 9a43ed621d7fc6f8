package views

import "net/url"

// Widget is what the widget of an organization asks for below its public key, such as "panel".
func Widget(organization, part string) string {
	base := "/widget/" + url.PathEscape(organization)
	if part == "" {
		return base
	}
	return base + "/" + part
}

// RejoinPage is the conversation behind a rejoin link on a page of our own; it takes the POST of an answer too.
func RejoinPage(token string) string { return Rejoin(token) + "/page" }

// RejoinEarlier is that page with the messages before a seq.
func RejoinEarlier(token, before string) string {
	return RejoinPage(token) + "?before=" + url.QueryEscape(before)
}

// RejoinReach is the page behind an email on which the customer says how they may be reached; it takes their POSTs too.
func RejoinReach(token string) string { return Rejoin(token) + "/reach" }

// RejoinTranscript is the conversation behind a rejoin link as a text file.
func RejoinTranscript(token string) string { return Rejoin(token) + "/transcript" }

// RejoinFresh takes the POST that asks for a fresh link.
func RejoinFresh(token string) string { return Rejoin(token) + "/fresh" }

// RejoinAddress takes the POST of another address, from the page without scripts.
func RejoinAddress(token string) string { return Rejoin(token) + "/address" }
