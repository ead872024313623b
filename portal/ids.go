package portal

// The numbers of things, each with its own type so that a child is never taken for a family.
type (
	// AccountID names a person who can sign in: a guardian, an agent, or both.
	AccountID int64
	// StructureID names a town hall or a body that runs activities.
	StructureID int64
	// FamilyID names a household.
	FamilyID int64
	// ChildID names a child.
	ChildID int64
	// SchoolID names a school.
	SchoolID int64
	// ClassID names a class of a school in a school year.
	ClassID int64
	// ActivityID names an activity.
	ActivityID int64
	// CounterID names a stock of places.
	CounterID int64
	// ReceiptID names the receipt of a validation.
	ReceiptID int64
	// MovementID names one thing asked for one day.
	MovementID int64
	// NightID names a transmission.
	NightID int64
	// MailID names a mail of the outbox.
	MailID int64
	// SpellID names an announced absence.
	SpellID int64
	// TermsID names one version of a text to accept.
	TermsID int64
	// AnnouncementID names a message of the town hall.
	AnnouncementID int64
)
