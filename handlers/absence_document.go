package handlers

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// documentRoom is the most that the form with a document may weigh. It is more than a document may, so that whoever sends
// a photo as big as telephones make them reads why it is refused, beside the field.
const documentRoom = 8 << 20

// documentTime is how long sending one may take: 5 MB on a slow telephone.
const documentTime = 2 * time.Minute

// How many documents heavier than bodyRoom may come in documentTime: their bodies stand in memory before anything about them is known.
const (
	documentsAtOnce = 24 // of everybody
	documentsOfOne  = 6  // of one account
)

// senders remembers who was lately given room for a document.
type senders struct {
	mu    sync.Mutex
	given []given
}

type given struct {
	account portal.AccountID
	at      time.Time
}

// admit says whether an account may send a large form at a moment.
func (s *senders) admit(account portal.AccountID, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given = slices.DeleteFunc(s.given, func(g given) bool { return now.Sub(g.at) >= documentTime })
	mine := 0
	for _, g := range s.given {
		if g.account == account {
			mine++
		}
	}
	if len(s.given) >= documentsAtOnce || mine >= documentsOfOne {
		return false
	}
	s.given = append(s.given, given{account, now})
	return true
}

// roomForFiles lets three forms weigh more than the rest of the site takes: the school's files, an absence's document and a child's.
func (s *Site) roomForFiles(head *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path := string(head.RequestURI())
	ofFamily := strings.HasPrefix(path, views.AbsencesPath+"/") && strings.HasSuffix(path, "/justificatif")
	ofStaff := strings.HasPrefix(path, childrenPath) && strings.HasSuffix(path, "/documents")
	if !head.IsPost() || !ofFamily && !ofStaff {
		return s.roomForRolls(head)
	}
	session, err := s.store.Session(context.Background(), string(head.Cookie(s.cookieName())))
	if err != nil || session.MustChange || session.TermsDue || ofFamily && !session.Guardian() || ofStaff && !managers.admit(session) {
		return fasthttp.RequestConfig{}
	}
	if size := head.ContentLength(); size >= 0 && size <= bodyRoom || !s.senders.admit(session.Account, s.store.Now()) {
		return fasthttp.RequestConfig{ReadTimeout: documentTime}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: documentRoom, ReadTimeout: documentTime}
}

// sendDocument keeps a file for an announced absence.
func (r *request) sendDocument() error {
	page, id, err := r.spellPage()
	if err != nil {
		return err
	}
	name, body, err := r.upload("fichier")
	if err != nil {
		return err
	}
	if body == nil {
		page.Document.Faults = views.Faults{{Field: "fichier", Message: "Choisissez un fichier."}}
		return r.renderInvalid(page)
	}
	err = r.site.store.SendDocument(r.ctx(), r.account(), id, name, body)
	if refusal := portal.AsError(err); refusal != nil && len(refusal.Fields) > 0 {
		page.Document.Faults = views.FaultsOf(refusal)
		r.Status(int(refusal.Kind))
		if len(body) > portal.DocumentBytesMost {
			r.Status(fiber.StatusRequestEntityTooLarge)
		}
		return r.render(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(views.SpellPath(id) + "?envoye=1#justificatif")
}

// dropDocument takes a file back.
func (r *request) dropDocument() error {
	spell, err := r.site.store.DropDocument(r.ctx(), r.account(), r.Params("document"))
	if err != nil {
		return err
	}
	return r.redirect303(views.SpellPath(spell) + "?retire=1#justificatif")
}

// openDocument gives the family a file that it sent.
func (r *request) openDocument() error {
	f, err := r.site.store.FamilyDocument(r.ctx(), r.account(), r.Params("document"))
	if err != nil {
		return err
	}
	return r.download(f)
}

// openStaffDocument gives a manager a file that a family sent.
func (r *request) openStaffDocument() error {
	f, err := r.site.store.StaffDocument(r.ctx(), r.structure(), r.Params("document"))
	if err != nil {
		return err
	}
	return r.download(f)
}

// download sends a file that somebody else made: to be saved, never shown or run here, under a name of ours.
func (r *request) download(f *db.File) error {
	r.Set("Content-Security-Policy", "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	r.Set(fiber.HeaderContentType, string(f.Type))
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="justificatif-`+f.ID[:8]+f.Type.Ext()+`"`)
	return r.Send(f.Body)
}
