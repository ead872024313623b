package portal

import (
	"cmp"
	"slices"
	"strings"
)

// JoinFact is something that two files of the same family, child or person say differently: one of both stays.
type JoinFact struct {
	Key        string // the field of the form
	What       string
	Kept, Gone string // what the file that stays says, and the one that goes
}

// JoinChosen names the facts for which the file that goes is right.
type JoinChosen map[string]bool

// joinText gives the text that stays of two: the one there is, or the one that was chosen when there are two.
func (c JoinChosen) joinText(key, kept, gone string) string {
	if kept == "" || gone != "" && c[key] {
		return gone
	}
	return kept
}

// differing leaves out what both files say alike, or only one of them says.
func differing(list ...JoinFact) []JoinFact {
	return slices.DeleteFunc(list, func(f JoinFact) bool { return f.Kept == "" || f.Gone == "" || f.Kept == f.Gone })
}

// JoinFacts lists what two files of one household say differently.
func (f Family) JoinFacts(gone Family) []JoinFact {
	return differing(JoinFact{"nom", "Nom de la famille", f.Name, gone.Name}, JoinFact{"adresse", "Adresse", f.Address(), gone.Address()},
		JoinFact{"resident", "Habite la commune", yesNo(f.Resident), yesNo(gone.Resident)})
}

// Join gives the household that two files make.
func (f Family) Join(gone Family, chosen JoinChosen) Family {
	f.Name = chosen.joinText("nom", f.Name, gone.Name)
	if f.Address() == "" || gone.Address() != "" && chosen["adresse"] {
		f.Street, f.Postcode, f.Town = gone.Street, gone.Postcode, gone.Town
	}
	if chosen["resident"] {
		f.Resident = gone.Resident
	}
	return f
}

// SameHousehold says that two households have one name and one address, or one name and no address at all.
func (f Family) SameHousehold(g Family) bool {
	return FoldName(f.Name) == FoldName(g.Name) && FoldName(f.Street) == FoldName(g.Street) && (f.Postcode == g.Postcode || f.Postcode == "" || g.Postcode == "")
}

// JoinFacts lists what two files of one child say differently.
func (c ChildFile) JoinFacts(gone ChildFile) []JoinFact {
	return differing(JoinFact{"nom", "Nom de famille", c.LastName, gone.LastName}, JoinFact{"nom_usage", "Nom d’usage", c.UsedName, gone.UsedName},
		JoinFact{"prenom", "Prénom", c.FirstName, gone.FirstName}, JoinFact{"naissance", "Né(e) le", frenchDay(c.Birth), frenchDay(gone.Birth)},
		JoinFact{"sexe", "Sexe", c.Sex, gone.Sex}, JoinFact{"classe", "Classe de l’année", c.ClassWords(), gone.ClassWords()})
}

// Join gives who the child is that two files make; its class is that of the file that was chosen for it.
func (c ChildFile) Join(gone ChildFile, chosen JoinChosen) ChildFile {
	c.LastName, c.FirstName = chosen.joinText("nom", c.LastName, gone.LastName), chosen.joinText("prenom", c.FirstName, gone.FirstName)
	c.UsedName, c.Sex = chosen.joinText("nom_usage", c.UsedName, gone.UsedName), chosen.joinText("sexe", c.Sex, gone.Sex)
	if c.Birth == 0 || gone.Birth != 0 && chosen["naissance"] {
		c.Birth = gone.Birth
	}
	return c
}

// SameChild says that two files have the names of one child, and not two births.
func (c ChildFile) SameChild(d ChildFile) bool {
	born := c.Birth == d.Birth || c.Birth == 0 || d.Birth == 0
	return born && FoldName(c.FirstName) == FoldName(d.FirstName) && sharesOne([]string{c.LastName, c.UsedName}, []string{d.LastName, d.UsedName}, FoldName)
}

// JoinFacts lists what two files of one guardian say differently.
func (g GuardianFile) JoinFacts(gone GuardianFile) []JoinFact {
	return differing(JoinFact{"civilite", "Civilité", g.Civility, gone.Civility}, JoinFact{"nom", "Nom de famille", g.LastName, gone.LastName},
		JoinFact{"nom_usage", "Nom d’usage", g.UsedName, gone.UsedName}, JoinFact{"prenom", "Prénom", g.FirstName, gone.FirstName},
		JoinFact{"portable", "Portable", g.Phones.Mobile, gone.Phones.Mobile}, JoinFact{"domicile", "Domicile", g.Phones.Home, gone.Phones.Home},
		JoinFact{"travail", "Travail", g.Phones.Work, gone.Phones.Work})
}

// Join gives the guardian that two files make: the addresses of both, each once, those of the file that stays first.
func (g GuardianFile) Join(gone GuardianFile, chosen JoinChosen) GuardianFile {
	g.Civility, g.LastName = chosen.joinText("civilite", g.Civility, gone.Civility), chosen.joinText("nom", g.LastName, gone.LastName)
	g.UsedName, g.FirstName = chosen.joinText("nom_usage", g.UsedName, gone.UsedName), chosen.joinText("prenom", g.FirstName, gone.FirstName)
	g.Phones = Phones{Mobile: chosen.joinText("portable", g.Phones.Mobile, gone.Phones.Mobile), Home: chosen.joinText("domicile", g.Phones.Home, gone.Phones.Home),
		Work: chosen.joinText("travail", g.Phones.Work, gone.Phones.Work)}
	g.Emails = slices.Clone(g.Emails)
	for _, e := range gone.Emails {
		if !slices.ContainsFunc(g.Emails, func(k string) bool { return strings.EqualFold(k, e) }) {
			g.Emails = append(g.Emails, e)
		}
	}
	return g
}

// SameGuardian says that two files have the names of one person, or an address of e-mail in common; surely that they have the
// names and, besides, an address or a telephone.
func (g GuardianFile) SameGuardian(h GuardianFile) (same, surely bool) {
	named := FoldName(g.FirstName) == FoldName(h.FirstName) && sharesOne([]string{g.LastName, g.UsedName}, []string{h.LastName, h.UsedName}, FoldName)
	mailed := sharesOne(g.Emails, h.Emails, strings.ToLower)
	called := sharesOne([]string{g.Phones.Mobile, g.Phones.Home}, []string{h.Phones.Mobile, h.Phones.Home}, foldPhone)
	return named || mailed, named && (mailed || called)
}

// foldPhone leaves the digits of a number.
func foldPhone(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

// sharesOne says whether two lists have something in common, once folded; what is empty counts for nothing.
func sharesOne(a, b []string, fold func(string) string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return x != "" && slices.ContainsFunc(b, func(y string) bool { return fold(x) == fold(y) })
	})
}

// Least gives the rights that two files both give: what one of them took away stays taken away.
func (r Rights) Least(o Rights) Rights {
	return Rights{Legal: r.Legal && o.Legal, See: r.See && o.See, Book: r.Book && o.Book, PickUp: r.PickUp && o.PickUp}
}

// Most gives the rights that one of two files gives.
func (r Rights) Most(o Rights) Rights {
	return Rights{Legal: r.Legal || o.Legal, See: r.See || o.See, Book: r.Book || o.Book, PickUp: r.PickUp || o.PickUp}
}

// OtherFile stands before what the file that is no more said, when both said something.
const OtherFile = "Autre fiche : "

// bothTexts keeps two texts, or the one there is.
func bothTexts(kept, gone, between string) (text string, differ bool) {
	switch {
	case gone == "" || FoldName(kept) == FoldName(gone) && kept != "":
		return kept, false
	case kept == "":
		return gone, false
	}
	return kept + between + gone, true
}

// JoinCare gives all that two files say that must be known of a child: nothing is lost. reread names what both say
// differently, for a person to read again. A child goes home alone only when both files say so.
func JoinCare(kept, gone Care) (c Care, reread []string) {
	c = kept
	again := func(what string, differ bool) {
		if differ {
			reread = append(reread, what)
		}
	}
	var differ bool
	c.Diet, c.DietWords, differ = joinDiets(kept, gone)
	again("le régime", differ)
	c.Allergies, differ = bothTexts(kept.Allergies, gone.Allergies, "\n"+OtherFile)
	again("les allergies", differ)
	c.Plan, differ = joinPlans(kept.Plan, gone.Plan)
	again("le PAI", differ)
	c.LeavesAlone = kept.LeavesAlone && gone.LeavesAlone
	again("le départ seul, qui n’est plus autorisé", kept.LeavesAlone != gone.LeavesAlone)
	return c, reread
}

// joinDiets gives the diet of whoever has one; two of them are written one after the other.
func joinDiets(kept, gone Care) (d Diet, words string, differ bool) {
	switch {
	case kept.Diet == gone.Diet && FoldName(kept.DietWords) == FoldName(gone.DietWords):
		return kept.Diet, kept.DietWords, false
	case kept.Diet == StandardDiet:
		return gone.Diet, gone.DietWords, true
	case gone.Diet == StandardDiet:
		return kept.Diet, kept.DietWords, true
	}
	return OtherDiet, kept.DietLine() + " ; " + gone.DietLine(), true
}

// joinPlans gives a plan that holds as long as one of the two does, with the words of both.
func joinPlans(kept, gone CarePlan) (p CarePlan, differ bool) {
	switch {
	case !gone.Exists() || kept == gone:
		return kept, false
	case !kept.Exists():
		return gone, false
	}
	p = CarePlan{First: min(kept.First, gone.First), Last: max(kept.Last, gone.Last)}
	if kept.Last == 0 || gone.Last == 0 {
		p.Last = 0
	}
	p.Words, _ = bothTexts(kept.Words, gone.Words, "\n"+OtherFile)
	return p, true
}

// JoinFate is what becomes of a booking of the file that goes.
type JoinFate int

// The fates of a booking.
const (
	JoinMoves   JoinFate = iota // it is the other file's now
	JoinDoubles                 // the file that stays has the same day: one is left
	JoinClashes                 // it does not go with a booking of the file that stays, which is left
)

// JoinBooking is a booking of one of two files of a child.
type JoinBooking struct {
	Activity *Activity
	Day      Date
	Status   Status
	Queue    int // on the waiting list
	Hours    Hours
	Absent   bool
}

// JoinedDay is what becomes of a booking of the file that goes.
type JoinedDay struct {
	JoinBooking
	Fate  JoinFate
	Keeps bool   // of a double, it is this one that stays: booked where the other one waits, or before it on the list
	With  string // the activity that it does not go with
}

// JoinDays says what becomes of the bookings of a file that goes, the other one's being there. From today on nothing is left
// that does not go together but what was so before.
func JoinDays(kept, gone []JoinBooking, today Date) []JoinedDay {
	list := make([]JoinedDay, 0, len(gone))
	for _, b := range gone {
		d := JoinedDay{JoinBooking: b}
		if i := slices.IndexFunc(kept, func(k JoinBooking) bool { return k.Activity == b.Activity && k.Day == b.Day }); i >= 0 {
			d.Fate = JoinDoubles
			d.Keeps = b.Status != kept[i].Status && b.Status == Booked || b.Status == kept[i].Status && b.Status == Waiting && b.Queue < kept[i].Queue
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b JoinedDay) int { return cmp.Compare(a.Day, b.Day) })
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].Day == list[from].Day {
			to++
		}
		if list[from].Day >= today {
			settleClashes(kept, gone, list[from:to])
		}
		from = to
	}
	return list
}

// settleClashes gives up what does not go with the bookings of the file that stays, one after the other: a booking may need
// another one that was given up.
func settleClashes(kept, gone []JoinBooking, day []JoinedDay) {
	known := append(Discords(othersOn(kept, day[0].Day)), Discords(othersOn(gone, day[0].Day))...)
	for {
		both := othersOn(kept, day[0].Day)
		for _, d := range day {
			if d.Fate == JoinMoves || d.Keeps {
				both = slices.DeleteFunc(both, func(o Other) bool { return o.Activity == d.Activity })
				both = append(both, Other{Activity: d.Activity, Hours: d.Hours, Status: d.Status})
			}
		}
		if !giveUpOne(Discords(both), known, day) {
			return
		}
	}
}

// giveUpOne gives up a booking for the first discord that is new, and says whether there was one.
func giveUpOne(discords, known []Discord, day []JoinedDay) bool {
	for _, d := range discords {
		if slices.Contains(known, d) || slices.Contains(known, Discord{d.Other, d.One, d.Lacks}) {
			continue
		}
		for i := range day {
			b := &day[i]
			if b.Activity != d.One && (d.Lacks || b.Activity != d.Other) {
				continue
			}
			if b.Keeps { // the other file goes on waiting
				b.Keeps = false
				return true
			}
			if b.Fate != JoinMoves {
				continue
			}
			b.Fate, b.With = JoinClashes, d.Other.Name
			if b.Activity == d.Other {
				b.With = d.One.Name
			}
			return true
		}
	}
	return false
}

func othersOn(list []JoinBooking, day Date) (others []Other) {
	for _, b := range list {
		if b.Day == day && b.Activity != nil {
			others = append(others, Other{Activity: b.Activity, Hours: b.Hours, Status: b.Status})
		}
	}
	return others
}

// JoinedRequest is something asked of staff under one of two files, that ends because the other one has the day.
type JoinedRequest struct {
	Child    ChildID
	Activity *Activity
	Day      Date
	Account  AccountID
	Hours    Hours
	Late     bool
	Booked   bool // the other file has it booked, or waits for it; else it asks for it too
}

// Words says what becomes of it.
func (r JoinedRequest) Words() string {
	words := "Le " + r.Day.LongYear() + " : « " + r.Activity.Name + " » est "
	if r.Booked {
		return words + "réservé, ou en liste d’attente, dans une fiche et demandé à la mairie dans l’autre. La demande est close, et la famille qui l’a faite en est avertie."
	}
	return words + "demandé à la mairie dans les deux fiches. La demande de la fiche gardée reste, l’autre est close, et la famille qui l’a faite en est avertie."
}

// JoinFigure counts something that goes from one file to the other.
type JoinFigure struct {
	N         int
	One, Many string
}

// JoinSentence says what goes to the file that stays: « 14 réservations, 2 documents et 1 demande passent à DUPONT Amalia. »
func JoinSentence(figures []JoinFigure, to string) string {
	var words []string
	total := 0
	for _, f := range figures {
		if f.N > 0 {
			words, total = append(words, Count(f.N, f.One, f.Many)), total+f.N
		}
	}
	switch total {
	case 0:
		return ""
	case 1:
		return List(words) + " passe à " + to + "."
	}
	return List(words) + " passent à " + to + "."
}

// JoinDayWords says what is not simply handed over of the bookings of a file that goes.
func JoinDayWords(days []JoinedDay) (words []string) {
	var booked, waiting int
	var clashes []string
	for _, d := range days {
		switch {
		case d.Fate == JoinClashes:
			clashes = append(clashes, "Le "+d.Day.LongYear()+" : « "+d.Activity.Name+" » ne va pas avec « "+d.With+" ». La réservation de la fiche qui reste est gardée, l’autre est annulée.")
		case d.Fate == JoinDoubles && d.Status == Booked:
			booked++
		case d.Fate == JoinDoubles:
			waiting++
		}
	}
	switch {
	case booked == 1:
		words = append(words, "1 jour est réservé dans les deux fiches : une seule réservation reste, celle de la fiche gardée ; l’autre rend sa place.")
	case booked > 1:
		words = append(words, Count(booked, "jour")+" sont réservés dans les deux fiches : une seule réservation reste, celle de la fiche gardée ; l’autre rend sa place.")
	}
	switch {
	case waiting == 1:
		words = append(words, "1 jour est en liste d’attente dans les deux fiches : le meilleur rang reste.")
	case waiting > 1:
		words = append(words, Count(waiting, "jour")+" sont en liste d’attente dans les deux fiches : le meilleur rang reste.")
	}
	if n := len(clashes); n > JoinClashesShown {
		clashes = append(clashes[:JoinClashesShown], "Et de même "+Count(n-JoinClashesShown, "autre jour", "autres jours")+".")
	}
	return append(words, clashes...)
}

// JoinClashesShown is how many days that do not go together are named one by one.
const JoinClashesShown = 5

// Rename gives a rule the number of a household that another one has become.
func (c *Custody) Rename(from, to FamilyID) {
	for _, f := range []*FamilyID{&c.A, &c.B, &c.Even} {
		if *f == from {
			*f = to
		}
	}
	for i := range c.Special {
		if c.Special[i].Family == from {
			c.Special[i].Family = to
		}
	}
}
