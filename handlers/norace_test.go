//go:build !race

package handlers

import "testing"

// oneVisitor marks a test that runs without the race detector only.
func oneVisitor(*testing.T) {}
