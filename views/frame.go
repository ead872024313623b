package views

import "marelle/portal"

// Frame is what surrounds the content of every page. Pages embed it and give it to their layout.
type Frame struct {
	Title   string // of the screen; unique, so that tabs and screen readers tell screens apart
	Place   string // the structure looked at: « Mairie de CarteVille »
	Style   string // address of the structure's own colours, when it has some
	Logo    string // address of its picture, when it has one
	Places  []PlaceLink
	Name    string // of the person signed in: « Jean-Paul DUPONT »; nothing when nobody is
	Profile string // address of the person's own page, when there is one
	Tabs    []Tab
	Adds    int    // clicks not validated: to book
	Removes int    // and to cancel
	Updated string // end of the last night: « aujourd’hui à 6 h 02 »
	CSRF    string // what every form of the page carries
	Indexed bool   // search engines may list the page
	Again   int    // seconds after which a browser without scripts asks for the page again; zero: never
	Demo    string // the demonstration's date and time in words; nothing on a real portal
}

// PlaceLink is a structure that the person may look at instead.
type PlaceLink struct {
	ID      portal.StructureID
	Name    string
	Current bool
}

// Tab is an entry of the navigation.
type Tab struct {
	Label   string
	Path    string
	Icon    string
	Current bool
}

// HasDraft says that clicks wait for their validation.
func (f Frame) HasDraft() bool { return f.Adds+f.Removes > 0 }

// DraftWords gives « 3 ajouts, 1 annulation non validés ».
func (f Frame) DraftWords() string {
	switch {
	case f.Adds+f.Removes == 1 && f.Adds == 1:
		return DraftWords(f.Adds, f.Removes) + " non validé"
	case f.Adds == 0 && f.Removes == 1:
		return DraftWords(f.Adds, f.Removes) + " non validée"
	case f.Adds == 0:
		return DraftWords(f.Adds, f.Removes) + " non validées"
	}
	return DraftWords(f.Adds, f.Removes) + " non validés"
}

// Cover is the frame of the pages of the exercise book: sign-in, first password, texts to accept.
type Cover struct {
	Frame
	Heading string // the page's h1, written large
	Lead    string // the sentence under it
	Preview bool   // show the little calendar
}

var (
	_ = part("icone", "")
	_ = part("layouts/head", Frame{})
	_ = part("layouts/crest", Frame{})
	_ = part("layouts/logo", "")
	_ = part("layouts/demo", Frame{})
	_ = part("layouts/nav", Frame{})
	_ = part("layouts/places", Frame{})
	_ = part("layouts/open", Frame{})
	_ = part("layouts/sign", "")
	_ = part("layouts/foot", Frame{})
	_ = part("layouts/family#top", Frame{})
	_ = part("layouts/family#bottom", Frame{})
	_ = part("layouts/staff#top", Frame{})
	_ = part("layouts/staff#bottom", Frame{})
	_ = part("layouts/account#top", Cover{})
	_ = part("layouts/account#bottom", Frame{})
	_ = part("layouts/plain#top", Frame{})
	_ = part("layouts/plain#bottom", Frame{})
	_ = part("layouts/print#top", Frame{})
	_ = part("layouts/print#bottom", Frame{})
)
