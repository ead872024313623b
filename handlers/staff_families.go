package handlers

import (
	"archive/zip"
	"bufio"
	"context"
	"io"

	"github.com/gofiber/fiber/v2"

	"marelle/portal"
	"marelle/views"
)

// familiesPage shows the form of the families' file, how far an import is, or the report of one just done.
func (r *request) familiesPage() error {
	v, err := r.familiesView()
	if err != nil {
		return err
	}
	return r.followImport(v)
}

func (r *request) familiesView() (*views.Import, error) {
	return r.importForm(views.NewFamilyImport(r.frame("Importer les familles", settingsPath), familiesPath))
}

// importFamilies tries a families' file or imports it; with the key of a trial, it imports what was tried.
func (r *request) importFamilies() error {
	v, err := r.familiesView()
	if err != nil {
		return err
	}
	return r.importFiles(v, r.readFamilies)
}

func (r *request) readFamilies(v *views.Import) (*importTrial, error) {
	trial := r.newTrial(v)
	name, text, err := r.readFile(v, "familles", "Choisissez le fichier des familles.")
	if err != nil {
		return nil, err
	}
	store, file := r.site.store, portal.FamilyFile{}
	trial.read = func() (faults []portal.RollFault) {
		file, faults = portal.ReadFamilies(name, text)
		return faults
	}
	trial.run = func(ctx context.Context, dry bool) (portal.RollReport, error) {
		return store.ImportFamilies(ctx, trial.structure, trial.owner, name, file, trial.year, dry)
	}
	return trial, nil
}

// modelFamilies gives the example to begin with.
func (r *request) modelFamilies() error {
	model := portal.ModelFamilies()
	return r.sendFile("modele-familles", "csv", views.CSV(model.Rows()))
}

// exportFamilies gives the families' file of the structure.
func (r *request) exportFamilies() error {
	file, err := r.site.store.FileOfFamilies(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	return r.sendFile("familles-"+portal.DateOf(r.now).String(), "csv", views.CSV(file.Rows()))
}

// exportPage says what the export of everything holds.
func (r *request) exportPage() error {
	return r.render(views.StaffExport{Frame: r.frame("Tout exporter", settingsPath), Files: views.ExportFiles})
}

// exportAll sends everything of the structure as CSV files in one archive, written as it is read: a town's years of
// bookings are never in memory at once.
func (r *request) exportAll() error {
	store, structure, account := r.site.store, r.structure(), r.account()
	if err := store.NoteExport(r.ctx(), structure, account); err != nil {
		return err
	}
	setup, err := store.Setup(r.ctx(), structure)
	if err != nil {
		return err
	}
	log := r.site.log
	ctx := context.WithoutCancel(r.ctx())
	r.Set(fiber.HeaderContentType, "application/zip")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="marelle-`+portal.DateOf(r.now).String()+`.zip"`)
	now := r.now
	r.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		archive := zip.NewWriter(w)
		book := views.NewExportBook(setup, func(name string) (io.Writer, error) {
			return archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
		})
		if err := store.ExportAll(ctx, structure, book); err != nil {
			log.Error("export failed", "structure", structure, "error", err)
			return // without its end the archive is refused by whoever opens it
		}
		archive.Close() // a client that went away is no matter
	})
	return nil
}
