package views

import (
	"bytes"
	"strings"
)

// asTyped are the elements whose text a form sends back, or that is shown as it is: it is not touched.
var asTyped = []string{"textarea", "option", "pre", "code"}

// unbreakable appends a page to a buffer with the spaces that French typography does not break at: before « : », « ; »,
// « ? », « ! » and « » », and after « « ». Sentences are written with plain spaces everywhere; a line never begins with a
// colon. Only text is touched, never what stands in a tag.
func unbreakable(to, page []byte) []byte {
	for len(page) > 0 {
		tag := bytes.IndexByte(page, '<')
		if tag < 0 {
			return appendUnbreakable(to, page)
		}
		to = appendUnbreakable(to, page[:tag])
		page = page[tag:]
		end := endOfTag(page)
		to, page = append(to, page[:end]...), page[end:]
	}
	return to
}

// endOfTag gives where the tag that begins a page ends; for an element left as typed, where its closing tag begins.
func endOfTag(page []byte) int {
	end := bytes.IndexByte(page, '>') + 1
	if end == 0 {
		return len(page)
	}
	name := page[1:end]
	if i := bytes.IndexAny(name, " >"); i >= 0 {
		name = name[:i]
	}
	for _, typed := range asTyped {
		if string(name) == typed {
			if close := bytes.Index(page[end:], []byte("</")); close >= 0 {
				return end + close
			}
		}
	}
	return end
}

func appendUnbreakable(to, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, ' ')
		if i < 0 {
			return append(to, text...)
		}
		to = append(to, text[:i]...)
		if i+1 < len(text) && strings.IndexByte(":;?!", text[i+1]) >= 0 || bytes.HasPrefix(text[i+1:], []byte("»")) || bytes.HasSuffix(text[:i], []byte("«")) {
			to = append(to, "\u00a0"...)
		} else {
			to = append(to, ' ')
		}
		text = text[i+1:]
	}
}
