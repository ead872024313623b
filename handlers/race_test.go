//go:build race

package handlers

import "testing"

// oneVisitor skips a test that the race detector can find nothing in, for one visitor asks after another: it makes it several
// times slower. The test runs without it (make browser).
func oneVisitor(t *testing.T) {
	t.Skip("one visitor after another: make browser runs it, without the race detector")
}
