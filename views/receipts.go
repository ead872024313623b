package views

import "marelle/portal"

var _ = register(ReceiptCheck{})

// ReceiptCheck is where staff verify a receipt that a family shows.
type ReceiptCheck struct {
	Frame
	Typed  string // the number, as it was typed
	Faults Faults // about what was typed
	Shown  *CheckedReceipt
}

// Template names the page.
func (ReceiptCheck) Template() string { return "staff/receipts" }

// CheckedReceipt is a receipt as it was given.
type CheckedReceipt struct {
	Number, Holder, At, Hash string
	Desk                     string // said when staff typed it for the family
	Lines                    []CheckedLine
	Others                   string // said when some lines are another structure's
	Wrong                    []string
}

// CheckedLine is one request and what the family was told of it.
type CheckedLine struct {
	Day, Child, Activity, Icon string
	Badge, BadgeIcon, Words    string
	Reason                     string
}

// NewCheckedReceipt draws a receipt with what does not fit in it.
func NewCheckedReceipt(r portal.Receipt, holder portal.Person, others int, faults []portal.ReceiptFault) *CheckedReceipt {
	v := &CheckedReceipt{Number: r.Number, Holder: holder.Title(), At: portal.InstantSecond(r.At), Hash: r.Hash, Desk: deskWords(&r)}
	for _, f := range faults {
		v.Wrong = append(v.Wrong, string(f))
	}
	if others > 0 {
		v.Others = "Ce reçu porte aussi " + portal.Count(others, "ligne") + " d’une autre structure."
	}
	for _, m := range r.Lines {
		l := CheckedLine{Day: m.Day.LongYear(), Child: m.Child.FullName(), Activity: m.Short, Icon: ActivityIcon(m.Icon), Words: receiptWords(m), Reason: m.Reason}
		l.Badge, l.BadgeIcon = outcomeLook(m.Outcome)
		v.Lines = append(v.Lines, l)
	}
	return v
}
