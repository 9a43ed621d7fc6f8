package chat

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// headBytes is how much of a file is looked at.
const headBytes = 256 << 10

// Unknown is the type of everything that is not known to be harmless: it is only ever downloaded.
const Unknown = "application/octet-stream"

// look is what a file's own bytes tell of it.
type look struct {
	media         string
	width, height int // of an image that a page can show
}

// Shown tells whether a page may show the file: an image of a type that runs nothing, of bounded size.
func (a Attachment) Shown() bool { return a.Width > 0 && a.Height > 0 && shownTypes(a.Type) != nil }

// Image tells whether a page may show the file.
func (u *Upload) Image() bool { return attachmentOf(u).Shown() }

// shownTypes are the endings that go with a type that pages show; nil for every other type.
func shownTypes(media string) []string {
	switch media {
	case "image/png":
		return []string{"png", "apng"}
	case "image/jpeg":
		return []string{"jpg", "jpeg", "jpe", "jfif"}
	case "image/gif":
		return []string{"gif"}
	case "image/webp":
		return []string{"webp"}
	case "image/avif":
		return []string{"avif"}
	}
	return nil
}

// name gives an image the ending of what it is, so that a copy on somebody's disk is opened as nothing else.
func (l look) name(name string) string {
	endings := shownTypes(l.media)
	if endings == nil || slices.Contains(endings, endingOf(name)) {
		return name
	}
	return cutName(name + "." + endings[0])
}

// lookAt judges a file by its first bytes; the name only tells apart what looks alike and runs nothing.
func lookAt(head []byte, name string) look {
	media := byMagic(head, endingOf(name))
	if media == "" {
		return look{media: textType(head, endingOf(name))}
	}
	if !strings.HasPrefix(media, "image/") {
		return look{media: media}
	}
	width, height, whole := measure(media, head)
	switch {
	case !whole && shownTypes(media) != nil:
		return look{media: Unknown} // it begins like an image and is none
	case width > maxSide || height > maxSide || width*height > maxPixels:
		return look{media: media} // too large to be shown
	}
	return look{media: media, width: width, height: height}
}

type magic struct {
	at    int
	bytes string
	media string
}

// magics are the beginnings of files that only hold something; what is not among them runs, or is not known.
func magics() []magic {
	return []magic{
		{0, "\x89PNG\r\n\x1a\n", "image/png"}, {0, "\xff\xd8\xff", "image/jpeg"}, {0, "GIF87a", "image/gif"}, {0, "GIF89a", "image/gif"},
		{0, "II*\x00", "image/tiff"}, {0, "MM\x00*", "image/tiff"},
		{0, "%PDF-", "application/pdf"}, {0, "{\\rtf", "application/rtf"},
		{0, "\x1f\x8b\x08", "application/gzip"}, {0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"}, {0, "Rar!\x1a\x07", "application/vnd.rar"},
		{0, "ID3", "audio/mpeg"}, {0, "\xff\xfb", "audio/mpeg"}, {0, "\xff\xf3", "audio/mpeg"}, {0, "OggS", "audio/ogg"}, {0, "fLaC", "audio/flac"},
		{0, "\x1aE\xdf\xa3", "video/webm"},
		{8, "WEBP", "image/webp"}, {8, "WAVE", "audio/wav"}, {8, "AVI ", "video/x-msvideo"}, // behind RIFF
		{4, "ftypavif", "image/avif"}, {4, "ftypavis", "image/avif"},
		{4, "ftyphei", "image/heic"}, {4, "ftyphev", "image/heic"}, {4, "ftypmif1", "image/heic"}, {4, "ftypmsf1", "image/heic"},
		{4, "ftypM4A", "audio/mp4"}, {4, "ftypqt", "video/quicktime"}, {4, "ftyp", "video/mp4"},
	}
}

func byMagic(head []byte, ending string) string {
	for _, m := range magics() {
		if len(head) < m.at+len(m.bytes) || string(head[m.at:m.at+len(m.bytes)]) != m.bytes {
			continue
		}
		if m.at == 8 && !bytes.HasPrefix(head, []byte("RIFF")) {
			continue
		}
		return m.media
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return packed(head)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oldOffice(ending)
	}
	return ""
}

// packed tells the documents that are archives from archives, and from programs that are.
func packed(head []byte) string {
	const office = "application/vnd.openxmlformats-officedocument."
	if _, kind, found := bytes.Cut(head[:min(len(head), 200)], []byte("mimetype")); found {
		for _, open := range []string{"text", "spreadsheet", "presentation", "graphics"} {
			media := "application/vnd.oasis.opendocument." + open
			if bytes.HasPrefix(kind, []byte(media)) {
				return media
			}
		}
		if bytes.HasPrefix(kind, []byte("application/epub+zip")) {
			return "application/epub+zip"
		}
	}
	switch {
	case bytes.Contains(head, []byte("META-INF/MANIFEST.MF")), bytes.Contains(head, []byte("AndroidManifest.xml")):
		return Unknown
	case !bytes.Contains(head, []byte("[Content_Types].xml")):
		return "application/zip"
	case bytes.Contains(head, []byte("vbaProject.bin")):
		return Unknown
	case bytes.Contains(head, []byte("word/")):
		return office + "wordprocessingml.document"
	case bytes.Contains(head, []byte("xl/")):
		return office + "spreadsheetml.sheet"
	case bytes.Contains(head, []byte("ppt/")):
		return office + "presentationml.presentation"
	}
	return "application/zip"
}

func oldOffice(ending string) string {
	switch ending {
	case "doc":
		return "application/msword"
	case "xls":
		return "application/vnd.ms-excel"
	case "ppt":
		return "application/vnd.ms-powerpoint"
	case "msg":
		return "application/vnd.ms-outlook"
	}
	return Unknown
}

// textType takes plain text for what its name says, and markup and scripts for something unknown.
func textType(head []byte, ending string) string {
	if !plainText(head) {
		return Unknown
	}
	switch ending {
	case "txt", "log", "md", "":
		return "text/plain"
	case "csv", "tsv":
		return "text/csv"
	case "ics":
		return "text/calendar"
	case "vcf":
		return "text/vcard"
	case "json":
		return "application/json"
	}
	return Unknown
}

func plainText(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && !utf8.Valid(head); cut++ { // the last character may be cut through
		head = head[:max(len(head)-1, 0)]
	}
	if !utf8.Valid(head) || bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) || r == 0x7f }) {
		return false
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n\f")
	return !bytes.HasPrefix(start, []byte("<")) && !bytes.HasPrefix(start, []byte("#!"))
}
