package portal

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // the two kinds of pictures that a logo may be
	_ "image/png"
	"net/mail"
	"strings"
	"unicode"
)

// Structure is a town hall or a body that runs activities for children.
type Structure struct {
	ID                     StructureID
	Name                   string // « Mairie de CarteVille »
	Street, Postcode, Town string
	Phone, Email           string
	SenderName             string // under which mails leave; nothing: Name
	ReplyTo                string // where answers to mails go; nothing: Email
	Zone                   string // school holiday zone: A, B, C, or nothing for an own calendar
	Territory              Territory
	NightAt, ReportAt      TimeOfDay // when the day's requests are transmitted, when reports leave; never 02:00 to 03:00
	Colour                 string    // « #26397f »; nothing: the blue of the portal
	Logo                   string    // hash of the picture and its ending, « 0a1b2c3d4e.png »; nothing when there is none
}

// Sender is the name under which mails leave.
func (s *Structure) Sender() string { return cmp.Or(s.SenderName, s.Name) }

// Answers is where the answers to mails go.
func (s *Structure) Answers() string { return cmp.Or(s.ReplyTo, s.Email) }

// Look gives the colours of the structure; false when they are those of the portal.
func (s *Structure) Look() (Look, bool) {
	c, err := ParseColour(s.Colour)
	if err != nil {
		return Look{}, false
	}
	look, err := NewLook(c)
	return look, err == nil
}

// Zones lists the zones of school holidays; the last is an own calendar.
var Zones = []string{"A", "B", "C", ""}

// ZoneWords says a zone: « zone C », « calendrier propre ».
func ZoneWords(zone string) string {
	if zone == "" {
		return "calendrier propre"
	}
	return "zone " + zone
}

// Check refuses a structure that could not work, with a sentence per field, and tidies what was typed.
func (s *Structure) Check() error {
	for _, text := range []*string{&s.Name, &s.Street, &s.Postcode, &s.Town, &s.Phone, &s.Email, &s.SenderName, &s.ReplyTo} {
		*text = strings.Join(strings.Fields(*text), " ")
	}
	e := Invalid("Cette structure ne peut pas être enregistrée telle quelle.")
	fault := func(field, message string) { e.Fault(field, "%s", message) }
	if s.Name == "" {
		fault("nom", "Donnez le nom de la structure, par exemple « Mairie de CarteVille ».")
	}
	if s.Postcode != "" && (len(s.Postcode) != 5 || strings.ContainsFunc(s.Postcode, func(r rune) bool { return !unicode.IsDigit(r) })) {
		fault("code_postal", "Un code postal a cinq chiffres.")
	}
	if strings.Count(s.Phone, "")-1 > 30 || strings.ContainsFunc(s.Phone, unicode.IsLetter) {
		fault("telephone", "Écrivez un numéro de téléphone, par exemple 05 61 00 00 00.")
	}
	if s.Email != "" && !PlainEmail(s.Email) {
		fault("courriel", "Écrivez une adresse de courriel, par exemple mairie@ma-commune.fr.")
	}
	if s.ReplyTo != "" && !PlainEmail(s.ReplyTo) {
		fault("reponse", "Écrivez une adresse de courriel, ou laissez vide.")
	}
	if strings.ContainsAny(s.SenderName, "<>@\"") {
		fault("expediteur", "Un nom d’expéditeur n’a ni guillemets ni adresse.")
	}
	if s.Zone != "" && s.Zone != "A" && s.Zone != "B" && s.Zone != "C" {
		fault("zone", "Choisissez la zone A, B, C, ou un calendrier propre.")
	}
	if !s.Territory.known() {
		fault("territoire", "Choisissez un territoire de la liste.")
	}
	if clocksChange(s.NightAt) {
		fault("nuit", "Entre 2 h et 3 h, l’heure change deux fois par an : choisissez une heure avant 2 h ou après 3 h.")
	}
	switch {
	case clocksChange(s.ReportAt):
		fault("matin", "Entre 2 h et 3 h, l’heure change deux fois par an : choisissez une autre heure.")
	case s.ReportAt <= s.NightAt:
		fault("matin", "Les comptes rendus partent après la transmission : choisissez une heure plus tardive.")
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// clocksChange holds for the hour that one night of the year skips and another one has twice.
func clocksChange(t TimeOfDay) bool { return t >= Clock(2, 0) && t < Clock(3, 0) }

// PlainEmail holds for an address that every mail server takes: one, bare, without accents.
func PlainEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// Facts says a structure as a person reads it.
func (s *Structure) Facts() []Fact {
	return []Fact{
		{"Nom", s.Name}, {"Adresse", strings.TrimSpace(s.Street + " " + strings.TrimSpace(s.Postcode+" "+s.Town))}, {"Téléphone", s.Phone}, {"Courriel", s.Email},
		{"Expéditeur des courriels", s.SenderName}, {"Adresse de réponse", s.ReplyTo}, {"Zone de vacances", ZoneWords(s.Zone)},
		{"Jours fériés", s.Territory.Word()}, {"Heure de la nuit", s.NightAt.Word()}, {"Heure des comptes rendus", s.ReportAt.Word()},
	}
}

// LookFacts says how a structure looks.
func (s *Structure) LookFacts() []Fact { return []Fact{{"Couleur", s.Colour}, {"Logo", s.Logo}} }

// What a logo may weigh and measure.
const (
	LogoBytesMost = 300 << 10
	logoLeast     = 32 // pixels, on each side
	logoMost      = 2000
)

// Logo is the picture of a structure.
type Logo struct {
	Type string // image/png or image/jpeg
	Body []byte
}

// NewLogo accepts a PNG or JPEG picture by what it is, whatever its name says.
func NewLogo(body []byte) (Logo, error) {
	refuse := func(format string, args ...any) (Logo, error) {
		return Logo{}, Wrong("logo", format, args...)
	}
	if len(body) == 0 {
		return refuse("Choisissez un fichier.")
	}
	if len(body) > LogoBytesMost {
		return refuse("Ce fichier est trop lourd (%d ko). Un logo pèse au plus %d ko : réduisez l’image, puis recommencez.", len(body)>>10, LogoBytesMost>>10)
	}
	logo := Logo{Body: body}
	switch {
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		logo.Type = "image/png"
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		logo.Type = "image/jpeg"
	default:
		return refuse("Ce fichier n’est pas une image PNG ou JPEG. Enregistrez le logo dans un de ces formats, puis recommencez.")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(body))
	switch {
	case err != nil:
		return refuse("Cette image est abîmée. Choisissez-en une autre.")
	case size.Width < logoLeast || size.Height < logoLeast:
		return refuse("Cette image est trop petite (%d × %d points). Il en faut au moins %d de chaque côté.", size.Width, size.Height, logoLeast)
	case size.Width > logoMost || size.Height > logoMost:
		return refuse("Cette image est trop grande (%d × %d points). Il en faut au plus %d de chaque côté.", size.Width, size.Height, logoMost)
	}
	return logo, nil
}

// Name is under what the logo is kept and served: the hash of its content with the ending of its kind.
func (l Logo) Name() string {
	sum := sha256.Sum256(l.Body)
	return hex.EncodeToString(sum[:])[:16] + strings.Replace(l.Type, "image/", ".", 1)
}
