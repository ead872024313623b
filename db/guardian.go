package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"marelle/portal"
)

const noGuardian = "Ce responsable n’existe pas dans cette famille."

func (s *Store) theGuardian(q querier, structure portal.StructureID, family portal.FamilyID, account portal.AccountID) (FamilyGuardian, error) {
	g, err := one(q, scanGuardian, guardianColumns+" AND a.id = ?3 AND EXISTS (SELECT 1 FROM family f WHERE f.id = g.family_id AND f.structure_id = ?2)", family, structure, account)
	return g, absent(err, noGuardian)
}

// Guardian gives one guardian of a family of a structure.
func (s *Store) Guardian(ctx context.Context, structure portal.StructureID, family portal.FamilyID, account portal.AccountID) (*FamilyGuardian, error) {
	g, err := s.theGuardian(s.read(ctx), structure, family, account)
	if err != nil {
		return nil, err
	}
	return &g, nil
}

// AddGuardian makes an account for a new guardian of a family of a structure, once per form; nobody can sign in to it before
// a letter is printed.
func (s *Store) AddGuardian(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, g portal.GuardianFile, key string) (portal.AccountID, error) {
	if err := g.Check(); err != nil {
		return 0, err
	}
	return s.addGuardian(ctx, structure, by, family, key, func(tx *Tx) (portal.AccountID, portal.GuardianFile, error) {
		account, err := s.createAccount(tx, portal.Identity{Civility: g.Civility, LastName: g.LastName, UsedName: g.UsedName, FirstName: g.FirstName,
			HomePhone: g.Phones.Home, WorkPhone: g.Phones.Work, MobilePhone: g.Phones.Mobile, Emails: g.Emails})
		return account, g, err
	})
}

// LinkGuardian makes a guardian whom the structure knows already one of another family too, once per form.
func (s *Store) LinkGuardian(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, account portal.AccountID, rights portal.Rights, key string) (portal.AccountID, error) {
	if err := rights.Check(); err != nil {
		return 0, err
	}
	return s.addGuardian(ctx, structure, by, family, key, func(tx *Tx) (portal.AccountID, portal.GuardianFile, error) {
		var home portal.FamilyID
		if err := tx.row(&home, "SELECT g.family_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ? AND f.structure_id = ? ORDER BY 1 LIMIT 1", account, structure); err != nil {
			return 0, portal.GuardianFile{}, absent(err, "Ce compte n’existe pas.")
		}
		g, err := s.theGuardian(tx, structure, home, account)
		g.Rights = rights
		return account, g.GuardianFile, err
	})
}

func (s *Store) addGuardian(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, key string, find func(*Tx) (portal.AccountID, portal.GuardianFile, error)) (portal.AccountID, error) {
	var made int64
	err := s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		made, err = s.once(tx, by, key, func() (int64, error) {
			account, g, err := find(tx)
			if err != nil {
				return 0, err
			}
			n, err := tx.change("INSERT INTO guardian (family_id, account_id, legal, may_see, may_book, may_pick_up) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				family, account, g.Rights.Legal, g.Rights.See, g.Rights.Book, g.Rights.PickUp)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				return 0, portal.Conflict("%s est déjà responsable dans cette famille.", g.DisplayName())
			}
			return int64(account), s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family),
				Words: fmt.Sprintf("Famille %s : %s ajouté comme responsable", f.Name, g.DisplayName()), Changes: portal.Differences(nil, g.Facts()), Names: []portal.Named{{Subject: "compte", ID: int64(account)}}})
		})
		return err
	})
	return portal.AccountID(made), err
}

// SaveGuardian changes who a guardian of a family of a structure is and what the guardian may do; seen is the version that the
// form showed. A change of addresses is told to the old ones and ends the links sent to them; admin says that whoever asks
// may change an agent's.
func (s *Store) SaveGuardian(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, g portal.GuardianFile, seen string, admin bool, notice Notice) error {
	if err := g.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := s.theGuardian(tx, structure, family, g.ID)
		if err != nil {
			return err
		}
		if portal.Version(before.Facts()) != seen {
			return s.changedMeanwhile(tx, structure, "compte", int64(g.ID))
		}
		if !before.Rights.See || g.Rights.See {
			err = nil
		} else if err = s.lastGuardian(tx, family, g.ID, before.DisplayName()); err != nil {
			return err
		}
		if err := tx.exec("UPDATE guardian SET legal = ?, may_see = ?, may_book = ?, may_pick_up = ? WHERE family_id = ? AND account_id = ?",
			g.Rights.Legal, g.Rights.See, g.Rights.Book, g.Rights.PickUp, family, g.ID); err != nil {
			return err
		}
		if err := dropLostWishes(tx, g.ID); err != nil {
			return err
		}
		if err := s.saveIdentity(tx, by, before, g, admin, notice); err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compte", SubjectID: int64(g.ID), Words: g.DisplayName() + " : fiche changée",
			Changes: portal.Differences(before.Facts(), g.Facts())})
	})
}

// saveIdentity writes the account itself.
func (s *Store) saveIdentity(tx *Tx, by portal.AccountID, before FamilyGuardian, g portal.GuardianFile, admin bool, notice Notice) error {
	if err := tx.exec("UPDATE account SET civility = ?, last_name = ?, used_name = ?, first_name = ? WHERE id = ?", g.Civility, g.LastName, g.UsedName, g.FirstName, g.ID); err != nil {
		return err
	}
	if before.Phones != g.Phones {
		if err := tx.exec("UPDATE account SET home_phone = ?, work_phone = ?, mobile_phone = ? WHERE id = ?", g.Phones.Home, g.Phones.Work, g.Phones.Mobile, g.ID); err != nil {
			return err
		}
		if err := s.record(tx, g.ID, portal.PhonesChanged, by, Notice{}); err != nil {
			return err
		}
	}
	if slices.EqualFunc(before.Emails, g.Emails, strings.EqualFold) {
		return nil
	}
	// Whoever sets an address can ask for a new password with it: an account that opens more than this structure's families
	// is not ours to move.
	if why := before.RefuseEmails(admin); why != nil {
		return why
	}
	kept, err := addressesOf(tx, g.ID)
	if err != nil {
		return err
	}
	var list []portal.Address
	for _, email := range g.Emails {
		a := portal.Address{Email: email, Reports: true, Reminders: true}
		if i := slices.IndexFunc(kept, func(k portal.Address) bool { return strings.EqualFold(k.Email, email) }); i >= 0 {
			a = kept[i]
		}
		list = append(list, a)
	}
	if err := s.record(tx, g.ID, portal.AddressesChanged, by, notice); err != nil {
		return err
	}
	if err := closeLinks(tx, g.ID); err != nil {
		return err
	}
	return setAddresses(tx, g.ID, list)
}

// RefuseEmails says why staff may not change the addresses of a guardian; nil when they may.
func (g FamilyGuardian) RefuseEmails(admin bool) error {
	var why *portal.Error
	switch {
	case g.Elsewhere:
		why = portal.Invalid("Ce compte sert aussi à une autre structure : ses adresses se changent seulement par la personne elle-même, dans son profil.")
	case g.Agent && !admin:
		why = portal.Invalid("Cette personne est aussi un agent : seul un administrateur peut changer ses adresses.")
	default:
		return nil
	}
	why.Fields = []portal.FieldError{{Field: "courriel1", Message: why.Message}}
	return why
}

// RemoveGuardian takes a guardian out of a family of a structure. The account, and what it did, stay; who has nothing else on
// the portal is signed out.
func (s *Store) RemoveGuardian(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, account portal.AccountID) error {
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		g, err := s.theGuardian(tx, structure, family, account)
		if err != nil {
			return err
		}
		if g.Rights.See {
			if err := s.lastGuardian(tx, family, account, g.DisplayName()); err != nil {
				return err
			}
		}
		if err := tx.exec("DELETE FROM guardian WHERE family_id = ? AND account_id = ?", family, account); err != nil {
			return err
		}
		if err := signOut(tx, []portal.AccountID{account}); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family),
			Words: fmt.Sprintf("Famille %s : %s n’est plus responsable", f.Name, g.DisplayName()), Changes: portal.Differences(g.Rights.Facts(), nil), Names: []portal.Named{{Subject: "compte", ID: int64(account)}}})
	})
}

// lastGuardian refuses to leave a child that is still expected without anybody who sees it.
func (s *Store) lastGuardian(tx *Tx, family portal.FamilyID, account portal.AccountID, name string) error {
	left, err := column[string](tx, `SELECT c.first_name FROM family_child fc JOIN child c ON c.id = fc.child_id WHERE fc.family_id = ?1
		AND NOT EXISTS (SELECT 1 FROM sees g JOIN family_child o ON o.family_id = g.family_id WHERE o.child_id = c.id AND (g.family_id, g.account_id) <> (?1, ?2))
		AND `+expected+" ORDER BY c.birth, c.id", family, account, portal.DateOf(s.now()))
	if err != nil || len(left) == 0 {
		return err
	}
	have := "a"
	if len(left) > 1 {
		have = "ont"
	}
	return portal.Conflict("%s est le seul responsable qui suit %s sur le portail, et %[2]s %[3]s des réservations à venir, des demandes ou une inscription. Ajoutez d’abord un autre responsable, ou annulez-les.", name, portal.List(left), have)
}

// dropLostWishes forgets the clicks of an account for children whose days it may no longer change.
func dropLostWishes(tx *Tx, account portal.AccountID) error {
	return tx.exec(`DELETE FROM wish WHERE account_id = ?1 AND child_id NOT IN
		(SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1 AND g.may_book = 1)`, account)
}

// mayBook refuses an account that sees a child and may not change its days.
func mayBook(q querier, account portal.AccountID, child portal.ChildID) error {
	var name string
	err := oneRow(q, &name, `SELECT coalesce((SELECT c.first_name FROM child c WHERE c.id = ?2 AND NOT EXISTS
		(SELECT 1 FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1 AND fc.child_id = ?2 AND g.may_book = 1)), '')`, []any{account, child})
	if err == nil && name != "" {
		return portal.Forbidden("Votre compte permet de consulter les jours %s, pas de les changer. Rien n’a été enregistré. Adressez-vous à la mairie si c’est une erreur.", portal.Of(name))
	}
	return err
}
