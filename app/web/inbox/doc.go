// Package inbox is the room of signed-in agents and admins: the inbox with its live stream, the settings, and the way
// in. Its guards decide who comes in by the session cookie; it judges no use case, the Desk does, and it knows no SQL.
package inbox
