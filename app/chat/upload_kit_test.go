package chat_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"rejoin/app/blob"
	"rejoin/app/chat"
)

// filed is a house with a place for files.
type filed struct {
	*house
	blobs blob.Store
}

func newFiledHouse(t *testing.T) *filed {
	t.Helper()
	h := newHouse(t)
	blobs, err := blob.Open("", t.TempDir())
	h.must(err)
	t.Cleanup(func() { blobs.Close() })
	o := h.options(h.store, "first", h.channels)
	o.Blobs = blobs
	h.desk = chat.NewDesk(o)
	return &filed{house: h, blobs: blobs}
}

// pngOf is a picture of a size.
func pngOf(width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	picture.Set(0, 0, color.RGBA{R: 200, A: 255})
	var sheet bytes.Buffer
	if err := png.Encode(&sheet, picture); err != nil {
		panic(err)
	}
	return sheet.Bytes()
}

func newFile(name string, content []byte) chat.NewFile {
	return chat.NewFile{Name: name, Content: bytes.NewReader(content), Size: int64(len(content))}
}

// zeros is a file of so many bytes that takes no memory.
func zeros(size int64) chat.NewFile {
	return chat.NewFile{Name: "zeros.bin", Content: io.LimitReader(rand.Reader, size), Size: size}
}

func (h *filed) sends(g *guest, name string, content []byte) *chat.Upload {
	h.Helper()
	u, err := h.desk.UploadAsCustomer(h.ctx, g.CustomerCaller, newFile(name, content))
	h.must(err)
	return u
}

func (h *filed) attaches(name string, content []byte) *chat.Upload {
	h.Helper()
	u, err := h.desk.UploadAsAgent(h.ctx, h.agent, newFile(name, content))
	h.must(err)
	return u
}

// stored counts what lies in the place for files.
func (h *filed) stored() int {
	h.Helper()
	keys, _, err := h.blobs.List(h.ctx, "", "", 1000)
	h.must(err)
	return len(keys)
}

// opened follows a link.
func (h *filed) opened(link string) (*chat.Upload, string, error) {
	h.Helper()
	path, query, _ := strings.Cut(strings.TrimPrefix(link, "/files/"), "?")
	values := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	u, content, err := h.desk.OpenFile(h.ctx, path, values["until"], values["sig"])
	if err != nil {
		return nil, "", err
	}
	defer content.Close()
	whole, err := io.ReadAll(content)
	h.must(err)
	return u, string(whole), nil
}

// fixCRC makes the header chunk of a PNG whole again after a change.
func fixCRC(chunk []byte) {
	const data = 4 + 13 // the name and what it tells
	binary.BigEndian.PutUint32(chunk[data:], crc32.ChecksumIEEE(chunk[:data]))
}
