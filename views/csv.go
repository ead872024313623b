package views

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// CSV writes a table as spreadsheets of French offices open it: UTF-8 with its mark, semicolons, and no cell of text that a
// spreadsheet would run as a formula.
func CSV(head []string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = neutral(c)
		}
		w.Write(cells) // a bytes.Buffer does not fail
	}
	w.Flush()
	return b.Bytes()
}

// neutral puts an apostrophe before what begins like a formula.
func neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
