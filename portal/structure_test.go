package portal

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestStructureCheck(t *testing.T) {
	good := func() Structure {
		return Structure{Name: "  Mairie de   CarteVille ", Postcode: "09140", Phone: "05 61 00 00 00", Email: "mairie@carteville.fr", Zone: "C", NightAt: Clock(1, 15), ReportAt: Clock(7, 0)}
	}
	st := good()
	if err := st.Check(); err != nil || st.Name != "Mairie de CarteVille" {
		t.Fatalf("%v %q", err, st.Name)
	}
	for _, c := range []struct {
		field  string
		change func(*Structure)
	}{
		{"nom", func(s *Structure) { s.Name = " " }},
		{"code_postal", func(s *Structure) { s.Postcode = "9140" }},
		{"code_postal", func(s *Structure) { s.Postcode = "0914O" }},
		{"telephone", func(s *Structure) { s.Phone = "appelez-nous" }},
		{"courriel", func(s *Structure) { s.Email = "mairie" }},
		{"courriel", func(s *Structure) { s.Email = "Mairie <mairie@carteville.fr>" }},
		{"reponse", func(s *Structure) { s.ReplyTo = "é@carteville.fr" }},
		{"expediteur", func(s *Structure) { s.SenderName = "Mairie <x@y.fr>" }},
		{"zone", func(s *Structure) { s.Zone = "D" }},
		{"territoire", func(s *Structure) { s.Territory = "bretagne" }},
		{"nuit", func(s *Structure) { s.NightAt = Clock(2, 0) }},
		{"nuit", func(s *Structure) { s.NightAt = Clock(2, 59) }},
		{"matin", func(s *Structure) { s.ReportAt = Clock(2, 30) }},
		{"matin", func(s *Structure) { s.ReportAt = Clock(1, 0) }},
	} {
		st := good()
		c.change(&st)
		if err := AsError(st.Check()); err == nil || err.Field(c.field) == "" {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	for _, hour := range []TimeOfDay{Clock(0, 30), Clock(1, 59), Clock(3, 0), Clock(5, 0)} {
		st := good()
		if st.NightAt = hour; st.Check() != nil {
			t.Errorf("%s is refused", hour)
		}
	}
	st = good()
	if st.Sender() != st.Name || st.Answers() != st.Email {
		t.Error("mails leave under another name")
	}
	st.SenderName, st.ReplyTo = "Cantine", "cantine@carteville.fr"
	if st.Sender() != "Cantine" || st.Answers() != "cantine@carteville.fr" {
		t.Error("the sender chosen is not used")
	}
}

func picture(t *testing.T, w, h int, kind string) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	img.Set(1, 1, color.RGBA{200, 10, 10, 255})
	var b bytes.Buffer
	var err error
	if kind == "png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogo(t *testing.T) {
	for kind, want := range map[string]string{"png": "image/png", "jpeg": "image/jpeg"} {
		logo, err := NewLogo(picture(t, 64, 64, kind))
		if err != nil || logo.Type != want || !strings.HasSuffix(logo.Name(), "."+kind) {
			t.Errorf("%s: %v %v", kind, logo.Type, err)
		}
	}
	for name, body := range map[string][]byte{
		"Choisissez":     {},
		"PNG ou JPEG":    []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"abîmée":         picture(t, 64, 64, "png")[:20],
		"trop petite":    picture(t, 8, 64, "png"),
		"trop grande":    picture(t, 2400, 40, "png"),
		"trop lourd":     append(picture(t, 64, 64, "png"), make([]byte, LogoBytesMost)...),
		"image PNG ou J": []byte("GIF89a........"),
	} {
		if _, err := NewLogo(body); err == nil || !strings.Contains(err.Error(), name) || AsError(err).Field("logo") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
