package db

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"

	"marelle/portal"
)

//go:embed calendars/vacances-scolaires.json
var officialHolidays []byte

// OfficialYears gives the school years of the data shipped with the program: with the holidays of a zone, or for an own
// calendar the years alone.
func OfficialYears(zone string) ([]portal.SchoolYear, error) {
	if zone != "" {
		return portal.ParseSchoolHolidays(officialHolidays, zone)
	}
	years, err := portal.ParseSchoolHolidays(officialHolidays, "A")
	for i := range years {
		years[i].Holidays = nil
	}
	return years, err
}

// CreateStructure makes a structure with the official school holidays of its zone, which staff may then change.
func (s *Store) CreateStructure(ctx context.Context, st portal.Structure) (portal.StructureID, error) {
	years, err := OfficialYears(st.Zone)
	if err != nil {
		return 0, err
	}
	var id portal.StructureID
	err = s.write(ctx, func(tx *Tx) error {
		id, err = s.createStructure(tx, st, years, "")
		return err
	})
	return id, err
}

func (s *Store) createStructure(tx *Tx, st portal.Structure, years []portal.SchoolYear, formKey string) (portal.StructureID, error) {
	n, err := tx.insert(`INSERT INTO structure (name, street, postcode, town, phone, email, sender_name, reply_to, zone, territory, night_at, report_at, created_at, form_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		st.Name, st.Street, st.Postcode, st.Town, st.Phone, st.Email, st.SenderName, st.ReplyTo, st.Zone, string(st.Territory), st.NightAt, st.ReportAt, at(s.now()),
		sql.NullString{String: formKey, Valid: formKey != ""})
	if err != nil {
		return 0, err
	}
	id := portal.StructureID(n)
	for _, y := range years {
		if err := insertYear(tx, id, y); err != nil {
			return 0, err
		}
	}
	return id, s.defaultTerms(tx, st)
}

// insertYear writes a school year with its holidays.
func insertYear(tx *Tx, structure portal.StructureID, y portal.SchoolYear) error {
	if err := tx.exec("INSERT INTO school_year (structure_id, label, first, last) VALUES (?, ?, ?, ?)", structure, y.Label, y.First, y.Last); err != nil {
		return err
	}
	for _, p := range y.Holidays {
		if err := tx.exec("INSERT INTO school_holiday (structure_id, name, first, last) VALUES (?, ?, ?, ?)", structure, p.Name, p.From, p.To); err != nil {
			return err
		}
	}
	return nil
}

// FoundStructure lets an administrator of the site add a structure, of which this person becomes the administrator. The same
// form sent twice makes one structure.
func (s *Store) FoundStructure(ctx context.Context, by portal.AccountID, st portal.Structure, formKey string) (portal.StructureID, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return 0, portal.Invalid("Ce formulaire est incomplet. Rouvrez la page, puis recommencez.")
	}
	if err := st.Check(); err != nil {
		return 0, err
	}
	years, err := OfficialYears(st.Zone)
	if err != nil {
		return 0, err
	}
	var id portal.StructureID
	err = s.write(ctx, func(tx *Tx) error {
		var administrator bool
		if err := tx.row(&administrator, "SELECT EXISTS (SELECT 1 FROM staff WHERE account_id = ? AND role = 'administrateur')", by); err != nil {
			return err
		}
		if !administrator {
			return portal.NotFound("Cette page n’existe pas.")
		}
		err := tx.row(&id, "SELECT s.id FROM structure s JOIN staff t ON t.structure_id = s.id WHERE s.form_key = ? AND t.account_id = ?", formKey, by)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := freeName(tx, st); err != nil {
			return err
		}
		if id, err = s.createStructure(tx, st, years, formKey); err != nil {
			return err
		}
		if err := tx.exec("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, ?)", by, id, string(portal.Administrator)); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: id, By: by, Subject: "structure", SubjectID: int64(id), Words: "Structure créée : " + st.Name, Changes: portal.Differences(nil, st.Facts())})
	})
	return id, err
}

// freeName refuses a name that another structure has: people choose between structures by their names.
func freeName(tx *Tx, st portal.Structure) error {
	names, err := column[string](tx, "SELECT name FROM structure WHERE id <> ?", st.ID)
	if err != nil {
		return err
	}
	for _, name := range names {
		if portal.FoldName(name) == portal.FoldName(st.Name) {
			return portal.NameTaken("Une autre structure", name)
		}
	}
	return nil
}

// SaveStructure changes what is said of a structure and its hours; seen is the stamp of the facts that the form showed.
func (s *Store) SaveStructure(ctx context.Context, by portal.AccountID, st portal.Structure, seen string) error {
	if err := st.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		was, err := one(tx, scanStructure, structureColumns+" WHERE s.id = ?", st.ID)
		if err != nil {
			return absent(err, "Cette structure n’existe pas.")
		}
		if portal.Version(was.Facts()) != seen {
			return s.changedMeanwhile(tx, st.ID, "structure", int64(st.ID))
		}
		if err := freeName(tx, st); err != nil {
			return err
		}
		changes := portal.Differences(was.Facts(), st.Facts())
		if len(changes) == 0 {
			return nil
		}
		if err := tx.exec(`UPDATE structure SET name = ?, street = ?, postcode = ?, town = ?, phone = ?, email = ?, sender_name = ?, reply_to = ?, zone = ?, territory = ?, night_at = ?, report_at = ?
			WHERE id = ?`, st.Name, st.Street, st.Postcode, st.Town, st.Phone, st.Email, st.SenderName, st.ReplyTo, st.Zone, string(st.Territory), st.NightAt, st.ReportAt, st.ID); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: st.ID, By: by, Subject: "structure", SubjectID: int64(st.ID), Words: "Structure changée", Changes: changes})
	})
}

// SaveColour changes the colour of a structure; an empty one gives back that of the portal.
func (s *Store) SaveColour(ctx context.Context, by portal.AccountID, structure portal.StructureID, colour string) error {
	if colour != "" {
		c, err := portal.ParseColour(colour)
		if err != nil {
			return err
		}
		if _, err := portal.NewLook(c); err != nil {
			return err
		}
		colour = c.String()
	}
	return s.changeLook(ctx, by, structure, "Couleur changée", func(tx *Tx) error {
		return tx.exec("UPDATE structure SET colour = ? WHERE id = ?", colour, structure)
	})
}

// SaveLogo replaces the logo of a structure; it must be a PNG or JPEG picture of a fair size.
func (s *Store) SaveLogo(ctx context.Context, by portal.AccountID, structure portal.StructureID, body []byte) error {
	logo, err := portal.NewLogo(body)
	if err != nil {
		return err
	}
	return s.changeLook(ctx, by, structure, "Logo changé", func(tx *Tx) error {
		return tx.exec(`INSERT INTO structure_logo (structure_id, name, type, body) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET name = excluded.name, type = excluded.type, body = excluded.body`, structure, logo.Name(), logo.Type, logo.Body)
	})
}

// RemoveLogo takes the logo of a structure off.
func (s *Store) RemoveLogo(ctx context.Context, by portal.AccountID, structure portal.StructureID) error {
	return s.changeLook(ctx, by, structure, "Logo retiré", func(tx *Tx) error {
		return tx.exec("DELETE FROM structure_logo WHERE structure_id = ?", structure)
	})
}

// changeLook changes how a structure looks and writes down what became different.
func (s *Store) changeLook(ctx context.Context, by portal.AccountID, structure portal.StructureID, words string, change func(*Tx) error) error {
	return s.write(ctx, func(tx *Tx) error {
		was, err := one(tx, scanStructure, structureColumns+" WHERE s.id = ?", structure)
		if err != nil {
			return absent(err, "Cette structure n’existe pas.")
		}
		if err := change(tx); err != nil {
			return err
		}
		is, err := one(tx, scanStructure, structureColumns+" WHERE s.id = ?", structure)
		if err != nil {
			return err
		}
		changes := portal.Differences(was.LookFacts(), is.LookFacts())
		if len(changes) == 0 {
			return nil
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "structure", SubjectID: int64(structure), Words: words, Changes: changes})
	})
}

// LogoNamed gives the logo that has this name, whoever asks: it stands on the sign-in page.
func (s *Store) LogoNamed(ctx context.Context, name string) (portal.Logo, error) {
	logo, err := one(s.read(ctx), func(r *sql.Rows) (l portal.Logo, err error) {
		err = r.Scan(&l.Type, &l.Body)
		return l, err
	}, "SELECT type, body FROM structure_logo WHERE name = ? LIMIT 1", name)
	return logo, absent(err, "Cette image n’existe pas.")
}
