package handlers

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// importPath is where the school's two files come in, familiesPath where Marelle's own file does, exportPath where all goes out.
const (
	importPath   = "/gestion/import"
	familiesPath = "/gestion/import/familles"
	exportPath   = "/gestion/export"
)

// rollRoom is the most that the two files of a school may weigh together: those of 20,000 pupils.
const rollRoom = 8 << 20

// exportTime is how long the archive of a large town may take to be sent.
const exportTime = 10 * time.Minute

// roomForRolls lets an agent who may import send more than the rest of the site takes, and more slowly, and an archive take
// its time. Who asks is known before the body is read, so that nobody else can fill the memory this way.
func (s *Site) roomForRolls(head *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path := string(head.RequestURI())
	importing := path == importPath || path == familiesPath
	small := head.ContentLength() >= 0 && head.ContentLength() <= s.app.Config().BodyLimit
	if !head.IsPost() || path != exportPath && (!importing || small) {
		return fasthttp.RequestConfig{}
	}
	session, err := s.store.Session(context.Background(), string(head.Cookie(s.cookieName())))
	switch {
	case err != nil || session.MustChange || session.TermsDue || session.FactorDue || !managers.admit(session):
		return fasthttp.RequestConfig{}
	case importing:
		return fasthttp.RequestConfig{MaxRequestBodySize: rollRoom, ReadTimeout: time.Minute}
	}
	return fasthttp.RequestConfig{WriteTimeout: exportTime}
}

func (r *request) importView() (*views.Import, error) {
	return r.importForm(views.NewSchoolImport(r.frame("Importer les fichiers de l’école", settingsPath), importPath))
}

// importForm fills what the forms of both imports ask beside their files.
func (r *request) importForm(v *views.Import) (*views.Import, error) {
	v.Minutes = int(trialLife.Minutes())
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
	if chosen == "" {
		chosen = r.Query("annee")
	}
	if y := setup.YearOf(portal.DateOf(r.now)); y != nil && chosen == "" {
		chosen = y.Label
	}
	for _, y := range setup.Years {
		v.Years = append(v.Years, views.Choice{Value: y.Label, Label: y.Label, Current: y.Label == chosen})
	}
	return v, nil
}

// importPage shows the form, how far an import is, or the report of one just done.
func (r *request) importPage() error {
	v, err := r.importView()
	if err != nil {
		return err
	}
	return r.followImport(v)
}

// followImport shows what has become of the files of the key in the address; without one, the form.
func (r *request) followImport(v *views.Import) error {
	key := r.Query("suivi")
	if key == "" {
		key = r.Query("fait")
	}
	trial := r.site.trials.find(r, v.Path, key)
	switch {
	case key == "":
		return r.render(v)
	case trial == nil:
		return r.noTrial(v)
	}
	return r.showTrial(v, key, trial)
}

// noTrial says that the files are not kept any more: too late, or the program was started anew. Nothing was imported then
// unless the page that said so was shown.
func (r *request) noTrial(v *views.Import) error {
	if r.isHTMX() {
		return r.redirect303(v.Path)
	}
	v.Faults = views.Faults{{Field: v.FirstFile(), Message: "Les fichiers de cet essai ne sont plus gardés. Rien n’a été importé. Choisissez-les de nouveau."}}
	if r.Query("fait") != "" {
		return r.render(&views.Import{Frame: v.Frame, ImportForm: v.ImportForm})
	}
	r.Status(fiber.StatusConflict)
	return r.render(v)
}

// showTrial shows where a trial stands.
func (r *request) showTrial(v *views.Import, key string, trial *importTrial) error {
	trial.mu.Lock()
	defer trial.mu.Unlock()
	v.School, v.Key = trial.school, key
	v.ChooseYear(trial.year)
	if trial.running != nil {
		v.SetProgress(trial.progress)
		return r.render(v)
	}
	if r.isHTMX() { // the page that looks how far it is: now there is more to see
		return r.redirect303(v.Path + "?suivi=" + key)
	}
	v.SetFaults(trial.faults)
	switch {
	case trial.err != nil:
		return r.importRefused(v, trial.err)
	case trial.done != nil:
		v.Done, v.Report = true, views.NewImportReport(*trial.done)
		v.Title = "L’import est fait"
	case v.Blocked:
		if r.Method() == post {
			r.Status(fiber.StatusUnprocessableEntity)
		}
	case trial.tried != nil:
		v.Tried, v.Report = true, views.NewImportReport(*trial.tried)
		v.Title = "Essai d’import"
	}
	return r.render(v)
}

// importRoll tries the two files or imports them; with the key of a trial, it imports what was tried.
func (r *request) importRoll() error {
	v, err := r.importView()
	if err != nil {
		return err
	}
	return r.importFiles(v, r.readRolls)
}

// importFiles takes the files of a form, read by read, and tries or imports them; with the key of a trial, it imports what
// was tried.
func (r *request) importFiles(v *views.Import, read func(*views.Import) (*importTrial, error)) error {
	key, trial := r.FormValue("cle"), (*importTrial)(nil)
	if key != "" {
		if trial = r.site.trials.find(r, v.Path, key); trial == nil {
			return r.noTrial(v)
		}
	} else {
		var err error
		if trial, err = read(v); err != nil {
			return err
		}
		if len(v.Faults) > 0 {
			return r.renderInvalid(v)
		}
		if key, err = r.site.store.NewFormKey(); err != nil {
			return err
		}
		r.site.trials.keep(key, trial, r.now)
	}
	importing := r.FormValue("cle") != "" || r.FormValue("faire") == "importer"
	trial.start(r.ctx(), !importing)
	if !trial.wait(importPatience) {
		return r.redirect303(v.Path + "?suivi=" + key)
	}
	trial.mu.Lock()
	done := trial.done != nil
	trial.mu.Unlock()
	if done {
		return r.redirect303(v.Path + "?fait=" + key)
	}
	return r.showTrial(v, key, trial)
}

// importRefused shows the form again with the refusal beside its field.
func (r *request) importRefused(v *views.Import, err error) error {
	refusal := portal.AsError(err)
	if refusal == nil {
		return err
	}
	v.Faults = append(v.Faults, views.FaultsOf(refusal)...)
	if len(refusal.Fields) == 0 {
		v.Faults = views.Faults{{Field: v.FirstFile(), Message: refusal.Message}}
	}
	r.Status(int(refusal.Kind))
	return r.render(v)
}

// readRolls takes the form of the school's two files, and says in the view what is missing.
func (r *request) readRolls(v *views.Import) (*importTrial, error) {
	trial := r.newTrial(v)
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
	store, roll := r.site.store, portal.Roll{}
	trial.read = func() (faults []portal.RollFault) {
		roll, faults = portal.ReadRoll(pupilsName, pupils, guardiansName, guardians)
		return faults
	}
	trial.run = func(ctx context.Context, dry bool) (portal.RollReport, error) {
		return store.ImportRoll(ctx, trial.structure, trial.owner, trial.school, roll, trial.year, dry)
	}
	return trial, nil
}

// newTrial begins a trial with what was typed beside its files.
func (r *request) newTrial(v *views.Import) *importTrial {
	v.School = portal.Clip(strings.Join(strings.Fields(r.FormValue("ecole")), " "), 100)
	return &importTrial{owner: r.account(), structure: r.structure(), path: v.Path, school: v.School, year: r.FormValue("annee"), until: r.now.Add(trialLife)}
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
	if err = portal.CheckCSV(b); err == nil {
		text, err = db.DecodeText(b)
	}
	if err != nil {
		v.Faults = append(v.Faults, views.Fault{Field: field, Message: err.Error()})
	}
	return portal.Clip(filepath.Base(strings.ReplaceAll(head.Filename, `\`, "/")), 80), text, nil
}
