package portal

import (
	"io"
	"strings"
	"time"
)

// FactorStep is how long the telephone shows one code (RFC 6238), and FactorDrift how many of them its clock may be early or
// late.
const (
	FactorStep  = 30 * time.Second
	FactorDrift = 1
)

// HalfSessionLife is how long the page that asks for the code waits for it.
const HalfSessionLife = 10 * time.Minute

// FactorPendingLife is how long the secret that was shown waits for its first code.
const FactorPendingLife = 30 * time.Minute

// RecoveryCodes is how many codes open an account without its telephone, once each.
const RecoveryCodes = 10

// FactorSteps lists the steps of which a code is taken at a moment, the present one first. Those up to the last one used are
// left out: a code read over a shoulder serves nobody a second time.
func FactorSteps(now time.Time, last int64) []int64 {
	present := now.Unix() / int64(FactorStep/time.Second)
	var steps []int64
	for _, step := range []int64{present, present - FactorDrift, present + FactorDrift} {
		if step > last {
			steps = append(steps, step)
		}
	}
	return steps
}

// FactorCode reads a code of the telephone, however it is spaced; false for what is none, a recovery code for example.
func FactorCode(typed string) (string, bool) {
	code := strings.Join(strings.Fields(Clip(typed, longestCode)), "")
	return code, len(code) == 6 && strings.Trim(code, "0123456789") == ""
}

// NewRecoveryCodes draws the codes that open an account without its telephone: 60 random bits each.
func NewRecoveryCodes(random io.Reader) ([]string, error) {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		var err error
		if codes[i], err = drawCode(random, 12); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// MustHaveFactor says whether the role needs a second factor where the structure requires one.
func (r Role) MustHaveFactor() bool { return r == Manager || r == Administrator }
