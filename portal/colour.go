package portal

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colour is a colour of a screen, in sRGB.
type Colour struct{ R, G, B uint8 }

// ParseColour reads « #26397f »; the # may be missing.
func ParseColour(s string) (Colour, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(s), "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return Colour{}, badColour("« %s » n’est pas une couleur. Choisissez-la dans la palette, ou écrivez-la sous la forme #26397f.", Clip(s, 20))
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

func badColour(format string, args ...any) *Error {
	return Wrong("couleur", format, args...)
}

// String gives « #26397f ».
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is how well one colour is read on the other, from 1 (not at all) to 21 (black on white), as WCAG 2 counts it.
func Contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c Colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// towards mixes a colour with another one, of which it takes a share from 0 to 1.
func (c Colour) towards(other Colour, share float64) Colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return Colour{mix(c.R, other.R), mix(c.G, other.G), mix(c.B, other.B)}
}

// LeastContrast is the contrast under which a text is refused (RGAA 3.2).
const LeastContrast = 4.5

// darkContrast is what the colour of the dark theme reaches: eyes that look at a dark screen ask for more.
const darkContrast = 7

// The grounds of the style sheet that a structure's colour is read on; a test compares them with the sheet.
var (
	black       = Colour{}
	white       = Colour{255, 255, 255}
	lightPaper  = Colour{0xf6, 0xf4, 0xee} // --papier, the darkest of the light grounds
	darkSheet   = Colour{0x18, 0x1d, 0x2b} // --feuille
	darkRaised  = Colour{0x1c, 0x22, 0x31} // --feuille-2, the lightest of the dark grounds
	darkInk     = Colour{0xe8, 0xeb, 0xf4} // --encre
	darkOnColor = Colour{0x10, 0x16, 0x32} // --sur-bleu
)

// Tint is the five colours that a structure changes in one theme: --bleu, --bleu-fonce, --bleu-pale, --sur-bleu, --lien.
type Tint struct{ Main, Strong, Pale, On, Link Colour }

// Look is how the pages of a structure are coloured, in the light theme and in the dark one.
type Look struct{ Light, Dark Tint }

// NewLook computes all the colours of a structure from one. A colour that could not be read is refused.
func NewLook(c Colour) (Look, error) {
	if Contrast(c, lightPaper) < LeastContrast {
		return Look{}, badColour("Cette couleur est trop claire pour être lue. Essayez plus foncé.")
	}
	return Look{lightTint(c), darkTint(c)}, nil
}

func lightTint(c Colour) Tint {
	t := Tint{Main: c, Strong: c.towards(black, 0.3), On: white, Link: c}
	t.Pale = ground(white, c, 0.12, t.Link, t.Strong)
	return t
}

func darkTint(c Colour) Tint {
	light := c
	for share := 0.0; Contrast(light, darkRaised) < darkContrast; share += 0.02 {
		light = c.towards(white, share)
	}
	t := Tint{Main: light, Strong: light.towards(white, 0.3), On: darkOnColor, Link: light.towards(white, 0.1)}
	t.Pale = ground(darkSheet, light, 0.18, t.Main, t.Link, t.Strong, darkInk)
	return t
}

// ground colours a sheet as much as the share says, or less, so that every text on it is read.
func ground(sheet, c Colour, share float64, texts ...Colour) Colour {
	for ; share > 0; share -= 0.02 {
		g := sheet.towards(c, share)
		readable := true
		for _, text := range texts {
			readable = readable && Contrast(text, g) >= LeastContrast
		}
		if readable {
			return g
		}
	}
	return sheet
}

// Grounds gives the colours of the style sheet that the guard counts with, by the name they have there.
func Grounds() map[string]Colour {
	return map[string]Colour{"papier": lightPaper, "sombre feuille": darkSheet, "sombre feuille-2": darkRaised, "sombre encre": darkInk, "sombre sur-bleu": darkOnColor}
}
