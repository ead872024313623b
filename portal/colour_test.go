package portal

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestContrast(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"#000000", "#ffffff", "21.00"}, {"#ffffff", "#ffffff", "1.00"}, {"#777777", "#ffffff", "4.48"}, {"#767676", "#ffffff", "4.54"},
		{"#ff0000", "#ffffff", "4.00"}, {"#0000ff", "#ffffff", "8.59"}, {"#26397f", "#ffffff", "10.64"},
	} {
		a, errA := ParseColour(c.a)
		b, errB := ParseColour(c.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := fmt.Sprintf("%.2f", Contrast(a, b)); got != c.want || got != fmt.Sprintf("%.2f", Contrast(b, a)) {
			t.Errorf("%s on %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestParseColour(t *testing.T) {
	for _, bad := range []string{"", "#", "bleu", "#12345", "#1234567", "#12345g", "#ffé", "+12345"} {
		if c, err := ParseColour(bad); err == nil || AsError(err).Field("couleur") == "" {
			t.Errorf("%q is read as %v", bad, c)
		}
	}
	if c, err := ParseColour(" 26397F "); err != nil || c.String() != "#26397f" {
		t.Errorf("%v %v", c, err)
	}
}

// TestLook: whatever colour is accepted, every text of both themes is read; what is too light is refused with the sentence.
func TestLook(t *testing.T) {
	for _, c := range []struct {
		colour string
		good   bool
	}{{"#26397f", true}, {"#000000", true}, {"#135231", true}, {"#b3263f", true}, {"#ffff00", false}, {"#ffffff", false}, {"#e4697c", false}, {"#777777", false}} {
		colour, _ := ParseColour(c.colour)
		_, err := NewLook(colour)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", c.colour, err)
		}
		if err != nil && err.Error() != "Cette couleur est trop claire pour être lue. Essayez plus foncé." {
			t.Errorf("%s: %s", c.colour, err)
		}
	}
	chance := rand.New(rand.NewPCG(2026, 12))
	accepted := 0
	for range 3000 {
		c := Colour{uint8(chance.IntN(256)), uint8(chance.IntN(256)), uint8(chance.IntN(256))}
		look, err := NewLook(c)
		if err != nil {
			continue
		}
		accepted++
		l, d := look.Light, look.Dark
		for _, pair := range [][2]Colour{
			{l.On, l.Main}, {l.On, l.Strong}, {l.Link, lightPaper}, {l.Link, white}, {l.Link, l.Pale}, {l.Strong, l.Pale}, {l.Main, l.Pale},
			{d.On, d.Main}, {d.On, d.Strong}, {d.Link, darkSheet}, {d.Link, darkRaised}, {d.Link, d.Pale}, {d.Strong, d.Pale}, {d.Main, d.Pale}, {darkInk, d.Pale},
		} {
			if r := Contrast(pair[0], pair[1]); r < LeastContrast {
				t.Fatalf("%s: %s on %s is %.2f", c, pair[0], pair[1], r)
			}
		}
	}
	if accepted < 500 {
		t.Errorf("only %d colours are accepted", accepted)
	}
}
