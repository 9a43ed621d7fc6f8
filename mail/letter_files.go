package mail

import (
	"strconv"

	"rejoin/locales"
)

// maxFiles is how many files of one message an email names; of the others it gives the number.
const maxFiles = 20

// AttachedFile is a file that came with a message. An email names it only: it stays behind the rejoin link.
type AttachedFile struct {
	Name string
	Size int64 // bytes; 0 where nobody knows
}

// cleanedFiles are the files with names that can be written; one without a name is left out.
func cleanedFiles(files []AttachedFile) (cleaned []AttachedFile) {
	for _, file := range files {
		if file.Name = cutRunes(cleanLine(file.Name), 120); file.Name != "" {
			cleaned = append(cleaned, file)
		}
	}
	return cleaned
}

// shownFiles are those that the email names.
func shownFiles(files []AttachedFile) []AttachedFile { return files[:min(len(files), maxFiles)] }

// fileNames are what a preview says of a message without words.
func fileNames(files []AttachedFile) (names []string) {
	for _, file := range shownFiles(files) {
		names = append(names, file.Name)
	}
	return names
}

// plainFiles is the list in the text part, whose links follow below it.
func plainFiles(l *locales.Locale, files []AttachedFile) []string {
	if len(files) == 0 {
		return nil
	}
	lines := []string{l.N("mail.files", len(files))}
	for _, file := range shownFiles(files) {
		name := isolate(file.Name)
		if size := sizeOf(l, file.Size); size != "" {
			name = l.T("mail.file", "Name", name, "Size", size)
		}
		lines = append(lines, "- "+name)
	}
	if len(files) > maxFiles {
		lines = append(lines, "- …")
	}
	return lines
}

// sizeOf says a size as people do, in thousands: "312 kB", "1.4 MB", "28 MB".
func sizeOf(l *locales.Locale, bytes int64) string {
	const kB, mB = 1_000, 1_000_000
	tenths := (bytes + mB/20) / (mB / 10)
	switch {
	case bytes <= 0:
		return ""
	case bytes <= kB:
		return l.T("mail.size.kb", "Number", "1")
	case tenths < 10:
		return l.T("mail.size.kb", "Number", l.Number(int(min((bytes+kB/2)/kB, 999))))
	case tenths < 100 && tenths%10 != 0:
		return l.T("mail.size.mb_tenth", "Whole", strconv.FormatInt(tenths/10, 10), "Tenth", strconv.FormatInt(tenths%10, 10))
	}
	return l.T("mail.size.mb", "Number", l.Number(int((tenths+5)/10)))
}
