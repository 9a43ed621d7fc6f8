package chat

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
)

// What a page shows at most of an image; a larger one is a download.
const (
	maxSide   = 30_000
	maxPixels = 64_000_000
)

// measure reads how large an image is, as it is seen, from its first bytes; false when they are not those of an image.
// No pixel is decoded.
func measure(media string, head []byte) (width, height int, ok bool) {
	var config image.Config
	var err error
	switch media {
	case "image/png":
		config, err = png.DecodeConfig(bytes.NewReader(head))
	case "image/gif":
		config, err = gif.DecodeConfig(bytes.NewReader(head))
	case "image/jpeg":
		config, err = jpeg.DecodeConfig(bytes.NewReader(head))
		if err == nil && lies(head) {
			config.Width, config.Height = config.Height, config.Width
		}
	case "image/webp":
		return webpSize(head)
	case "image/avif":
		return avifSize(head)
	default:
		return 0, 0, false
	}
	return config.Width, config.Height, err == nil && config.Width > 0 && config.Height > 0
}

// webpSize reads the header of the three kinds of WebP (RFC 9649).
func webpSize(head []byte) (width, height int, ok bool) {
	if len(head) < 30 {
		return 0, 0, false
	}
	switch string(head[12:16]) {
	case "VP8 ":
		if !bytes.Equal(head[23:26], []byte{0x9d, 0x01, 0x2a}) {
			return 0, 0, false
		}
		width = int(binary.LittleEndian.Uint16(head[26:]) & 0x3fff)
		height = int(binary.LittleEndian.Uint16(head[28:]) & 0x3fff)
	case "VP8L":
		if head[20] != 0x2f {
			return 0, 0, false
		}
		bits := binary.LittleEndian.Uint32(head[21:])
		width, height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case "VP8X":
		width = 1 + int(head[24]) + int(head[25])<<8 + int(head[26])<<16
		height = 1 + int(head[27]) + int(head[28])<<8 + int(head[29])<<16
	}
	return width, height, width > 0 && height > 0
}

// avifSize takes the largest of the sizes that the file's head names: thumbnails and tiles are smaller.
func avifSize(head []byte) (width, height int, ok bool) {
	const box = 16 // "ispe", version and flags, width, height
	for range 64 {
		at := bytes.Index(head, []byte("ispe"))
		if at < 0 || len(head) < at+box {
			break
		}
		w, h := int(binary.BigEndian.Uint32(head[at+8:])), int(binary.BigEndian.Uint32(head[at+12:]))
		if w > 0 && h > 0 && w <= maxSide && h <= maxSide && w*h > width*height {
			width, height = w, h
		}
		head = head[at+box:]
	}
	return width, height, width > 0
}

// lies tells whether a photo was taken with the camera on its side, so that browsers turn it: the Exif orientation is
// one of 5 to 8.
func lies(head []byte) bool {
	_, exif, found := bytes.Cut(head, []byte("Exif\x00\x00"))
	if !found || len(exif) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.BigEndian
	if exif[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return false
	}
	const entry, orientation = 12, 0x0112
	entries := exif[at+2:]
	for range min(int(order.Uint16(exif[at:])), len(entries)/entry) {
		if order.Uint16(entries) == orientation {
			return slices.Contains([]uint16{5, 6, 7, 8}, order.Uint16(entries[8:]))
		}
		entries = entries[entry:]
	}
	return false
}
