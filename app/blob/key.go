package blob

import (
	"errors"
	"fmt"
	"strings"
)

const maxKey = 200 // bytes; a file name may have 255

// errKey is about a key that is refused.
var errKey = errors.New("the key is not made of letters, digits, dots, dashes and underscores between single slashes")

// checkKey refuses every key that could name something other than one blob below the root. The error repeats nothing
// of a key that is longer than one can be.
func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("key of %d bytes: %w, 1 to %d bytes long", len(key), errKey, maxKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if !isSegment(segment) {
			return fmt.Errorf("key %q: %w", key, errKey)
		}
	}
	return nil
}

// isSegment reports whether a name may stand between the slashes of a key.
func isSegment(name string) bool {
	if name == "" || name == "." || name == ".." {
		return false
	}
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
