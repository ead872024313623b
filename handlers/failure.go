package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/portal"
	"marelle/views"
)

// fail turns what a handler could not do into a page, or a fragment for htmx. A refusal says its own sentence; anything
// else is our fault: it is logged once, and the page shows only the number under which.
func (s *Site) fail(c *fiber.Ctx, err error) error {
	s.headers(c) // an unreadable request never met the middleware
	status, page := s.failure(c, err)
	setRetryAfter(c, err)
	c.Response().ResetBody()
	c.Status(status)
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Retarget", "#alerte")
		c.Set("HX-Reswap", "innerHTML")
		fragment := views.FailureFragment{Message: page.Message, Request: page.Request}
		return s.draw(c, fragment)
	}
	return s.draw(c, page)
}

// failure chooses the words.
func (s *Site) failure(c *fiber.Ctx, err error) (status int, page views.Failure) {
	r := &request{Ctx: c, site: s, now: s.store.Now()}
	page.Frame = r.frame("", "")
	var ours *fiber.Error
	refusal := portal.AsError(err)
	if refusal != nil && refusal.Kind == portal.KindNotFound && staffPath(c.Path()) {
		err, refusal = fiber.ErrNotFound, nil
	}
	switch {
	case refusal != nil:
		status, page.Message = int(refusal.Kind), refusal.Message
		page.Heading = refusalHeadings[status]
	case errors.As(err, &ours) && ours.Code < 500:
		status = ours.Code
		words, known := protocolWords[status]
		if !known {
			words = protocolWords[http.StatusBadRequest]
		}
		page.Heading, page.Message = words.heading, words.message
	default:
		status = http.StatusInternalServerError
		page.Request = requestID(c)
		page.Heading = "Une erreur est survenue"
		page.Message = "Une erreur est survenue. Rien n’a été enregistré. Réessayez ; si cela continue, appelez la mairie."
		s.log.Error("request failed", slog.String("request", page.Request), slog.Any("error", err))
	}
	page.Title = page.Heading
	return status, page
}

// staffPath says that an address is of the agents' pages. What is missing there, or another structure's, or not for that role,
// is answered in the same words as an address that leads nowhere: the answer tells nothing of what exists.
func staffPath(path string) bool { return path == "/gestion" || strings.HasPrefix(path, "/gestion/") }

// nowhere answers an address of staff that leads nowhere.
func (r *request) nowhere() error { return fiber.ErrNotFound }

var refusalHeadings = map[int]string{
	http.StatusUnprocessableEntity: "À corriger",
	http.StatusForbidden:           "Demande refusée",
	http.StatusNotFound:            "Page introuvable",
	http.StatusConflict:            "La situation a changé",
	http.StatusTooManyRequests:     "Trop d’essais",
}

type words struct{ heading, message string }

// protocolWords say what goes wrong before a handler is reached.
var protocolWords = map[int]words{
	http.StatusBadRequest:                  {"Demande illisible", "Cette demande n’a pas pu être lue. Rien n’a été enregistré. Revenez à la page précédente et recommencez."},
	http.StatusNotFound:                    {"Page introuvable", "Cette page n’existe pas, ou n’est pas pour vous. Vérifiez l’adresse, ou revenez à l’accueil."},
	http.StatusMethodNotAllowed:            {"Demande impossible", "Cette adresse ne s’utilise pas ainsi. Revenez à l’accueil."},
	http.StatusRequestTimeout:              {"Demande trop lente", "La demande a mis trop de temps à arriver. Rien n’a été enregistré. Réessayez."},
	http.StatusRequestEntityTooLarge:       {"Envoi trop gros", "Ce qui a été envoyé est trop gros pour cette page. Rien n’a été enregistré. Envoyez un fichier plus petit."},
	http.StatusMisdirectedRequest:          {"Adresse inconnue", "Ce portail ne répond pas à ce nom de site. Vérifiez l’adresse donnée par la mairie."},
	http.StatusRequestHeaderFieldsTooLarge: {"Demande trop longue", "Les en-têtes de la demande sont trop longs. Effacez les cookies de ce site et recommencez."},
}

// retryAfter tells programs when to come back.
func (r *request) retryAfter(err error) { setRetryAfter(r.Ctx, err) }

func setRetryAfter(c *fiber.Ctx, err error) {
	var later interface{ RetryAfter() time.Duration }
	if errors.As(err, &later) {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(later.RetryAfter().Seconds())+1))
	}
}
