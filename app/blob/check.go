package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
)

// check does once with a small blob what the product does with all. Should the last step fail, its key is listed like
// any other that no row names.
func check(ctx context.Context, store Store, advice func(error) string) error {
	key, text := "check/"+rand.Text(), "Rejoin was here."
	steps := []struct {
		what string
		try  func() error
	}{
		{"write", func() error { return store.Put(ctx, key, strings.NewReader(text), int64(len(text)), "text/plain") }},
		{"list", func() error { return checkList(ctx, store, key) }},
		{"read", func() error { return checkRead(ctx, store, key, text) }},
		{"delete", func() error { return store.Delete(ctx, key) }},
	}
	for _, step := range steps {
		err := step.try()
		if err == nil {
			continue
		}
		text := fmt.Sprintf("blobs cannot be kept in %s: a try to %s one failed", store, step.what)
		if todo := advice(err); todo != "" {
			return fmt.Errorf("%s. %s (%w)", text, todo, err)
		}
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func checkList(ctx context.Context, store Store, key string) error {
	keys, _, err := store.List(ctx, key, "", 1)
	if err == nil && !slices.Equal(keys, []string{key}) {
		return errors.New("what was just written is not listed")
	}
	return err
}

func checkRead(ctx context.Context, store Store, key, want string) error {
	content, size, err := store.Open(ctx, key)
	if err != nil {
		return err
	}
	defer content.Close()
	got, err := io.ReadAll(io.LimitReader(content, int64(len(want))+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	if string(got) != want || size != int64(len(want)) {
		return errors.New("what was just written reads differently")
	}
	return nil
}

// diskAdvice is what to do about an error of the folder, in a sentence; empty when the error says it.
func diskAdvice(err error) string {
	switch {
	case errors.Is(err, errVanished):
		return ""
	case errors.Is(err, fs.ErrPermission):
		return "Give the folder to the user that the program runs as, with chown."
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "The disk is full: make room on it."
	case errors.Is(err, syscall.EROFS):
		return "The disk is mounted for reading only: mount it for writing."
	}
	return ""
}
