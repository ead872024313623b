package handlers

import (
	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/static"
	"marelle/views"
)

// root leads to the right home.
func (r *request) root() error {
	switch {
	case r.session == nil && r.deserted():
		return r.Redirect(installPath, fiber.StatusSeeOther)
	case r.session == nil:
		return r.Redirect("/connexion", fiber.StatusSeeOther)
	case r.mustFirst(ready) != "":
		return r.Redirect(r.mustFirst(ready), fiber.StatusSeeOther)
	}
	return r.Redirect(home(r.session), fiber.StatusSeeOther)
}

// home is where a person begins.
func home(s *db.Session) string {
	if s.Staff() && !s.Guardian() {
		return "/gestion"
	}
	return "/accueil"
}

func (r *request) privacyText() error    { return r.publishedText(portal.Privacy) }
func (r *request) conditionsText() error { return r.publishedText(portal.Conditions) }

func (r *request) publishedText(kind portal.TermsKind) error {
	t, err := r.site.store.Terms(r.ctx(), kind)
	if err != nil {
		return err
	}
	return r.render(views.NewText(r.frame(kind.Title(), ""), t))
}

func (r *request) accessibilityText() error {
	st := portal.Structure{Name: "Ce service"}
	if first := r.site.firstStructure(r.ctx()); first != nil {
		st = *first
	}
	return r.render(views.Text{Frame: r.frame("Accessibilité : non conforme", ""), Heading: "Accessibilité : non conforme", Blocks: views.Blocks(db.AccessibilityText(st))})
}

// health says that the program and its database answer, and nothing else.
func (r *request) health() error {
	if err := r.site.store.Ping(r.ctx()); err != nil {
		r.site.log.Error("health", "error", err)
		return r.Status(fiber.StatusServiceUnavailable).JSON(fiber.Map{"statut": "ko"})
	}
	return r.JSON(fiber.Map{"statut": "ok"})
}

func (r *request) robots() error {
	return r.SendString("User-agent: *\nAllow: /connexion$\nAllow: /static/\nDisallow: /\n")
}

func (r *request) favicon() error {
	return r.Redirect(static.Path(static.Favicon), fiber.StatusMovedPermanently)
}

// file serves what browsers keep: its path changes with its content.
func (r *request) file() error {
	f, ok := static.Lookup(r.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	r.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	r.Set(fiber.HeaderETag, f.ETag)
	if r.Get(fiber.HeaderIfNoneMatch) == f.ETag {
		return r.SendStatus(fiber.StatusNotModified)
	}
	r.Set(fiber.HeaderContentType, f.Type)
	body := f.Body
	if f.Gzip != nil && r.Context().Request.Header.HasAcceptEncoding("gzip") {
		r.Set(fiber.HeaderContentEncoding, "gzip")
		body = f.Gzip
	}
	r.Response().SetBodyRaw(body)
	return nil
}

// tomorrow moves the demonstration to the next morning, and shows the same page then.
func (r *request) tomorrow() error {
	if err := r.site.demo.Tomorrow(r.ctx()); err != nil {
		return err
	}
	back := r.cameFrom()
	if back == "" {
		back = "/"
	}
	return r.redirect303(back)
}
