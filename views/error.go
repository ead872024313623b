package views

var _ = register(Failure{}, FailureFragment{})

// Failure is the page that says what did not happen and what to do.
type Failure struct {
	Frame
	Heading string
	Message string
	Request string // number of the request, when the fault is ours: support finds it in the log
}

// Template names the page.
func (Failure) Template() string { return "components/failure" }

// FailureFragment says the same inside a page, in its alert zone.
type FailureFragment struct {
	Message string
	Request string
}

// Template names the fragment.
func (FailureFragment) Template() string { return "components/failure#message" }
