package views

import "strings"

// Block is a piece of a text that the town hall writes: a title, a paragraph or a list. There is no other markup.
type Block struct {
	Title string
	Text  string
	Items []string
}

// Blocks reads the format of the town hall's texts: « ## » begins a title, « - » an item of a list, an empty line ends
// a paragraph; everything else is shown as it was typed.
func Blocks(body string) []Block {
	var blocks []Block
	var paragraph []string
	var items []string
	flush := func() {
		if len(paragraph) > 0 {
			blocks = append(blocks, Block{Text: strings.Join(paragraph, " ")})
		}
		if len(items) > 0 {
			blocks = append(blocks, Block{Items: items})
		}
		paragraph, items = nil, nil
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		title, isTitle := strings.CutPrefix(line, "## ")
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
			flush()
		case isTitle:
			flush()
			blocks = append(blocks, Block{Title: strings.TrimSpace(title)})
		case isItem:
			if len(paragraph) > 0 {
				flush()
			}
			items = append(items, strings.TrimSpace(item))
		case len(items) > 0: // the item goes on
			items[len(items)-1] += " " + line
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
	return blocks
}
