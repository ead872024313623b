package portal

// TriedIfFits gives the requests that a proposal tries to accept in their turn: those without an answer yet, but for what a
// rule keeps from its day, which takes no place from the others.
func TriedIfFits(list []AskedDay, chosen map[RequestKey]Verdict) map[RequestKey]bool {
	tried := map[RequestKey]bool{}
	for i := range list {
		d := &list[i]
		tried[d.Key()] = chosen[d.Key()] == "" && (d.Why == "" || d.Limited && d.Left < 0)
	}
	return tried
}

// ProposeVerdicts chooses an answer for each request that has none: accept while there are places, then the waiting list where
// the activity has one. list is counted with what is tried; what cannot be accepted for another reason is left to the person.
func ProposeVerdicts(list []AskedDay, tried map[RequestKey]bool, chosen map[RequestKey]Verdict) {
	for i := range list {
		d := &list[i]
		switch full := d.Limited && d.Left < 0; {
		case chosen[d.Key()] != "":
		case !full && tried[d.Key()]:
			chosen[d.Key()] = Accept
		case full && d.Activity.Waitlist:
			chosen[d.Key()] = Wait
		}
	}
}
