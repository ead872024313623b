package portal

// WishLine is one click of a draft.
type WishLine struct {
	Child    ChildID
	Activity ActivityID
	Day      Date
	Wish     Wish
}

// BookedDay is a saved day of a child.
type BookedDay struct {
	Child    ChildID
	ActID    ActivityID
	Activity string
	Day      Date
	Status   Status
}
