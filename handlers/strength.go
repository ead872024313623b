package handlers

import (
	"github.com/trustelem/zxcvbn"

	"marelle/portal"
)

// guessesLeast is how many guesses a personal password must resist: zxcvbn's best mark, far beyond what the throttling of
// sign-ins lets anybody try (25 a day and account), and out of reach of a slow offline attack on argon2id.
const guessesLeast = 1e10

// strengthMost is how much of a password zxcvbn looks at: its work grows faster than the length, and 64 characters that
// are hard to guess do not become easy by what follows.
const strengthMost = 64

// checkPassword lists the rules that a password breaks, those of the portal first, then how long it would resist guessing.
func checkPassword(password string, owner portal.PasswordOwner) []portal.PasswordFault {
	faults := portal.CheckPassword(password, owner)
	if len(faults) > 0 {
		return faults
	}
	start := []rune(password)
	start = start[:min(len(start), strengthMost)]
	known := append(append([]string{owner.Login}, owner.Names...), owner.Towns...)
	if zxcvbn.PasswordStrength(string(start), append(known, portal.CommonWords()...)).Guesses < guessesLeast {
		faults = append(faults, portal.WeakPassword())
	}
	return faults
}
