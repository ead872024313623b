package portal

import "time"

// InLateLane says that the day is not booked, that its limit has passed, and that it may be booked all the same.
func (s *Slot) InLateLane(now time.Time) bool {
	return s.Open && s.Status == NotBooked && !s.Book.Unannounced && !s.Book.Early(now) && s.Book.Passed(now) && !s.Late.Passed(now)
}

// LimitNow gives the limit that counts at a moment: that of the late lane once the day's own has passed.
func (s *Slot) LimitNow(now time.Time) Limit {
	if s.InLateLane(now) {
		return s.Late
	}
	return s.Limit()
}

// LateApproval says that what is asked now is asked past the limit, and that staff decide.
func (s *Slot) LateApproval(now time.Time) bool {
	return s.InLateLane(now) && s.LateMode == LateApproved
}

// LateWords says what the late lane offers: « Hors délai : possible jusqu’à demain 10 h, majoré. »
func (s *Slot) LateWords(now time.Time) string {
	return "Hors délai : possible " + Until(s.Late.At, now) + ", " + s.LateMode.Words() + "."
}

// LateBadge is the same where room is scarce: « Majoré », « Sur accord ».
func (s *Slot) LateBadge() string {
	if s.LateMode == LateApproved {
		return "Sur accord"
	}
	return "Majoré"
}
