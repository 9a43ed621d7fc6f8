package chat_test

import (
	"bytes"
	"strings"
	"testing"

	"rejoin/app/chat"
)

func TestAFileIsWhatItsBytesAre(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	zip := func(names ...string) []byte {
		return []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + strings.Join(names, "\x00PK"))
	}
	for _, test := range []struct {
		name    string
		content []byte
		want    string
		kept    string
	}{
		{"cat.png", pngOf(2, 3), "image/png", "cat.png"},
		{"cat.html", pngOf(2, 3), "image/png", "cat.html.png"},
		{"cat.png", []byte("<html><script>alert(1)</script>"), chat.Unknown, "cat.png"},
		{"cat.png", []byte("\x89PNG\r\n\x1a\n<script>alert(1)</script>"), chat.Unknown, "cat.png"},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), chat.Unknown, "a.svg"},
		{"a.txt", []byte("  <!doctype html>"), chat.Unknown, "a.txt"},
		{"a.txt", []byte("plain words, ünïcode"), "text/plain", "a.txt"},
		{"a.csv", []byte("a,b\n1,2\n"), "text/csv", "a.csv"},
		{"a.js", []byte("alert(1)"), chat.Unknown, "a.js"},
		{"run", []byte("#!/bin/sh\nrm -rf /"), chat.Unknown, "run"},
		{"a.exe", []byte("MZ\x90\x00"), chat.Unknown, "a.exe"},
		{"a.pdf", []byte("%PDF-1.4"), "application/pdf", "a.pdf"},
		{"a.docx", zip("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"},
		{"a.xlsx", zip("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx"},
		{"a.xlsx", zip("[Content_Types].xml", "xl/vbaProject.bin"), chat.Unknown, "a.xlsx"},
		{"a.odt", zip("mimetypeapplication/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text", "a.odt"},
		{"a.zip", zip("META-INF/MANIFEST.MF"), chat.Unknown, "a.zip"},
		{"a.zip", zip("photo.png"), "application/zip", "a.zip"},
		{"a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "image/heic", "a.heic"},
		{"a.webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x1f\x00\x00"), "image/webp", "a.webp"},
		{"a.avif", append([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"), []byte("\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x20")...), "image/avif", "a.avif"},
		{"big.png", hugePNG(), "image/png", "big.png"},
		{"../../etc/passwd", []byte("x"), "text/plain", "passwd"},
		{`C:\temp\x.txt`, []byte("x"), "text/plain", "x.txt"},
		{"a\u202Egnp.exe\x00\n.txt", []byte("x"), "text/plain", "agnp.exe.txt"},
		{"", []byte("x"), "text/plain", "file"},
		{strings.Repeat("n", 300) + ".txt", []byte("x"), "text/plain", strings.Repeat("n", 115) + "….txt"},
	} {
		u := h.sends(g, test.name, test.content)
		if u.Type != test.want || u.Name != test.kept {
			t.Errorf("%.40q with %.20q is %s %q, want %s %q", test.name, test.content, u.Type, u.Name, test.want, test.kept)
		}
		switch test.name {
		case "a.webp", "a.avif":
			if u.Width != 64 || u.Height != 32 || !u.Image() {
				t.Errorf("%s measures %d × %d", test.name, u.Width, u.Height)
			}
		case "big.png", "a.heic", "a.docx":
			if u.Image() {
				t.Errorf("%s would be shown", test.name)
			}
		}
	}
}

// hugePNG says of itself that it would fill memory.
func hugePNG() []byte {
	made := pngOf(1, 1)
	at := bytes.Index(made, []byte("IHDR"))
	copy(made[at+4:], "\x00\x00\xff\xff\x00\x00\xff\xff")
	fixCRC(made[at:])
	return made
}
