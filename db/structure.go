package db

import (
	"context"
	"database/sql"
	_ "embed"

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
		id, err = s.createStructure(tx, st, years)
		return err
	})
	return id, err
}

func (s *Store) createStructure(tx *Tx, st portal.Structure, years []portal.SchoolYear) (portal.StructureID, error) {
	n, err := tx.insert(`INSERT INTO structure (name, street, postcode, town, phone, email, sender_name, reply_to, zone, territory, night_at, report_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		st.Name, st.Street, st.Postcode, st.Town, st.Phone, st.Email, st.SenderName, st.ReplyTo, st.Zone, string(st.Territory), st.NightAt, st.ReportAt, at(s.now()))
	if err != nil {
		return 0, err
	}
	id := portal.StructureID(n)
	var known []portal.SchoolYearRef
	for _, y := range years {
		ref, _, err := insertYear(tx, id, y, known)
		if err != nil {
			return 0, err
		}
		known = append(known, ref)
	}
	return id, s.defaultTerms(tx, st)
}

// FoundStructure lets an administrator of the site add a structure, of which this person becomes the administrator. The same
// form sent twice makes one structure.
func (s *Store) FoundStructure(ctx context.Context, by portal.AccountID, st portal.Structure, formKey string) (portal.StructureID, error) {
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
		made, err := s.once(tx, by, formKey, func() (int64, error) {
			if err := freeName(tx, st); err != nil {
				return 0, err
			}
			id, err := s.createStructure(tx, st, years)
			if err != nil {
				return 0, err
			}
			if err := tx.exec("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, ?)", by, id, string(portal.Administrator)); err != nil {
				return 0, err
			}
			return int64(id), s.note(tx, portal.StaffEvent{Structure: id, By: by, Subject: "structure", SubjectID: int64(id), Words: "Structure créée : " + st.Name, Changes: portal.Differences(nil, st.Facts())})
		})
		id = portal.StructureID(made)
		return err
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

// SaveStructure changes what is said of a structure and its hours; seen is the stamp of the facts that the form showed. What
// other public holidays close comes back until it is agreed to.
func (s *Store) SaveStructure(ctx context.Context, by portal.AccountID, st portal.Structure, seen, agreed string) ([]portal.Touch, error) {
	if err := st.Check(); err != nil {
		return nil, err
	}
	return s.changeCalendar(ctx, st.ID, agreed, byCalendar, func(tx *Tx, before *portal.Setup) error {
		if portal.Version(before.Structure.Facts()) != seen {
			return s.changedMeanwhile(tx, st.ID, "structure", int64(st.ID))
		}
		return s.saveStructure(tx, by, st, before.Structure, "Structure changée")
	})
}

// saveStructure writes what became different of a structure.
func (s *Store) saveStructure(tx *Tx, by portal.AccountID, st, was portal.Structure, words string) error {
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
	return s.note(tx, portal.StaffEvent{Structure: st.ID, By: by, Subject: "structure", SubjectID: int64(st.ID), Words: words, Changes: changes})
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
