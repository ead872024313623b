package handlers

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/portal"
	"marelle/views"
)

const textsPath = "/gestion/textes"

// texts lists the texts that staff write.
func (r *request) texts() error {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.Texts{Frame: r.frame("Textes", settingsPath)}
	if administrators.admit(r.session) {
		for _, kind := range []portal.TermsKind{portal.Privacy, portal.Conditions} {
			book, err := r.site.store.TermsBook(r.ctx(), kind)
			if err != nil {
				return err
			}
			line := views.TextLine{URL: textsPath + "/" + string(kind), Title: kind.Title(), Badge: "fait", Icon: "coche", State: "aucune version"}
			if len(book.Versions) > 0 {
				line.State = "version " + strconv.Itoa(book.Versions[0].Version)
				line.Detail = "publiée le " + portal.DateOf(book.Versions[0].Published).LongYear() + ", " + views.AcceptedWords(book.Versions[0].Accepted, book.Readers)
			}
			if book.Draft != nil {
				line.Badge, line.Icon, line.State = "ajout", "crayon", "brouillon à publier"
			}
			page.Terms = append(page.Terms, line)
		}
	}
	for _, kind := range portal.MailKinds {
		page.Mails = append(page.Mails, views.NewMailTextLine(textsPath+"/courriels/", setup.MailText(kind), r.now))
	}
	return r.render(page)
}

// formSeen is when what the form was drawn upon had been saved; zero for what never was.
func (r *request) formSeen() time.Time {
	ms, err := strconv.ParseInt(r.FormValue("vu"), 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// theMailText finds the text of the address.
func (r *request) theMailText() (*portal.Setup, portal.MailText, error) {
	kind := portal.MailKind(r.Params("kind"))
	if !kind.Valid() {
		return nil, portal.MailText{}, portal.NotFound("Ce message n’existe pas.")
	}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return nil, portal.MailText{}, err
	}
	return setup, setup.MailText(kind), nil
}

// mailTextView shows the words of a mail: typed ones, over those that are saved.
func (r *request) mailTextView(setup *portal.Setup, typed, saved portal.MailText) (views.MailTextPage, error) {
	page := views.MailTextPage{Frame: r.frame("Courriel : "+typed.Kind.Title(), settingsPath), Action: textsPath + "/courriels/" + string(typed.Kind), Seen: milliseconds(saved.At)}
	page.SetText(typed, saved, r.now)
	return page, page.SetPreview(setup.Structure, typed, r.site.absolute(""))
}

// mailText shows the words of a mail to change them, with an example.
func (r *request) mailText() error {
	setup, saved, err := r.theMailText()
	if err != nil {
		return err
	}
	page, err := r.mailTextView(setup, saved, saved)
	if err != nil {
		return err
	}
	switch r.Query("fait") {
	case "enregistre":
		page.Done = "Le texte est enregistré : les prochains messages le portent."
	case "origine":
		page.Done = "Le texte d’origine est remis."
	}
	return r.render(page)
}

// typedMailText reads the form of a mail's words.
func (r *request) typedMailText(kind portal.MailKind) portal.MailText {
	return portal.MailText{Kind: kind, Subject: strings.TrimSpace(r.FormValue("objet")), Opening: typedText(r.FormValue("debut")), Closing: typedText(r.FormValue("fin"))}
}

// typedText keeps the lines of a text as they were typed, without what browsers add.
func typedText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// saveMailText changes the words of a mail, or shows them first.
func (r *request) saveMailText() error {
	setup, saved, err := r.theMailText()
	if err != nil {
		return err
	}
	typed := r.typedMailText(saved.Kind)
	err = typed.Check()
	preview := r.FormValue("faire") == "apercu"
	if err == nil && !preview {
		if err = r.site.store.SaveMailText(r.ctx(), r.structure(), r.account(), typed, r.formSeen()); err == nil {
			return r.redirect303(textsPath + "/courriels/" + string(typed.Kind) + "?fait=enregistre")
		}
	}
	refusal := portal.AsError(err)
	if err != nil && (refusal == nil || len(refusal.Fields) == 0 && refusal.Kind != portal.KindConflict) {
		return err
	}
	page, viewErr := r.mailTextView(setup, typed, saved)
	if viewErr != nil {
		return viewErr
	}
	page.Unsaved = preview && refusal == nil
	if refusal == nil {
		return r.render(page)
	}
	page.SetFaults(refusal)
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// mailTextHTML shows the HTML part of what is typed, where nothing of it can run, load or reach the portal.
func (r *request) mailTextHTML() error {
	setup, saved, err := r.theMailText()
	if err != nil {
		return err
	}
	typed := r.typedMailText(saved.Kind)
	if err := typed.Check(); err != nil {
		return err
	}
	mail, err := views.SampleMail(typed.Kind, setup.Structure, typed, r.site.absolute(""))
	if err != nil {
		return err
	}
	return r.showMailHTML(mail.HTML)
}

// showMailHTML shows the HTML of a mail alone.
func (r *request) showMailHTML(html string) error {
	r.Set("Content-Security-Policy", "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	r.Type("html", "utf-8")
	return r.SendString(html)
}

// resetMailText gives a mail its standard words back.
func (r *request) resetMailText() error {
	setup, saved, err := r.theMailText()
	if err != nil {
		return err
	}
	if err := r.site.store.ResetMailText(r.ctx(), r.structure(), r.account(), saved.Kind, r.formSeen()); err != nil {
		refusal := portal.AsError(err)
		if refusal == nil || refusal.Kind != portal.KindConflict {
			return err
		}
		page, err := r.mailTextView(setup, saved, saved)
		if err != nil {
			return err
		}
		page.SetFaults(refusal)
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	return r.redirect303(textsPath + "/courriels/" + string(saved.Kind) + "?fait=origine")
}

// termsForm shows one of the two texts that families accept: its versions and its draft.
func (r *request) termsForm() (views.TermsPage, error) {
	book, err := r.site.store.TermsBook(r.ctx(), portal.TermsKind(r.Params("kind")))
	if err != nil {
		return views.TermsPage{}, err
	}
	page := views.TermsPage{Frame: r.frame(book.Kind.Title(), settingsPath), Heading: book.Kind.Title(), Action: textsPath + "/" + string(book.Kind), Most: portal.TermsMost, Readers: portal.Count(book.Readers, "compte")}
	for i, v := range book.Versions {
		page.AddVersion(v.Terms, v.By, i == 0, views.AcceptedWords(v.Accepted, book.Readers))
	}
	if len(book.Versions) > 0 {
		page.Body = book.Versions[0].Body
	}
	if d := book.Draft; d != nil {
		page.SetDraft(d.Body, d.By, d.At, r.now)
	}
	return page, nil
}

// terms shows one of the two texts that families accept, to write its next version.
func (r *request) terms() error {
	page, err := r.termsForm()
	if err != nil {
		return err
	}
	switch r.Query("fait") {
	case "brouillon":
		page.Done = "Le brouillon est enregistré. Les familles ne le voient pas encore."
	case "publie":
		page.Done = "La nouvelle version est publiée : chacun devra l’accepter à sa prochaine connexion."
	case "abandonne":
		page.Done = "Le brouillon est abandonné. Le texte en vigueur n’a pas changé."
	}
	return r.render(page)
}

// saveTerms keeps the draft of a text.
func (r *request) saveTerms() error {
	kind, body := portal.TermsKind(r.Params("kind")), typedText(r.FormValue("texte"))
	err := r.site.store.SaveTermsDraft(r.ctx(), r.account(), kind, body, r.formSeen())
	if err != nil {
		return r.refuseTerms(err, func(page *views.TermsPage) { page.Body = body })
	}
	return r.redirect303(textsPath + "/" + string(kind) + "?fait=brouillon")
}

// refuseTerms shows the page of a text again with what was refused, and what keep puts back. An error that is no refusal of
// what was asked comes back.
func (r *request) refuseTerms(err error, keep func(*views.TermsPage)) error {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	page, err := r.termsForm()
	if err != nil {
		return err
	}
	keep(&page)
	page.SetFaults(refusal)
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// nothingTyped is what keep does for a form without fields.
func nothingTyped(*views.TermsPage) {}

// publishTerms makes the draft the version in force.
func (r *request) publishTerms() error {
	kind := portal.TermsKind(r.Params("kind"))
	if _, err := r.site.store.PublishTerms(r.ctx(), r.account(), kind, r.formSeen()); err != nil {
		return r.refuseTerms(err, nothingTyped)
	}
	return r.redirect303(textsPath + "/" + string(kind) + "?fait=publie")
}

// dropTerms gives the draft up.
func (r *request) dropTerms() error {
	kind := portal.TermsKind(r.Params("kind"))
	if err := r.site.store.DropTermsDraft(r.ctx(), r.account(), kind, r.formSeen()); err != nil {
		return r.refuseTerms(err, nothingTyped)
	}
	return r.redirect303(textsPath + "/" + string(kind) + "?fait=abandonne")
}

// termsVersion shows a version of a text, in force or not.
func (r *request) termsVersion() error {
	book, err := r.site.store.TermsBook(r.ctx(), portal.TermsKind(r.Params("kind")))
	if err != nil {
		return err
	}
	for i, v := range book.Versions {
		if strconv.Itoa(v.Version) != r.Params("version") {
			continue
		}
		title := book.Kind.Title() + ", version " + r.Params("version")
		page := views.TermsOld{Frame: r.frame(title, settingsPath), Heading: title, Back: textsPath + "/" + string(book.Kind), Current: i == 0,
			Published: portal.Instant(v.Published), Accepted: views.AcceptedWords(v.Accepted, book.Readers), Blocks: views.Blocks(v.Body)}
		return r.render(page)
	}
	return fiber.ErrNotFound
}
