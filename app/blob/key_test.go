package blob

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// hostile are keys that a store must not touch anything for.
func hostile() []string {
	return []string{
		"", "/", ".", "..", "/etc/passwd", "../x", "7/../8/mail", "7/..", "7/./mail", "7//mail", "7/mail/", "/7/mail",
		"7/ma il", "7/mail\x00", "7/mail\n", "7\\mail", "7/%2e%2e/x", "7/é", "7/mail?x=1", "7/*", "~incoming/x", "C:/x", "7/mail:stream",
		strings.Repeat("x", 201), "7/" + strings.Repeat("../", 60) + "etc/passwd",
	}
}

func TestEveryHostileKeyIsRefused(t *testing.T) {
	for _, key := range hostile() {
		if err := checkKey(key); !errors.Is(err, errKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestOrdinaryKeysAreTaken(t *testing.T) {
	for _, key := range []string{"7", "7/mail/2026/11/20/AbC-_.9", "7/..a", "7/a..", "7/.hidden", "7/...", strings.Repeat("x", 200)} {
		if err := checkKey(key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func FuzzAKeyThatIsTakenStaysBelowTheRoot(f *testing.F) {
	for _, key := range append(hostile(), "7/mail/2026/11/20/x") {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if checkKey(key) != nil {
			return
		}
		if !filepath.IsLocal(key) || filepath.ToSlash(filepath.Clean(key)) != key || strings.HasPrefix(key, incoming) {
			t.Errorf("%q was taken", key)
		}
	})
}
