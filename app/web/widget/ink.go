package widget

import (
	"math"
	"strconv"
	"strings"
)

const (
	lightInk = "#ffffff"
	darkInk  = "#1b1b22"
)

// inkOn is the colour in which text can be read on a colour (WCAG 2.2, 4.5 to 1): white, unless dark is the clearer one.
func inkOn(hex string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		return lightInk
	}
	luminance := 0.2126*linear(n>>16&255) + 0.7152*linear(n>>8&255) + 0.0722*linear(n&255)
	onLight, onDark := 1.05/(luminance+0.05), (luminance+0.05)/(0.0112+0.05)
	if onLight >= 4.5 || onLight >= onDark {
		return lightInk
	}
	return darkInk
}

func linear(channel uint64) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
