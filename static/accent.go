package static

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// accentPrefix is where an organization's colour is served as a style sheet, since the policy of our
// pages forbids inline styles: /static/accent/1f6feb.css.
const accentPrefix = "accent/"

const ownAccent = "#4452d6" // as in css/tokens.css

// Surfaces that text in the accent colour must be readable on (WCAG 2.2 AA, 4.5 to 1).
var (
	white       = colour{255, 255, 255}
	black       = colour{}
	darkSurface = colour{34, 34, 41}
)

type colour [3]float64

// AccentPath returns the URL path of a style sheet that sets the accent to "#RRGGBB"; any other text
// gets our own colour.
func AccentPath(hex string) string {
	if _, ok := parse(hex); !ok {
		hex = ownAccent
	}
	return Prefix + accentPrefix + strings.ToLower(strings.TrimPrefix(hex, "#")) + ".css"
}

// accentSheet makes the style sheet named by a path below accentPrefix.
func accentSheet(name string) ([]byte, bool) {
	hex, isSheet := strings.CutSuffix(strings.TrimPrefix(name, accentPrefix), ".css")
	c, ok := parse(hex)
	if !ok || !isSheet || !strings.HasPrefix(name, accentPrefix) {
		return nil, false
	}
	rules := func(text colour) string {
		return fmt.Sprintf(":root{--accent:%s;--accent-ink:%s;--accent-text:%s}", c, c.over(), text)
	}
	return []byte(rules(c.readable(white, black)) +
		"@media (prefers-color-scheme:dark){" + rules(c.readable(darkSurface, white)) + "}"), true
}

func parse(hex string) (colour, bool) {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) != 6 {
		return colour{}, false
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return colour{}, false
	}
	return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

// String returns "#rrggbb".
func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

// over returns the colour for text on c: white where it can be read, else black, which then can.
func (c colour) over() colour {
	if contrast(c, white) >= 4.5 {
		return white
	}
	return black
}

// readable moves c towards an end until it can be read on the surface.
func (c colour) readable(surface, end colour) colour {
	for step := 0.0; step <= 1; step += 0.05 {
		var mixed colour
		for i := range c {
			mixed[i] = c[i] + (end[i]-c[i])*step
		}
		if contrast(mixed, surface) >= 4.6 {
			return mixed
		}
	}
	return end
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c colour) luminance() float64 {
	var linear colour
	for i, v := range c {
		if v /= 255; v <= 0.04045 {
			linear[i] = v / 12.92
		} else {
			linear[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
}
