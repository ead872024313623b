package portal

import "time"

// meanwhileMost is how long ago a change may be to be what happened while a form was open.
const meanwhileMost = 24 * time.Hour

// ChangedMeanwhile refuses a form that shows what is no longer so: somebody else saved since. Nothing is lost silently: what
// was typed is kept, and the form tells what changed. last is the last line of the audit log about the thing.
func ChangedMeanwhile(last StaffEvent, who Person, now time.Time) *Error {
	if who.LastName == "" || now.Sub(last.At) > meanwhileMost {
		return Conflict("Ce que montrait cette page a changé pendant que vous l’aviez ouverte. Rien n’a été enregistré : relisez, puis enregistrez de nouveau.")
	}
	return Conflict("%s a enregistré un changement %s, pendant que vous aviez cette page ouverte. Rien de ce que vous avez écrit n’a été enregistré : relisez, puis enregistrez de nouveau.", who.Title(), Ago(last.At, now))
}
