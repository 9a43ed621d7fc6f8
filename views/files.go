package views

import (
	"math"
	"strconv"

	"rejoin/app/chat"
	"rejoin/locales"
)

// The largest that a thread shows of an image, in pixels of CSS.
const (
	thumbWidth  = 280
	thumbHeight = 240
)

// FilesArgs describes the files of a message. A nil Link draws their names alone.
type FilesArgs struct {
	Locale *locales.Locale
	Files  []chat.Attachment
	Link   func(key string) string // opens the file, now
	Opens  func(key string) string // opens it at any later time; nil is Link
}

// file is one of them.
type file struct {
	chat.Attachment
	args FilesArgs
}

func (a FilesArgs) files() []file {
	made := make([]file, len(a.Files))
	for i := range a.Files {
		made[i] = file{a.Files[i], a}
	}
	return made
}

func (f file) shown() bool { return f.Shown() && f.args.Link != nil }

func (f file) source() string { return f.args.Link(f.Key) }

func (f file) href() string {
	switch {
	case f.args.Opens != nil:
		return f.args.Opens(f.Key)
	case f.args.Link != nil:
		return f.args.Link(f.Key)
	}
	return ""
}

// fit is the size at which an image is drawn, so that nothing moves when it comes.
func (f file) fit() (width, height int) {
	scale := min(1, thumbWidth/float64(f.Width), thumbHeight/float64(f.Height))
	return max(1, int(math.Round(float64(f.Width)*scale))), max(1, int(math.Round(float64(f.Height)*scale)))
}

func (f file) width() string {
	width, _ := f.fit()
	return strconv.Itoa(width)
}

func (f file) height() string {
	_, height := f.fit()
	return strconv.Itoa(height)
}

func (f file) size() string { return FileSize(f.args.Locale, f.Size) }

func (f file) icon() string {
	switch {
	case f.Shown():
		return "picture"
	case f.Type == "application/pdf":
		return "note"
	}
	return "file"
}

// FileSize says a number of bytes as a person would, rounded up.
func FileSize(l *locales.Locale, bytes int64) string {
	const kilo, mega = 1 << 10, 1 << 20
	if bytes < mega {
		return l.T("file.size.kb", "Size", l.Number(int((bytes+kilo-1)/kilo)))
	}
	return l.T("file.size.mb", "Size", l.Number(int((bytes+mega-1)/mega)))
}

// TrayArgs describes the place of files that are attached and not sent yet.
type TrayArgs struct {
	Locale *locales.Locale
	Files  []chat.Attachment // that stand in it already, without scripts
}

// named leaves the place of a name to scripts.
func (a TrayArgs) named(key string) string { return a.Locale.T(key, "Name", "{name}") }

func (a TrayArgs) large() string {
	return a.Locale.T("chat.file.large", "Name", "{name}", "Max", chat.MaxFile>>20)
}

func (a TrayArgs) many() string { return a.Locale.T("chat.file.many", "Max", chat.MaxFiles) }
