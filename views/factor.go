package views

import (
	"fmt"
	"image/color"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"
)

var _ = register(SignInCode{}, ProfileFactor{}, FactorPhone{}, FactorCodes{})

// SignInCode asks for the code of the second factor, between the password and the session.
type SignInCode struct {
	Cover
	Return string // where to go once signed in
	Phone  string // of the town hall
	Fault  string
}

// Template names the page.
func (SignInCode) Template() string { return "account/code" }

// ProfileFactor is « Second facteur »: whether there is one, and the way to set it up, renew it or give it up.
type ProfileFactor struct {
	Frame
	Done     string
	Since    string // « lundi 23 novembre 2026 »; nothing when there is none
	Codes    string // « 9 codes de secours »
	Few      bool   // they will soon be used up
	Required bool   // by the structure
	Due      bool   // nothing else opens before it is set up
	Faults   Faults
}

// Template names the page.
func (ProfileFactor) Template() string { return "account/factor" }

// FactorPhone shows the secret to the telephone and asks for its first code.
type FactorPhone struct {
	Frame
	QR     QRCode
	Secret string // « JBSW Y3DP EHPK 3PXP »
	Faults Faults
}

// Template names the page.
func (FactorPhone) Template() string { return "account/factor-phone" }

// FactorCodes shows the recovery codes, this once.
type FactorCodes struct {
	Frame
	First bool // the second factor has just been set up
	Place string
	Login string
	Codes []string
}

// Template names the page.
func (FactorCodes) Template() string { return "account/factor-codes" }

// QRCode is a square to photograph, drawn as one path of its dark modules.
type QRCode struct {
	Size int // modules on a side, with the quiet zone around
	Path string
}

// quietZone is how many light modules a QR code needs around it (ISO 18004).
const quietZone = 4

// NewQRCode draws a text.
func NewQRCode(text string) (QRCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QRCode{}, err
	}
	size := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < size && code.At(x, y) == color.Black }
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			run := 0
			for dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run)
				x += run
			}
		}
	}
	return QRCode{Size: size + 2*quietZone, Path: path.String()}, nil
}

// FactorURL is what the square says to an application of codes: whose secret it is, and the secret.
func FactorURL(place, login, secret string) string {
	issuer := "Portail famille"
	if place = strings.ReplaceAll(place, ":", " "); place != "" { // a colon would end the name of the issuer
		issuer += ", " + place
	}
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "otpauth://totp/" + escape(issuer) + ":" + escape(login) + "?secret=" + secret + "&issuer=" + escape(issuer)
}

// SecretGroups writes a secret in groups of four, to be typed where no camera is at hand.
func SecretGroups(secret string) string {
	var groups []string
	for len(secret) > 4 {
		groups = append(groups, secret[:4])
		secret = secret[4:]
	}
	return strings.Join(append(groups, secret), " ")
}
