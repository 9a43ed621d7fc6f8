package mail

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// defaultAccent stands in for a brand that has chosen none.
const defaultAccent = "#2457d6"

// The grounds and inks of every email; palette_test.go holds them to WCAG AA.
const (
	lightPage, lightCard, lightInk, lightMuted, lightLine = "#f4f3f0", "#ffffff", "#1f2328", "#5b616b", "#e5e3de"
	darkPage, darkCard, darkInk, darkMuted, darkLine      = "#131416", "#1d1f22", "#ececea", "#a6abb3", "#36393e"
)

const (
	readable = 4.5 // WCAG AA for text
	bright   = 6.0 // for links on a dark ground, which look dull at the bare minimum
	visible  = 3.0 // WCAG AA for the edge of a control
)

// palette is the accent of a brand worked out for both grounds, each with an ink that can be read on it.
type palette struct {
	accent, accentInk, edge, link             string // light: the button as the brand chose it, its outline, links
	darkAccent, darkAccentInk, darkLinkAccent string
}

var colorForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func newPalette(accent string) (palette, error) {
	if accent == "" {
		accent = defaultAccent
	}
	if !colorForm.MatchString(accent) {
		return palette{}, &Invalid{"accent", "malformed"}
	}
	chosen := parseColor(accent)
	onDark := chosen.onDark()
	return palette{
		accent:         chosen.String(),
		accentInk:      chosen.ink().String(),
		edge:           chosen.until(visible, parseColor(lightCard), black).String(),
		link:           chosen.until(readable, parseColor(lightCard), black).String(),
		darkAccent:     onDark.String(),
		darkAccentInk:  onDark.ink().String(),
		darkLinkAccent: chosen.until(bright, parseColor(darkCard), white).String(),
	}, nil
}

type color struct{ r, g, b float64 } // 0 to 255

var (
	white = color{255, 255, 255}
	black = color{0, 0, 0}
)

// parseColor reads a color that colorForm has let through.
func parseColor(hex string) color {
	n, _ := strconv.ParseUint(hex[1:], 16, 32)
	return color{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}
}

func (c color) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c.r)), int(math.Round(c.g)), int(math.Round(c.b)))
}

// luminance is WCAG 2's relative luminance.
func (c color) luminance() float64 {
	linear := func(v float64) float64 {
		v /= 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast is WCAG 2's ratio, 1 to 21.
func (c color) contrast(other color) float64 {
	light, dark := c.luminance(), other.luminance()
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// ink is white where it can be read on the color, else black; one of the two always can.
func (c color) ink() color {
	if c.contrast(white) >= readable {
		return white
	}
	return black
}

// onDark is the accent as a button on the dark card: itself where it shows, else lighter. Blacks and greys turn into
// the light ink instead, since a grey button looks switched off.
func (c color) onDark() color {
	ground := parseColor(darkCard)
	isGrey := max(c.r, c.g, c.b)-min(c.r, c.g, c.b) < 24
	if isGrey && c.contrast(ground) < visible {
		return parseColor(darkInk)
	}
	return c.until(visible, ground, white)
}

// until mixes the color with another one in small steps until it stands out enough from the ground.
func (c color) until(ratio float64, ground, toward color) color {
	for step := 0.0; step <= 1; step += 0.04 {
		mixed := color{c.r + (toward.r-c.r)*step, c.g + (toward.g-c.g)*step, c.b + (toward.b-c.b)*step}
		mixed = parseColor(mixed.String()) // judge what will be written, after rounding
		if mixed.contrast(ground) >= ratio {
			return mixed
		}
	}
	return toward
}
