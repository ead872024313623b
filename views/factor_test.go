package views

import (
	"fmt"
	"image/color"
	"net/url"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// TestQRCode: the path darkens the modules of the code and no other, within a light border.
func TestQRCode(t *testing.T) {
	text := FactorURL("Mairie d’Oust : le bourg", "K7RM-3QXD", "JBSWY3DPEHPK3PXP")
	drawn, err := NewQRCode(text)
	if err != nil {
		t.Fatal(err)
	}
	dark := map[[2]int]bool{}
	for rest := drawn.Path; rest != ""; {
		var x, y, run, back int
		var left string
		if _, err := fmt.Sscanf(rest, "M%d %dh%dv1h-%dz", &x, &y, &run, &back); err != nil || run != back {
			t.Fatalf("%.40s: %v", rest, err)
		}
		left = rest[len(fmt.Sprintf("M%d %dh%dv1h-%dz", x, y, run, back)):]
		for i := range run {
			dark[[2]int{x + i, y}] = true
		}
		rest = left
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	n := code.Bounds().Dx()
	if drawn.Size != n+2*quietZone {
		t.Errorf("size %d for %d modules", drawn.Size, n)
	}
	for y := range drawn.Size {
		for x := range drawn.Size {
			inside := x >= quietZone && y >= quietZone && x < n+quietZone && y < n+quietZone
			want := inside && code.At(x-quietZone, y-quietZone) == color.Black
			if dark[[2]int{x, y}] != want {
				t.Fatalf("module %d,%d", x, y)
			}
		}
	}
}

// TestFactorURL: whatever the name of the town hall, the application reads issuer, account and secret.
func TestFactorURL(t *testing.T) {
	u, err := url.Parse(FactorURL("Mairie d’Oust : le bourg & co", "K7RM-3QXD", "JBSWY3DPEHPK3PXP"))
	if err != nil {
		t.Fatal(err)
	}
	const issuer = "Portail famille, Mairie d’Oust   le bourg & co"
	if q := u.Query(); u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/"+issuer+":K7RM-3QXD" || q.Get("issuer") != issuer || q.Get("secret") != "JBSWY3DPEHPK3PXP" {
		t.Errorf("%s %q", u, u.Path)
	}
	if got := SecretGroups("JBSWY3DPEHPK3PXP"); got != "JBSW Y3DP EHPK 3PXP" {
		t.Errorf("got %q", got)
	}
	if got := SecretGroups("JBSWY3"); got != "JBSW Y3" {
		t.Errorf("got %q", got)
	}
}
