package views

var _ = register(Settings{})

// Settings is « Réglages »: what staff set up, by subject.
type Settings struct {
	Frame
	First  *FirstSteps // nothing once the portal is ready
	Groups []SettingsGroup
}

// Template names the page.
func (Settings) Template() string { return "staff/settings" }

// SettingsGroup is a subject with its pages.
type SettingsGroup struct {
	Title string
	Links []SettingsLink
}

// SettingsLink leads to a page of settings and says in a sentence what is done there.
type SettingsLink struct{ URL, Icon, Label, Detail string }
