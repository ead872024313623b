package views

import (
	"embed"
	"io/fs"
	"path"
	"strings"

	"marelle/portal"
)

//go:embed help/*.txt
var helpFiles embed.FS

var (
	_ = register(Help{}, HelpTopic{})
	_ = part("account/help#picture", HelpPicture{})
)

// Help lists the subjects of the parents' guide, in its order.
type Help struct {
	Frame
	Topics []HelpLink
	Phone  string
}

// Template names the page.
func (Help) Template() string { return "account/help" }

// HelpLink leads to a subject.
type HelpLink struct{ Path, Title string }

// HelpTopic is one subject of the guide.
type HelpTopic struct {
	Frame
	Heading    string
	Parts      []HelpPart
	Prev, Next *HelpLink
	Phone      string
}

// Template names the page.
func (HelpTopic) Template() string { return "account/help#topic" }

// HelpPart is a piece of a subject: text, or a picture.
type HelpPart struct {
	Block
	Picture *HelpPicture
}

// HelpPicture is a screen of the demonstration, light and dark, that « make help-pictures » takes.
type HelpPicture struct{ Light, Dark, Alt string }

// topic is a subject as it is kept.
type topic struct {
	slug, title string
	parts       []HelpPart
}

// topics are read once: they are part of the program.
var topics = readTopics()

func readTopics() []topic {
	entries, err := fs.ReadDir(helpFiles, "help")
	if err != nil {
		panic(err)
	}
	var list []topic
	for _, e := range entries {
		text, err := fs.ReadFile(helpFiles, path.Join("help", e.Name()))
		if err != nil {
			panic(err)
		}
		_, slug, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".txt"), "-")
		list = append(list, newTopic(slug, string(text)))
	}
	return list
}

// newTopic reads « # » as the title, « ! name : words » as a picture, and the rest as the town hall's texts.
func newTopic(slug, text string) topic {
	t := topic{slug: slug}
	var run strings.Builder
	flush := func() {
		for _, b := range Blocks(run.String()) {
			t.parts = append(t.parts, HelpPart{Block: b})
		}
		run.Reset()
	}
	for line := range strings.Lines(text) {
		title, isTitle := strings.CutPrefix(line, "# ")
		picture, isPicture := strings.CutPrefix(line, "! ")
		switch {
		case isTitle:
			t.title = strings.TrimSpace(title)
		case isPicture:
			flush()
			name, alt, _ := strings.Cut(picture, " : ")
			t.parts = append(t.parts, HelpPart{Picture: &HelpPicture{Light: "aide/" + name + "-light.webp", Dark: "aide/" + name + "-dark.webp", Alt: strings.TrimSpace(alt)}})
		default:
			run.WriteString(line)
		}
	}
	flush()
	return t
}

func (t topic) link() *HelpLink { return &HelpLink{"/aide/" + t.slug, t.title} }

// HelpLinks lists the subjects in the guide's order.
func HelpLinks() []HelpLink {
	list := make([]HelpLink, len(topics))
	for i, t := range topics {
		list[i] = *t.link()
	}
	return list
}

// NewHelpTopic gives a subject with its neighbours; one that does not exist is not found.
func NewHelpTopic(f Frame, slug, phone string) (HelpTopic, error) {
	for i, t := range topics {
		if t.slug != slug {
			continue
		}
		page := HelpTopic{Frame: f, Heading: t.title, Parts: t.parts, Phone: phone}
		page.Title = "Aide : " + t.title
		if i > 0 {
			page.Prev = topics[i-1].link()
		}
		if i+1 < len(topics) {
			page.Next = topics[i+1].link()
		}
		return page, nil
	}
	return HelpTopic{}, portal.NotFound("Cette page d’aide n’existe pas.")
}
