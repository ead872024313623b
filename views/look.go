package views

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"marelle/portal"
)

// LookPath is where the colours and logos of structures are served.
const LookPath = "/apparence/"

// LogoPath is the address of a structure's logo, or nothing.
func LogoPath(st portal.Structure) string {
	if st.Logo == "" {
		return ""
	}
	return LookPath + st.Logo
}

// StylePath is the address of the style sheet of a structure, which changes with its content; nothing when the structure has
// the colours of the portal.
func StylePath(st portal.Structure) string {
	look, ok := st.Look()
	if !ok {
		return ""
	}
	sum := sha256.Sum256([]byte(StyleSheet(look)))
	return LookPath + strings.TrimPrefix(st.Colour, "#") + "-" + hex.EncodeToString(sum[:])[:10] + ".css"
}

// StyleAt gives the style sheet that is served at an address; false when it is none of ours.
func StyleAt(path string) (string, bool) {
	name := strings.TrimPrefix(path, LookPath)
	if len(name) < 6 {
		return "", false
	}
	st := portal.Structure{Colour: "#" + name[:6]}
	look, ok := st.Look()
	if !ok || StylePath(st) != path {
		return "", false
	}
	return StyleSheet(look), true
}

// StyleSheet changes the five colours that a structure may change, in both themes. It stands outside the layers of the
// portal's own sheet, and so goes before it.
func StyleSheet(look portal.Look) string {
	block := func(t portal.Tint) string {
		return fmt.Sprintf(":root{--bleu:%s;--bleu-fonce:%s;--bleu-pale:%s;--sur-bleu:%s;--lien:%s}", t.Main, t.Strong, t.Pale, t.On, t.Link)
	}
	return block(look.Light) + "@media (prefers-color-scheme:dark){" + block(look.Dark) + "}"
}

// ContrastLines says how well a colour is read, in both themes.
func ContrastLines(look portal.Look) []ContrastLine {
	line := func(where string, a, b portal.Colour) ContrastLine {
		return ContrastLine{where, strings.Replace(fmt.Sprintf("%.1f", portal.Contrast(a, b)), ".", ",", 1)}
	}
	return []ContrastLine{
		line("Texte blanc sur un bouton, thème clair", look.Light.On, look.Light.Main),
		line("Lien sur fond teinté, thème clair", look.Light.Link, look.Light.Pale),
		line("Texte sur un bouton, thème sombre", look.Dark.On, look.Dark.Main),
		line("Lien sur fond teinté, thème sombre", look.Dark.Link, look.Dark.Pale),
	}
}
