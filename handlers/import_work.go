package handlers

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"marelle/db"
	"marelle/portal"
)

// trialLife is how long the files of a trial are kept, and trialsMost how many trials.
const (
	trialLife  = 15 * time.Minute
	trialsMost = 16
)

// importPatience is how long a form waits for its import before the page that follows it is shown instead.
const importPatience = time.Second

// importTrial is a file, or two, that an agent sent: it is read once, tried, and imported by one click as it was tried.
// The work goes on behind the page, whatever becomes of the connection.
type importTrial struct {
	owner        portal.AccountID
	structure    portal.StructureID
	path         string // of the form
	school, year string // what was typed beside the files
	until        time.Time

	read func() []portal.RollFault // reads the files; called once
	run  func(ctx context.Context, trial bool) (portal.RollReport, error)

	mu       sync.Mutex
	running  chan struct{} // closed when the work ends; nil: none is under way
	progress portal.Progress
	faults   []portal.RollFault
	tried    *portal.RollReport
	done     *portal.RollReport
	err      error // of the last work
}

// importTrials keeps trials in memory, never on the disk: they hold the names of children who may not be here to stay.
type importTrials struct {
	mu   sync.Mutex
	kept map[string]*importTrial
}

func (t *importTrials) keep(key string, trial *importTrial, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	oldest := ""
	for k, other := range t.kept {
		if !now.Before(other.until) {
			delete(t.kept, k)
		} else if oldest == "" || other.until.Before(t.kept[oldest].until) {
			oldest = k
		}
	}
	if len(t.kept) >= trialsMost {
		delete(t.kept, oldest)
	}
	if t.kept == nil {
		t.kept = map[string]*importTrial{}
	}
	t.kept[key] = trial
}

// find gives the trial of a key to the agent who made it, on the structure and the page where it was made.
func (t *importTrials) find(r *request, path, key string) *importTrial {
	t.mu.Lock()
	defer t.mu.Unlock()
	trial := t.kept[key]
	if trial == nil || trial.owner != r.account() || trial.structure != r.structure() || trial.path != path || !r.now.Before(trial.until) {
		return nil
	}
	return trial
}

// start tries the files, or imports them, behind the page; what is under way or imported already is not done again.
func (t *importTrial) start(ctx context.Context, trial bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running != nil || t.done != nil {
		return
	}
	t.running, t.progress, t.err = make(chan struct{}), portal.Progress{}, nil
	ctx = db.WithProgress(context.WithoutCancel(ctx), t.told)
	go t.work(ctx, trial)
}

func (t *importTrial) told(p portal.Progress) {
	t.mu.Lock()
	t.progress = p
	t.mu.Unlock()
}

func (t *importTrial) work(ctx context.Context, trial bool) {
	report, faults, err := t.guarded(ctx, trial)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults, t.err = faults, err
	switch {
	case err != nil || portal.RollBlocked(faults):
		t.tried = nil
	case trial:
		t.tried = report
	default:
		t.done, t.run = report, nil // what was imported is not kept in memory
	}
	close(t.running)
	t.running = nil
}

// guarded does the work; a panic of one import must not stop the site.
func (t *importTrial) guarded(ctx context.Context, trial bool) (report *portal.RollReport, faults []portal.RollFault, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	faults = t.faults
	if t.read != nil {
		t.told(portal.Progress{Step: portal.ProgressReading})
		faults, t.read = t.read(), nil
	}
	if portal.RollBlocked(faults) {
		return nil, faults, nil
	}
	got, err := t.run(ctx, trial)
	if portal.RollBlocked(got.Faults) {
		return nil, got.Faults, err
	}
	return &got, faults, err
}

// wait gives the work under way a moment to end, and says whether it did.
func (t *importTrial) wait(patience time.Duration) bool {
	t.mu.Lock()
	running := t.running
	t.mu.Unlock()
	if running == nil {
		return true
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-running:
		return true
	case <-timer.C:
		return false
	}
}
