package portal

import "strconv"

// ProgressStep is a part of a long import.
type ProgressStep string

// The parts of an import, in their order.
const (
	ProgressReading  ProgressStep = "Lecture du fichier"
	ProgressMatching ProgressStep = "Reconnaissance des enfants et des familles"
	ProgressPlanning ProgressStep = "Préparation de ce qui change"
	ProgressWriting  ProgressStep = "Enregistrement"
)

// Progress says how far a long import is.
type Progress struct {
	Step        ProgressStep
	Done, Total int // within the step; zero when it is not counted
}

// progressWeights is how much of the whole each step takes, measured on 20,000 children.
var progressWeights = []struct {
	step   ProgressStep
	weight int
}{{ProgressReading, 45}, {ProgressMatching, 25}, {ProgressPlanning, 15}, {ProgressWriting, 15}}

// Percent gives how much of the whole is done, from 0 to 99: the end is told otherwise.
func (p Progress) Percent() int {
	before := 0
	for _, w := range progressWeights {
		if w.step != p.Step {
			before += w.weight
			continue
		}
		if p.Total > 0 {
			before += w.weight * min(p.Done, p.Total) / p.Total
		}
		return min(before, 99)
	}
	return 0
}

// Words gives « Enregistrement : 4 000 sur 20 000 ».
func (p Progress) Words() string {
	if p.Step == "" {
		return "L’import commence"
	}
	if p.Total == 0 {
		return string(p.Step)
	}
	return string(p.Step) + " : " + Thousands(p.Done) + " sur " + Thousands(p.Total)
}

// Thousands gives « 20 000 », with the space that never breaks a line.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}
