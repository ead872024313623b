package db_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

// administrator adds an administrator to the town.
func (tn *town) administrator(t testing.TB) portal.AccountID {
	t.Helper()
	letter, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{Civility: "Mme", LastName: "ROUCH", FirstName: "Mireille"}, portal.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Person.ID
}

func (tn *town) theStructure(t testing.TB) portal.Structure {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	return setup.Structure
}

// lastNote gives the last line of the audit log.
func (tn *town) lastNote(t testing.TB) db.Recorded {
	t.Helper()
	list, total, err := tn.Journal(ctx, tn.structure, "", 0, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if total == 0 {
		return db.Recorded{}
	}
	return list[0]
}

func pngOf(t testing.TB, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, size, size))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSaveStructure: what is changed is found again and written down; nothing is overwritten unseen.
func TestSaveStructure(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	st := tn.theStructure(t)
	seen := portal.Version(st.Facts())
	st.Phone, st.SenderName, st.ReplyTo, st.NightAt, st.ReportAt, st.Territory = "05 61 00 00 00", "Cantine de CarteVille", "cantine@carteville.fr", portal.Clock(3, 0), portal.Clock(6, 30), portal.AlsaceMoselle
	if err := tn.SaveStructure(ctx, by, st, seen); err != nil {
		t.Fatal(err)
	}
	if got := tn.theStructure(t); got != st {
		t.Errorf("got %+v, want %+v", got, st)
	}
	if n := tn.lastNote(t); n.By != by || n.Subject != "structure" || len(n.Changes) != 6 || n.Changes[0] != (portal.Changed{What: "Téléphone", After: "05 61 00 00 00"}) {
		t.Errorf("%+v", n)
	}
	other := st
	other.Phone = "05 61 11 11 11"
	err := tn.SaveStructure(ctx, by, other, seen)
	if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindConflict || !strings.Contains(refusal.Message, "Mme ROUCH Mireille a enregistré un changement aujourd’hui à 9 h") {
		t.Errorf("an old form: %v", err)
	}
	if err := tn.SaveStructure(ctx, by, st, portal.Version(st.Facts())); err != nil {
		t.Error(err)
	}
	if n, _, _ := tn.Journal(ctx, tn.structure, "structure", 0, 0, 10); len(n) != 1 {
		t.Errorf("%d lines for one change", len(n))
	}
	st.NightAt = portal.Clock(2, 30)
	if err := portal.AsError(tn.SaveStructure(ctx, by, st, portal.Version(other.Facts()))); err.Field("nuit") == "" {
		t.Errorf("half past two: %v", err)
	}
}

// TestFoundStructure: an administrator adds a structure once and sees it; nobody else can.
func TestFoundStructure(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	st := portal.Structure{Name: "SIVOM du Salat", Zone: "", Territory: portal.Reunion, NightAt: portal.Clock(1, 30), ReportAt: portal.Clock(7, 0)}
	id, err := tn.FoundStructure(ctx, by, st, "formulaire-1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := tn.FoundStructure(ctx, by, st, "formulaire-1")
	if err != nil || again != id {
		t.Errorf("sent twice: %d and %d, %v", id, again, err)
	}
	setup, err := tn.Setup(ctx, id)
	if err != nil || len(setup.Years) == 0 || len(setup.Calendar.Holidays) != 0 || setup.Calendar.Territory != portal.Reunion {
		t.Errorf("%+v %v", setup, err)
	}
	token, err := tn.OpenSession(ctx, by, false, "")
	if err != nil {
		t.Fatal(err)
	}
	session, err := tn.Session(ctx, token)
	if err != nil || len(session.Places) != 2 || session.Places[1].Role != portal.Administrator {
		t.Errorf("%+v %v", session, err)
	}
	if _, err := tn.FoundStructure(ctx, by, portal.Structure{Name: "mairie de cartevillé", Zone: "A", ReportAt: portal.Clock(7, 0)}, "formulaire-2"); portal.AsError(err).Field("nom") == "" {
		t.Errorf("the same name: %v", err)
	}
	st.Name = "Autre"
	if _, err := tn.FoundStructure(ctx, tn.parents[0], st, "formulaire-3"); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("a parent: %v", err)
	}
}

func TestLooks(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	if err := tn.SaveColour(ctx, by, tn.structure, "#135231"); err != nil {
		t.Fatal(err)
	}
	if err := tn.SaveColour(ctx, by, tn.structure, "#ffee00"); err == nil || err.Error() != "Cette couleur est trop claire pour être lue. Essayez plus foncé." {
		t.Errorf("yellow: %v", err)
	}
	body := pngOf(t, 64)
	if err := tn.SaveLogo(ctx, by, tn.structure, body); err != nil {
		t.Fatal(err)
	}
	st := tn.theStructure(t)
	logo, err := tn.LogoNamed(ctx, st.Logo)
	if err != nil || logo.Type != "image/png" || !bytes.Equal(logo.Body, body) || st.Colour != "#135231" {
		t.Errorf("%v %q %q", err, logo.Type, st.Colour)
	}
	if err := tn.SaveLogo(ctx, by, tn.structure, pngOf(t, 65)); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.LogoNamed(ctx, st.Logo); portal.AsError(err) == nil {
		t.Error("the logo before is still served")
	}
	if err := tn.RemoveLogo(ctx, by, tn.structure); err != nil {
		t.Fatal(err)
	}
	if err := tn.SaveColour(ctx, by, tn.structure, ""); err != nil {
		t.Fatal(err)
	}
	if st = tn.theStructure(t); st.Logo != "" || st.Colour != "" {
		t.Errorf("%+v", st)
	}
	if list, _, _ := tn.Journal(ctx, tn.structure, "structure", 0, 0, 10); len(list) != 5 {
		t.Errorf("%d lines in the audit log", len(list))
	}
}

// TestInstall: the code of the terminal lets one person in, once; wrong codes are slowed down.
func TestInstall(t *testing.T) {
	store, clock := dbtest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris))
	if deserted, err := store.Deserted(ctx); err != nil || deserted {
		t.Errorf("no code was drawn: %v %v", deserted, err)
	}
	first, err := store.NewFirstCode(ctx)
	if err != nil || first == "" {
		t.Fatal(first, err)
	}
	code, err := store.NewFirstCode(ctx)
	if err != nil || code == first {
		t.Fatal(code, err)
	}
	if deserted, err := store.Deserted(ctx); err != nil || !deserted {
		t.Errorf("the site waits: %v %v", deserted, err)
	}
	in := db.Installation{Code: first, Structure: portal.Structure{Name: "Mairie de CarteVille", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)},
		Admin: portal.Identity{LastName: "DURAND", FirstName: "Anne"}, Password: "girafe tournevis brouillard", Visit: db.Visit{Addr: "192.0.2.1"}}
	if _, err := store.Install(ctx, in); portal.AsError(err).Field("code") == "" {
		t.Errorf("the code of another start: %v", err)
	}
	for range 6 {
		_, err = store.Install(ctx, in)
	}
	if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindTooMany {
		t.Errorf("seven wrong codes: %v", err)
	}
	clock.Add(time.Hour)
	in.Code = strings.ToLower(code)
	token, err := store.Install(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	session, err := store.Session(ctx, token)
	if err != nil || session.Desk() == nil || session.Desk().Role != portal.Administrator || session.MustChange || !session.TermsDue {
		t.Errorf("%+v %v", session, err)
	}
	if _, _, err := store.SignIn(ctx, session.Login, in.Password, db.Visit{}); err != nil {
		t.Errorf("the password chosen: %v", err)
	}
	if deserted, err := store.Deserted(ctx); err != nil || deserted {
		t.Errorf("the site is entered: %v %v", deserted, err)
	}
	if _, err := store.Install(ctx, in); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("the code serves again: %v", err)
	}
	if again, err := store.NewFirstCode(ctx); err != nil || again != "" {
		t.Errorf("another code is drawn: %q %v", again, err)
	}
}
