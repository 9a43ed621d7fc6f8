package mail

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestEveryEmailInEveryLanguageLooksAsAccepted(t *testing.T) {
	accepted := map[string]bool{}
	for _, email := range everyEmail(t) {
		name := filepath.Join(email.language, email.kind)
		if *update {
			if err := os.MkdirAll(filepath.Join("testdata", "golden", email.language), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		golden(t, name+".html", email.HTML)
		golden(t, name+".txt", email.Subject+"\n\n"+email.Text)
		accepted[name+".html"], accepted[name+".txt"] = true, true
	}
	root := filepath.Join("testdata", "golden")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(root, path); err == nil && !entry.IsDir() && filepath.Dir(name) != "." && !accepted[name] {
			t.Errorf("%s is an email that nobody writes any more", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSameEmailsComeOutTwice(t *testing.T) {
	first := everyEmail(t)
	for n, again := range everyEmail(t) {
		if again.Content != first[n].Content {
			t.Errorf("%s in %s differs the second time", again.kind, again.language)
		}
	}
}
