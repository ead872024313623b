package views

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"
)

// keptMost bounds how many cells are kept; past it the kitchen starts again from nothing.
const keptMost = 8_000

// keptCells keeps each cell of the calendar as html/template drew it. A month is forty cells and families see the same
// ones: contextual escaping of each was half the cost of the page. The cell is drawn by the very template that the page
// includes, so what is kept is what would have been drawn.
type keptCells struct {
	mu    sync.RWMutex
	drawn map[Cell]template.HTML
	draw  *template.Template // all of them

	legendOnce sync.Once
	legendHTML template.HTML
	legendErr  error
}

// legend gives the legend drawn, once.
func (k *keptCells) legend() (template.HTML, error) {
	k.legendOnce.Do(func() {
		var b bytes.Buffer
		k.legendErr = k.draw.ExecuteTemplate(&b, "family/calendar#legend", Legend{})
		k.legendHTML = template.HTML(b.String())
	})
	return k.legendHTML, k.legendErr
}

// cell gives a cell drawn. This file is the one place that hands HTML to a template as it is: html/template itself made it.
func (k *keptCells) cell(c Cell) (template.HTML, error) {
	k.mu.RLock()
	html, kept := k.drawn[c]
	k.mu.RUnlock()
	if kept {
		return html, nil
	}
	var b bytes.Buffer
	if err := k.draw.ExecuteTemplate(&b, c.cell(), c); err != nil {
		return "", fmt.Errorf("views: %w", err)
	}
	html = template.HTML(b.String())
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.drawn == nil || len(k.drawn) >= keptMost {
		k.drawn = map[Cell]template.HTML{}
	}
	k.drawn[c] = html
	return html, nil
}
