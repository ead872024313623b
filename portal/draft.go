package portal

// WishLine is one click of a draft.
type WishLine struct {
	Child    ChildID
	Activity ActivityID
	Day      Date
	Wish     Wish
	Hours    Hours
	Together bool // with brothers and sisters, all or none
	Along    bool // not asked by itself: another wish of the day needs it
}

// BookedDay is a saved day of a child.
type BookedDay struct {
	Child    ChildID
	ActID    ActivityID
	Activity string
	Day      Date
	Status   Status
}
