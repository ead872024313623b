package portal

import "slices"

// CheckChange refuses a part of an activity that could not work beside the others of its structure. names are those of the
// structure: what they do not hold belongs to somebody else.
func (s *Setup) CheckChange(part ActivityPart, a *Activity, names Names) error {
	if err := a.Check(); err != nil {
		return err
	}
	if err := a.Audience.Known(names); err != nil {
		return err
	}
	if part != PartLinks {
		return nil
	}
	e := Invalid("Ces liens ne peuvent pas être enregistrés tels quels.")
	for _, other := range s.RequiredFor(a) {
		if slices.ContainsFunc(a.Links, func(l Link) bool { return l.Other == other.ID }) {
			e.Fault(LinkField(other.ID), "%s", Capital(other.Spoken)+" exige déjà "+a.Spoken+" : changez d’abord ce lien-là.")
		}
	}
	for _, l := range a.Links {
		if other := s.Activity(l.Other); other != nil && l.Kind == Requires && other.requires(a.ID) && other.link(a.ID) != Requires {
			e.Fault(LinkField(l.Other), "%s", Capital(other.Spoken)+" exige, par d’autres activités, "+a.Spoken+" : elles s’exigeraient en rond.")
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// requires says whether an activity needs another one, itself or through what it needs.
func (a *Activity) requires(id ActivityID) bool {
	return slices.ContainsFunc(a.Needs(), func(n *Activity) bool { return n.ID == id || n.requires(id) })
}

// Known refuses an audience that names a school or a class of somebody else.
func (a Audience) Known(names Names) error {
	for _, id := range a.Schools {
		if names.Schools[id] == "" {
			return NotFound("Cette école n’existe pas.")
		}
	}
	for _, id := range a.Classes {
		if names.Classes[id] == "" {
			return NotFound("Cette classe n’existe pas.")
		}
	}
	return nil
}

// SameActivity finds an activity that is the same in everything but its places, or nil: the form was sent twice.
func (s *Setup) SameActivity(a *Activity) *Activity {
	for i := range s.Activities {
		other := &s.Activities[i]
		if other.Name == a.Name && !slices.ContainsFunc(ActivityParts, func(p ActivityPart) bool { return p != PartPlaces && other.Version(p) != a.Version(p) }) {
			return other
		}
	}
	return nil
}
