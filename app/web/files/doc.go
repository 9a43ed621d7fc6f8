// Package files gives the files of messages to whoever holds a link that was made for them a moment ago: pages of ours
// and, through them, agents and customers.
//
// It owns how a file is answered. It refuses to let a file be a page: nothing that runs is shown, and whatever is shown
// runs nothing. Who may have a link is decided where it is made.
package files
