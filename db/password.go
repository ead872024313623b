package db

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"marelle/portal"
)

// argonCost is what a personal password costs to verify: 19 MiB and about 37 ms (OWASP's second choice); see argon2id.
const argonCost = "m=19456,t=2,p=1"

// codeRounds is enough for the password of a letter: it holds 60 random bits, serves once and dies after 15 days,
// and thousands of letters are made at once.
const codeRounds = 1024

const (
	argonPrefix = "$argon2id$v=19$" + argonCost + "$"
	codePrefix  = "$pbkdf2-sha256$i=1024$"
	keyLength   = 32
)

// hashKitchen lets few argon2 run together (40 at once took 770 MB) and few wait.
type hashKitchen struct {
	stoves chan struct{}
	queue  chan struct{}
	hash   func(password string, salt []byte) []byte
}

// queuePerStove is how many may wait for each: about four seconds.
const queuePerStove = 100

// kitchen is the machine's: it does not matter which database a password belongs to.
var kitchen = newKitchen(max(1, runtime.GOMAXPROCS(0)-1))

func newKitchen(stoves int) *hashKitchen {
	return &hashKitchen{stoves: make(chan struct{}, stoves), queue: make(chan struct{}, stoves*(1+queuePerStove)), hash: argon2id}
}

func argon2id(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, 2, 19456, 1, keyLength)
}

// argon runs one argon2id in its turn; it is refused when too many wait already.
func (k *hashKitchen) argon(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case k.queue <- struct{}{}:
		defer func() { <-k.queue }()
	default:
		return nil, later(10*time.Second, portal.TooMany("Beaucoup de familles se connectent en ce moment. Réessayez dans 10 secondes."))
	}
	select {
	case k.stoves <- struct{}{}:
		defer func() { <-k.stoves }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return k.hash(password, salt), nil
}

// hashPassword gives the PHC string of a personal password.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := newSalt()
	key, err := kitchen.argon(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return argonPrefix + b64(salt) + "$" + b64(key), nil
}

// hashCode gives the PHC string of a temporary password.
func hashCode(code string) (string, error) {
	salt := newSalt()
	key, err := codeKey(code, salt)
	if err != nil {
		return "", err
	}
	return codePrefix + b64(salt) + "$" + b64(key), nil
}

func codeKey(code string, salt []byte) ([]byte, error) {
	return pbkdf2.Key(sha256.New, portal.NormaliseTemporary(code), salt, codeRounds, keyLength)
}

// verifyPassword compares what was typed with what is stored. Whatever is stored, a personal password, the code of a
// letter, or nothing because there is no such account, exactly one argon2 and one pbkdf2 run: the time tells nothing.
func verifyPassword(ctx context.Context, stored, typed string) (bool, error) {
	salt, want, isCode := parsePHC(stored)
	key, err := kitchen.argon(ctx, typed, salt)
	if err != nil {
		return false, err
	}
	code, err := codeKey(typed, salt)
	if err != nil {
		return false, err
	}
	if isCode {
		key = code
	}
	return len(want) == keyLength && subtle.ConstantTimeCompare(key, want) == 1, nil
}

// sameCode says whether a password is the code of the letter, however it is written.
func sameCode(stored, password string) bool {
	salt, want, isCode := parsePHC(stored)
	if !isCode {
		return false
	}
	key, err := codeKey(password, salt)
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1
}

// parsePHC reads a stored password; nothing, or something unreadable, gives a key that nothing equals.
func parsePHC(stored string) (salt, key []byte, isCode bool) {
	rest, ok := strings.CutPrefix(stored, argonPrefix)
	if !ok {
		rest, isCode = strings.CutPrefix(stored, codePrefix)
	}
	first, second, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(first)
	if err != nil || len(salt) < 8 {
		return make([]byte, 16), nil, false
	}
	key, err = base64.RawStdEncoding.DecodeString(second)
	if err != nil {
		return salt, nil, false
	}
	return salt, key, isCode
}

func newSalt() []byte {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails (crypto/rand)
	return salt
}

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// randomness is one reader for all: the demonstration's seeded source cannot be read by two at once.
var randomness sync.Mutex

// newTemporaryPassword draws the password of a letter, with what is stored of it.
func (s *Store) newTemporaryPassword() (code, stored string, err error) {
	randomness.Lock()
	code, err = portal.NewTemporaryPassword(s.random)
	randomness.Unlock()
	if err != nil {
		return "", "", err
	}
	stored, err = hashCode(code)
	return code, stored, err
}

func (s *Store) newLogin() (string, error) {
	randomness.Lock()
	defer randomness.Unlock()
	return portal.NewLogin(s.random)
}

// laterError is a refusal that says when to come back.
type laterError struct {
	refusal *portal.Error
	wait    time.Duration
}

func later(wait time.Duration, refusal *portal.Error) error { return &laterError{refusal, wait} }

// Error gives the French sentence.
func (e *laterError) Error() string { return e.refusal.Error() }

// Unwrap gives the refusal.
func (e *laterError) Unwrap() error { return e.refusal }

// RetryAfter gives how long to wait.
func (e *laterError) RetryAfter() time.Duration { return e.wait }

// waitWords says a delay: « 4 secondes », « 10 minutes », « 3 heures ».
func waitWords(wait time.Duration) string {
	up := func(unit time.Duration) int { return int((wait + unit - 1) / unit) }
	switch {
	case wait <= time.Minute:
		return portal.Count(max(1, up(time.Second)), "seconde")
	case wait <= 90*time.Minute:
		return portal.Count(up(time.Minute), "minute")
	}
	return portal.Count(up(time.Hour), "heure")
}
