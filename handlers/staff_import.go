package handlers

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const importPath = "/gestion/import"

// rollRoom is the most that the two files of a school may weigh together: those of 20,000 pupils.
const rollRoom = 8 << 20

// roomForRolls lets an agent who may import send more than the rest of the site takes, and more slowly. Whoever sends is
// known before the body is read, so that nobody else can fill the memory this way.
func (s *Site) roomForRolls(head *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !head.IsPost() || string(head.RequestURI()) != importPath || head.ContentLength() >= 0 && head.ContentLength() <= s.app.Config().BodyLimit {
		return fasthttp.RequestConfig{}
	}
	session, err := s.store.Session(context.Background(), string(head.Cookie(s.cookieName())))
	if err != nil || session.MustChange || session.TermsDue || !managers.admit(session) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: rollRoom, ReadTimeout: time.Minute}
}

// trialLife is how long the files of a trial are kept, and trialsMost how many trials.
const (
	trialLife  = 15 * time.Minute
	trialsMost = 16
)

// rollTrial is a roll that was tried: one click imports exactly it.
type rollTrial struct {
	owner        portal.AccountID
	structure    portal.StructureID
	school, year string
	roll         portal.Roll
	until        time.Time

	importing sync.Mutex
	report    *portal.RollReport // once imported
}

// rollTrials keeps trials in memory, never on the disk: they hold the names of children who may not be here to stay.
type rollTrials struct {
	mu   sync.Mutex
	kept map[string]*rollTrial
}

func (t *rollTrials) keep(key string, trial *rollTrial, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	oldest := ""
	for k, other := range t.kept {
		if !now.Before(other.until) {
			delete(t.kept, k)
		} else if oldest == "" || other.until.Before(t.kept[oldest].until) {
			oldest = k
		}
	}
	if len(t.kept) >= trialsMost {
		delete(t.kept, oldest)
	}
	if t.kept == nil {
		t.kept = map[string]*rollTrial{}
	}
	t.kept[key] = trial
}

// find gives the trial of a key to the agent who made it, on the structure where it was made.
func (t *rollTrials) find(r *request, key string) *rollTrial {
	t.mu.Lock()
	defer t.mu.Unlock()
	trial := t.kept[key]
	if trial == nil || trial.owner != r.account() || trial.structure != r.structure() || !r.now.Before(trial.until) {
		return nil
	}
	return trial
}

func (r *request) importView() (*views.Import, error) {
	v := &views.Import{Frame: r.frame("Importer les fichiers de l’école", settingsPath), Minutes: int(trialLife.Minutes())}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	if v.Schools, err = r.site.store.Schools(r.ctx(), r.structure()); err != nil {
		return nil, err
	}
	if len(v.Schools) == 1 {
		v.School = v.Schools[0]
	}
	chosen := r.FormValue("annee")
	if y := setup.YearOf(portal.DateOf(r.now)); y != nil && chosen == "" {
		chosen = y.Label
	}
	for _, y := range setup.Years {
		v.Years = append(v.Years, views.Choice{Value: y.Label, Label: y.Label, Current: y.Label == chosen})
	}
	return v, nil
}

// importPage shows the form, or the report of an import just done.
func (r *request) importPage() error {
	v, err := r.importView()
	if err != nil {
		return err
	}
	if trial := r.site.trials.find(r, r.Query("fait")); trial != nil {
		trial.importing.Lock()
		defer trial.importing.Unlock()
		if trial.report != nil {
			v.Done, v.Report = true, views.NewImportReport(*trial.report)
			v.Title = "L’import est fait"
		}
	}
	return r.render(v)
}

// importRoll tries the two files or imports them; with the key of a trial, it imports what was tried.
func (r *request) importRoll() error {
	v, err := r.importView()
	if err != nil {
		return err
	}
	if key := r.FormValue("cle"); key != "" {
		trial := r.site.trials.find(r, key)
		if trial == nil {
			v.Faults = views.Faults{{Field: "eleves", Message: "Les fichiers de cet essai ne sont plus gardés. Rien n’a été importé. Choisissez-les de nouveau."}}
			r.Status(fiber.StatusConflict)
			return r.render(v)
		}
		return r.importTrial(v, key, trial)
	}
	trial, err := r.readTrial(v)
	if err != nil {
		return err
	}
	if len(v.Faults) > 0 || v.Blocked {
		return r.renderInvalid(v)
	}
	key, err := r.site.store.NewFormKey()
	if err != nil {
		return err
	}
	r.site.trials.keep(key, trial, r.now)
	if r.FormValue("faire") == "importer" {
		return r.importTrial(v, key, trial)
	}
	report, err := r.site.store.ImportRoll(r.ctx(), r.structure(), r.account(), trial.school, trial.roll, trial.year, true)
	if err != nil {
		return r.importRefused(v, err)
	}
	v.Tried, v.Key, v.Report = true, key, views.NewImportReport(report)
	v.Title = "Essai d’import"
	return r.render(v)
}

// importTrial imports a roll once; the same button pressed twice shows the same report.
func (r *request) importTrial(v *views.Import, key string, trial *rollTrial) error {
	trial.importing.Lock()
	defer trial.importing.Unlock()
	if trial.report == nil {
		report, err := r.site.store.ImportRoll(r.ctx(), trial.structure, r.account(), trial.school, trial.roll, trial.year, false)
		if err != nil {
			v.School = trial.school
			return r.importRefused(v, err)
		}
		trial.report, trial.roll = &report, portal.Roll{}
	}
	return r.redirect303(importPath + "?fait=" + key)
}

// importRefused shows the form again with the refusal beside its field.
func (r *request) importRefused(v *views.Import, err error) error {
	refusal := portal.AsError(err)
	if refusal == nil {
		return err
	}
	for _, f := range refusal.Fields {
		v.Faults = append(v.Faults, views.Fault{Field: f.Field, Message: f.Message})
	}
	if len(refusal.Fields) == 0 {
		v.Faults = views.Faults{{Field: "eleves", Message: refusal.Message}}
	}
	r.Status(int(refusal.Kind))
	return r.render(v)
}

// readTrial reads the form and its files, and says in the view what is wrong with them.
func (r *request) readTrial(v *views.Import) (*rollTrial, error) {
	v.School = portal.Clip(strings.Join(strings.Fields(r.FormValue("ecole")), " "), 100)
	trial := &rollTrial{owner: r.account(), structure: r.structure(), school: v.School, year: r.FormValue("annee"), until: r.now.Add(trialLife)}
	pupilsName, pupils, err := r.readFile(v, "eleves", "Choisissez le fichier des élèves.")
	if err != nil {
		return nil, err
	}
	guardiansName, guardians, err := r.readFile(v, "responsables", "Choisissez le fichier des responsables.")
	if err != nil {
		return nil, err
	}
	if v.School == "" {
		v.Faults = append(v.Faults, views.Fault{Field: "ecole", Message: "Donnez le nom de l’école."})
	}
	if len(v.Faults) > 0 {
		return trial, nil
	}
	var faults []portal.RollFault
	trial.roll, faults = portal.ReadRoll(pupilsName, pupils, guardiansName, guardians)
	v.SetFaults(faults)
	return trial, nil
}

// readFile gives a file of the form as text.
func (r *request) readFile(v *views.Import, field, missing string) (name, text string, err error) {
	head, err := r.FormFile(field)
	if err != nil || head.Filename == "" {
		v.Faults = append(v.Faults, views.Fault{Field: field, Message: missing})
		return "", "", nil
	}
	f, err := head.Open()
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return "", "", err
	}
	if text, err = db.DecodeText(b); err != nil {
		v.Faults = append(v.Faults, views.Fault{Field: field, Message: err.Error()})
	}
	return portal.Clip(filepath.Base(strings.ReplaceAll(head.Filename, `\`, "/")), 80), text, nil
}
