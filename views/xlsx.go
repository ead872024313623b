package views

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"marelle/portal"
)

// Sheet is a table that leaves the portal as a file. A cell is a string, an int, a portal.Date or a portal.TimeOfDay; a
// zero day or hour is an empty cell.
type Sheet struct {
	Name string
	Head []string
	Rows [][]any
}

// CSV writes the table as spreadsheets of French offices open it.
func (s Sheet) CSV() []byte {
	rows := make([][]string, len(s.Rows))
	for i, row := range s.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], sheetWords(cell))
		}
	}
	return CSV(s.Head, rows)
}

func sheetWords(cell any) string {
	switch c := cell.(type) {
	case portal.Date:
		if c == 0 {
			return ""
		}
		return c.French()
	case portal.TimeOfDay:
		if c == 0 {
			return ""
		}
		return c.String()
	}
	return fmt.Sprint(cell)
}

// XLSX writes tables as one workbook, a sheet each: days are dates, hours are times, numbers are numbers, and a text is
// never a formula whatever it begins with.
func XLSX(sheets ...Sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	looks, err := newLooks(f)
	if err != nil {
		return nil, err
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err == nil {
			err = looks.fill(f, s)
		}
		if err != nil {
			return nil, fmt.Errorf("views: sheet %s: %w", s.Name, err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	return b.Bytes(), nil
}

// looks are the styles of a workbook.
type looks struct{ head, day, hour int }

func newLooks(f *excelize.File) (l looks, err error) {
	dayFormat, hourFormat := "dd/mm/yyyy", "hh:mm"
	for _, style := range []struct {
		into *int
		as   excelize.Style
	}{
		{&l.head, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&l.day, excelize.Style{CustomNumFmt: &dayFormat}},
		{&l.hour, excelize.Style{CustomNumFmt: &hourFormat}},
	} {
		if *style.into, err = f.NewStyle(&style.as); err != nil {
			return l, err
		}
	}
	return l, nil
}

// fill writes a table into its sheet; the header stays in view while one scrolls.
func (l looks) fill(f *excelize.File, s Sheet) error {
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i := range s.Head {
		if err := w.SetColWidth(i+1, i+1, s.width(i)); err != nil {
			return err
		}
	}
	head := make([]any, len(s.Head))
	for i, h := range s.Head {
		head[i] = excelize.Cell{StyleID: l.head, Value: h}
	}
	for i, row := range append([][]any{head}, s.Rows...) {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = l.cell(c)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// dayZero is the day that spreadsheets call 0.
var dayZero = portal.NewDate(1899, 12, 30)

func (l looks) cell(value any) any {
	switch v := value.(type) {
	case portal.Date:
		if v == 0 {
			return nil
		}
		return excelize.Cell{StyleID: l.day, Value: int(v - dayZero)}
	case portal.TimeOfDay:
		if v == 0 {
			return nil
		}
		return excelize.Cell{StyleID: l.hour, Value: float64(v) / float64(portal.EndOfDay)}
	}
	return value
}

// width gives a column the room of its longest text, within reason.
func (s Sheet) width(column int) float64 {
	longest := len([]rune(s.Head[column]))
	for _, row := range s.Rows {
		longest = max(longest, len([]rune(sheetWords(row[column]))))
	}
	return float64(min(longest, 60) + 3)
}
