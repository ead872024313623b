package db

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

func TestVerifyPassword(t *testing.T) {
	ctx := context.Background()
	personal, err := hashPassword(ctx, "girafe tournevis")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := hashPassword(ctx, "girafe tournevis")
	if personal == again {
		t.Error("no salt")
	}
	code, err := hashCode("K7RM-3QXD-9TWH")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, stored, typed string
		right               bool
	}{
		{"personnel", personal, "girafe tournevis", true},
		{"personnel faux", personal, "Girafe tournevis", false},
		{"personnel vide", personal, "", false},
		{"lettre", code, "K7RM-3QXD-9TWH", true},
		{"lettre en minuscules", code, "k7rm 3qxd 9twh", true},
		{"lettre fausse", code, "K7RM-3QXD-9TWG", false},
		{"lettre vide", code, "", false},
		{"pas de compte", "", "girafe tournevis", false},
		{"pas de compte ni de mot", "", "", false},
		{"abîmé", personal[:len(personal)-4], "girafe tournevis", false},
		{"coûts inconnus", strings.Replace(personal, "t=2", "t=1", 1), "girafe tournevis", false},
	} {
		right, err := verifyPassword(ctx, test.stored, test.typed)
		if err != nil || right != test.right {
			t.Errorf("%s: %v, %v", test.name, right, err)
		}
	}
}

// Whatever is stored, the work is the same: the time of an answer does not tell whether a login exists (SAFETY T31).
// Times themselves are not compared here: on a shared machine such a test fails for nothing.
func TestVerifyDoesTheSameWork(t *testing.T) {
	ctx := context.Background()
	personal, _ := hashPassword(ctx, "girafe tournevis")
	code, _ := hashCode("K7RM-3QXD-9TWH")
	runs := 0
	whole := kitchen
	t.Cleanup(func() { kitchen = whole })
	kitchen = newKitchen(1)
	kitchen.hash = func(password string, salt []byte) []byte {
		runs++
		if len(salt) != 16 {
			t.Errorf("a salt of %d bytes", len(salt))
		}
		return argon2id(password, salt)
	}
	for name, stored := range map[string]string{"personnel": personal, "lettre": code, "inconnu": "", "abîmé": "$argon2id$x", "lettre abîmée": codePrefix + "x"} {
		for _, typed := range []string{"girafe tournevis", "K7RM-3QXD-9TWH", ""} {
			runs = 0
			if _, err := verifyPassword(ctx, stored, typed); err != nil {
				t.Fatal(err)
			}
			if runs != 1 {
				t.Errorf("%s: %d argon2", name, runs)
			}
		}
	}
}

func TestTooManyAtOnceAreToldToComeBack(t *testing.T) {
	k := newKitchen(1)
	for range cap(k.queue) {
		k.queue <- struct{}{}
	}
	_, err := k.argon(context.Background(), "x", make([]byte, 16))
	var later interface{ RetryAfter() time.Duration }
	if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindTooMany || !errors.As(err, &later) || later.RetryAfter() <= 0 {
		t.Errorf("got %v", err)
	}
	<-k.queue
	k.stoves <- struct{}{}
	gone, leave := context.WithCancel(context.Background())
	leave()
	if _, err := k.argon(gone, "x", make([]byte, 16)); !errors.Is(err, context.Canceled) {
		t.Errorf("somebody who left: %v", err)
	}
	if len(k.queue) != cap(k.queue)-1 {
		t.Error("who left still waits")
	}
}

// A password that could not be verified because too many people sign in is no failure of theirs.
func TestUnverifiedTryIsForgiven(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "marelle.db"), Now: time.Now, Random: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	whole := kitchen
	t.Cleanup(func() { kitchen = whole })
	kitchen = newKitchen(1)
	for range cap(kitchen.queue) {
		kitchen.queue <- struct{}{}
	}
	for range 10 {
		_, _, err := s.SignIn(ctx, "AAAA-AAAA", "x", Visit{Addr: "192.0.2.1"})
		if refusal := portal.AsError(err); refusal == nil || !strings.Contains(refusal.Message, "Beaucoup de familles") {
			t.Fatalf("got %v", err)
		}
	}
	var n int
	if err := s.read(ctx).row(&n, "SELECT sum(failures) FROM sign_in_failure"); err != nil || n != 0 {
		t.Errorf("%d failures are counted, %v", n, err)
	}
}

func TestWaitWords(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "1 seconde", 2 * time.Second: "2 secondes", 61 * time.Second: "2 minutes", 10 * time.Minute: "10 minutes", 23*time.Hour + time.Minute: "24 heures",
	} {
		if got := waitWords(wait); got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}

func BenchmarkArgon(b *testing.B) {
	for b.Loop() {
		if _, err := hashPassword(context.Background(), "girafe tournevis"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLetterCode(b *testing.B) {
	for b.Loop() {
		if _, err := hashCode("K7RM-3QXD-9TWH"); err != nil {
			b.Fatal(err)
		}
	}
}
