package handlers

import (
	"github.com/gofiber/fiber/v2"

	"marelle/views"
)

const (
	get  = fiber.MethodGet
	post = fiber.MethodPost
)

// familyTabs and staffTabs are the navigation; an entry whose page does not exist is not shown.
var (
	familyTabs = []views.Tab{
		{Label: "Accueil", Path: "/accueil", Icon: "maison"},
		{Label: "Réserver", Path: "/reservations", Icon: "calendrier"},
		{Label: "Absences", Path: views.AbsencesPath, Icon: "refus"},
		{Label: "Inscriptions à l’année", Path: "/inscriptions", Icon: "annee"},
		{Label: "Suivi", Path: "/suivi", Icon: "suivi"},
		{Label: "Consommations et règlements", Path: "/historique/consommations", Icon: "reglement"},
	}
	staffTabs = []views.Tab{
		{Label: "Accueil", Path: "/gestion", Icon: "maison"},
		{Label: "Demandes", Path: "/gestion/mouvements", Icon: "suivi"},
		{Label: "Familles", Path: views.FamiliesPath, Icon: "famille"},
		{Label: "Absences", Path: staffAbsencesPath, Icon: "refus"},
		{Label: "Nuits", Path: "/gestion/nuits", Icon: "lune"},
		{Label: "Messages", Path: views.AnnouncementsPath, Icon: "info"},
		{Label: "Réglages", Path: settingsPath, Icon: "crayon"},
	}
)

// routes lists every address of the site.
func (s *Site) routes() {
	// Everybody
	s.Route(get, "/", visitor, (*request).root)
	s.Route(get, "/connexion", visitor, (*request).signInPage)
	s.Route(post, "/connexion", public, (*request).signIn)
	s.Route(get, codePath, public, (*request).codePage)
	s.Route(post, codePath, public, (*request).signInCode)
	s.Route(get, "/mot-de-passe-oublie", public, (*request).forgottenPage)
	s.Route(post, "/mot-de-passe-oublie", public, (*request).askReset)
	s.Route(get, resetPath+":token", public, (*request).resetPage)
	s.Route(post, resetPath+":token", public, (*request).reset)
	s.Route(get, "/ical/:token", public, (*request).agenda)
	s.Route(get, "/rgpd", public, (*request).privacyText)
	s.Route(get, "/cgu", public, (*request).conditionsText)
	s.Route(get, "/accessibilite", public, (*request).accessibilityText)
	s.Route(get, "/aide", public, (*request).helpPage)
	s.Route(get, "/aide/:topic", public, (*request).helpTopic)
	s.Route(get, "/healthz", public, (*request).health)
	s.Route(get, "/robots.txt", public, (*request).robots)
	s.Route(get, "/favicon.ico", public, (*request).favicon)
	s.Route(get, "/static/*", public, (*request).file)
	s.Route(get, views.LookPath+":name", public, (*request).appearance)
	s.Route(get, installPath, public, (*request).installPage)
	s.Route(post, installPath, public, (*request).install)
	s.Route(get, installPath+"/fait", leaving, (*request).installed)
	if s.demo != nil {
		s.Route(post, "/demo/demain", public, (*request).tomorrow)
	}

	// Signing in and out
	s.Route(get, "/premiere-connexion", firstPassword, (*request).firstPasswordPage)
	s.Route(post, "/premiere-connexion", firstPassword, (*request).setFirstPassword)
	s.Route(get, "/mot-de-passe-enregistre", leaving, (*request).passwordSaved)
	s.Route(get, "/conditions", acceptTerms, (*request).termsPage)
	s.Route(post, "/conditions", acceptTerms, (*request).acceptTerms)
	s.Route(post, "/deconnexion", leaving, (*request).signOut)
	s.Route(post, "/structure", signedIn, (*request).lookAt)

	// Families
	s.Route(get, "/accueil", parent, (*request).home)
	s.Route(get, "/reservations", parent, (*request).bookings)
	s.Route(get, "/reservations/:child", parent, (*request).calendar)
	s.Route(post, "/reservations/:child", parent, (*request).askDay)
	s.Route(get, "/reservations/:child/:activity", parent, (*request).calendar)
	s.Route(post, "/reservations/:child/:activity", parent, (*request).askDay)
	s.Route(get, "/recapitulatif", parent, (*request).recap)
	s.Route(post, "/recapitulatif", parent, (*request).confirm)
	s.Route(post, "/recapitulatif/abandonner", parent, (*request).abandon)
	s.Route(post, "/recapitulatif/retablir", parent, (*request).restore)
	s.Route(get, "/copier", parent, (*request).copyPage)
	s.Route(post, "/copier", parent, (*request).copyDays)
	s.Route(get, "/recus/:number", parent, (*request).receipt)
	s.Route(post, "/recus/:number/revenir", parent, (*request).undoReceipt)
	s.Route(get, "/suivi", parent, (*request).follow)

	// Families: account
	s.Route(get, views.ReminderSettingsPath, parent, (*request).reminderSettings)
	s.Route(post, views.ReminderSettingsPath, parent, (*request).setReminders)
	s.Route(get, profilePath, signedIn, (*request).profile)
	s.Route(get, "/profil/adresses", signedIn, (*request).addressesPage)
	s.Route(post, "/profil/adresses", signedIn, (*request).saveAddresses)
	s.Route(get, "/profil/telephones", signedIn, (*request).phonesPage)
	s.Route(post, "/profil/telephones", signedIn, (*request).savePhones)
	s.Route(get, "/profil/mot-de-passe", signedIn, (*request).passwordPage)
	s.Route(post, "/profil/mot-de-passe", signedIn, (*request).changePassword)
	s.Route(post, "/profil/appareils", signedIn, (*request).closeDevices)
	s.Route(post, "/profil/agenda", signedIn, (*request).changeAgenda)
	s.Route(get, "/profil/enfants", parent, (*request).ownChildren)
	s.Route(get, "/profil/enfants/documents/:document", parent, (*request).openOwnPaper)
	s.Route(get, "/profil/donnees", signedIn, (*request).dataPage)
	s.Route(post, "/profil/donnees", signedIn, (*request).exportData)

	// Agents: second factor
	s.Route(get, factorPath, ownFactor, (*request).factorPage)
	s.Route(post, factorPath, ownFactor, (*request).changeFactor)
	s.Route(get, factorPhonePath, ownFactor, (*request).factorPhonePage)
	s.Route(post, factorPhonePath, ownFactor, (*request).confirmFactor)

	// Families: registrations for the year
	s.Route(get, views.RegistrationsPath, parent, (*request).registrations)
	s.Route(get, "/inscriptions/nouvelle/:child/:activity", parent, (*request).registrationPage)
	s.Route(post, "/inscriptions/nouvelle/:child/:activity", parent, (*request).askRegistration)
	s.Route(get, "/inscriptions/:registration/modifier", parent, (*request).registrationPage)
	s.Route(post, "/inscriptions/:registration/modifier", parent, (*request).askRegistration)
	s.Route(get, "/inscriptions/:registration/arreter", parent, (*request).registrationPage)
	s.Route(post, "/inscriptions/:registration/arreter", parent, (*request).askRegistration)
	s.Route(post, "/inscriptions/:registration/abandonner", parent, (*request).dropRegistration)

	// Families: follow-up and histories
	s.Route(get, "/suivi/demandes.csv", parent, (*request).followCSV)
	s.Route(get, "/suivi/reservations", parent, (*request).booked)
	s.Route(get, "/suivi/reservations.csv", parent, (*request).bookedCSV)
	s.Route(get, "/suivi/reservations.ics", parent, (*request).bookedICS)
	s.Route(get, "/suivi/journal", parent, (*request).journal)
	s.Route(get, consumptionsPath, parent, (*request).consumptions)
	s.Route(get, consumptionsPath+".csv", parent, consumptionsFile("csv"))
	s.Route(get, consumptionsPath+".xlsx", parent, consumptionsFile("xlsx"))
	s.Route(get, paymentsPath, parent, (*request).payments)
	s.Route(get, paymentsPath+".csv", parent, paymentsFile("csv"))
	s.Route(get, paymentsPath+".xlsx", parent, paymentsFile("xlsx"))

	// Families: waiting list and offers
	s.Route(get, "/attente", parent, (*request).waitlist)
	s.Route(get, "/attente/quitter/:child/:activity/:day", parent, (*request).leaveListPage)
	s.Route(post, "/attente/quitter/:child/:activity/:day", parent, (*request).leaveList)
	s.Route(get, "/attente/offres/:offer", parent, (*request).offerPage)
	s.Route(post, "/attente/offres/:offer", parent, (*request).answerOffer)
	s.Route(get, "/places/:token", visitor, (*request).tokenOfferPage)
	s.Route(post, "/places/:token", visitor, (*request).answerTokenOffer)

	// Families: absences
	s.Route(get, views.AbsencesPath, parent, (*request).absences)
	s.Route(post, views.AbsencesPath, parent, (*request).announce)
	s.Route(post, "/absences/present", parent, (*request).takeBack)
	s.Route(get, "/absences/:spell", parent, (*request).absence)
	s.Route(post, "/absences/:spell/justificatif", parent, (*request).sendDocument)
	s.Route(get, "/absences/justificatifs/:document", parent, (*request).openDocument)
	s.Route(post, "/absences/justificatifs/:document/retirer", parent, (*request).dropDocument)

	// Staff: families
	s.Route(get, views.FamiliesPath, staff, (*request).families)
	s.Route(post, views.FamiliesPath, managers, (*request).createFamily)
	s.Route(get, views.FamiliesPath+"/nouvelle", managers, (*request).newFamily)
	s.Route(get, views.FamiliesPath+"/:family", staff, (*request).familyPage)
	s.Route(get, views.FamiliesPath+"/:family/historique", managers, (*request).familyJournal)
	s.Route(get, views.FamiliesPath+"/:family/foyer", managers, (*request).householdPage)
	s.Route(post, views.FamiliesPath+"/:family/foyer", managers, (*request).saveHousehold)
	s.Route(post, views.FamiliesPath+"/:family/notes", managers, (*request).writeNote)
	s.Route(post, views.FamiliesPath+"/:family/notes/:note/retirer", managers, (*request).removeNote)
	s.Route(post, views.FamiliesPath+"/:family/responsables", managers, (*request).addGuardian)
	s.Route(get, views.FamiliesPath+"/:family/responsables/nouveau", managers, (*request).newGuardian)
	s.Route(get, views.FamiliesPath+"/:family/responsables/:account", managers, (*request).guardianPage)
	s.Route(post, views.FamiliesPath+"/:family/responsables/:account", managers, (*request).saveGuardian)
	s.Route(post, views.FamiliesPath+"/:family/responsables/:account/retirer", managers, (*request).removeGuardian)
	s.Route(get, views.FamiliesPath+"/:family/enfants/nouveau", managers, (*request).newChild)
	s.Route(post, views.FamiliesPath+"/:family/enfants", managers, (*request).addChild)
	s.Route(get, childrenPath+":child", staff, (*request).childPage)
	s.Route(get, childrenPath+":child/fiche", managers, (*request).identityPage)
	s.Route(post, childrenPath+":child/fiche", managers, (*request).saveIdentity)
	s.Route(get, childrenPath+":child/sante", managers, (*request).carePage)
	s.Route(post, childrenPath+":child/sante", managers, (*request).saveCare)
	s.Route(post, childrenPath+":child/personnes", managers, (*request).addPickup)
	s.Route(get, childrenPath+":child/personnes/nouvelle", managers, (*request).newPickup)
	s.Route(get, childrenPath+":child/personnes/:person", managers, (*request).pickupPage)
	s.Route(post, childrenPath+":child/personnes/:person", managers, (*request).savePickup)
	s.Route(post, childrenPath+":child/personnes/:person/retirer", managers, (*request).removePickup)
	s.Route(get, childrenPath+":child/documents", managers, (*request).newPaper)
	s.Route(post, childrenPath+":child/documents", managers, (*request).addPaper)
	s.Route(post, childrenPath+":child/documents/:document/retirer", managers, (*request).removePaper)
	s.Route(get, childrenPath+":child/inscriptions", managers, (*request).enrolmentPage)
	s.Route(post, childrenPath+":child/inscriptions", managers, (*request).saveEnrolment)
	s.Route(post, childrenPath+":child/inscriptions/:activity/retirer", managers, (*request).removeEnrolment)
	s.Route(get, views.PapersPath, managers, (*request).duePapers)
	s.Route(get, views.PapersPath+"/:document", managers, (*request).openPaper)
	s.Route(get, askedPapersPath, managers, (*request).askedPapersForm)
	s.Route(post, askedPapersPath, managers, (*request).askPapers)

	// Staff
	s.Route(get, "/gestion", staff, (*request).desk)
	s.Route(get, "/gestion/mouvements", staff, (*request).movements)
	s.Route(get, settingsPath, managers, (*request).settingsPage)
	s.activityRoutes()
	s.Route(get, structurePath, managers, (*request).structurePage)
	s.Route(post, structurePath, managers, (*request).saveStructure)
	s.Route(get, newStructurePath, administrators, (*request).newStructurePage)
	s.Route(post, newStructurePath, administrators, (*request).foundStructure)
	s.Route(get, lookSettingsPath, managers, (*request).lookPage)
	s.Route(post, lookSettingsPath, managers, (*request).saveColour)
	s.Route(post, lookSettingsPath+"/logo", managers, (*request).saveLogo)
	s.Route(post, lookSettingsPath+"/logo/retirer", managers, (*request).removeLogo)
	s.Route(get, schoolsPath, managers, (*request).schools)
	s.Route(post, schoolsPath, managers, (*request).addSchool)
	s.Route(get, schoolsPath+"/:school", managers, (*request).school)
	s.Route(post, schoolsPath+"/:school", managers, (*request).renameSchool)
	s.Route(post, schoolsPath+"/:school/retirer", managers, (*request).removeSchool)
	s.Route(get, schoolsPath+"/:school/reunir", managers, (*request).mergePage)
	s.Route(post, schoolsPath+"/:school/reunir", managers, (*request).mergeSchools)
	s.Route(post, schoolsPath+"/:school/classes", managers, (*request).addClass)
	s.Route(get, schoolsPath+"/:school/classes/:class", managers, (*request).class)
	s.Route(post, schoolsPath+"/:school/classes/:class", managers, (*request).changeClass)
	s.Route(post, schoolsPath+"/:school/classes/:class/retirer", managers, (*request).removeClass)
	s.Route(get, yearsPath, managers, (*request).years)
	s.Route(post, yearsPath, managers, (*request).createYear)
	s.Route(get, yearsPath+"/:year", managers, (*request).year)
	s.Route(post, yearsPath+"/:year", managers, (*request).changeYear)
	s.Route(post, yearsPath+"/:year/retirer", managers, (*request).removeYear)
	s.Route(get, calendarPath, managers, (*request).calendarSettings)
	s.Route(post, calendarPath+"/feries", managers, (*request).saveTerritory)
	s.Route(get, calendarPath+"/:year", managers, (*request).yearAtAGlance)
	s.Route(get, calendarPath+"/:year/vacances", managers, daysOffPage(true))
	s.Route(post, calendarPath+"/:year/vacances", managers, saveDaysOff(true))
	s.Route(get, calendarPath+"/:year/fermetures", managers, daysOffPage(false))
	s.Route(post, calendarPath+"/:year/fermetures", managers, saveDaysOff(false))
	s.Route(get, calendarPath+"/:year/import", managers, (*request).holidayImportPage)
	s.Route(post, calendarPath+"/:year/import", managers, (*request).importHolidays)
	s.Route(get, "/gestion/recus", managers, (*request).checkReceipt)
	s.Route(get, staffAbsencesPath, staff, (*request).staffAbsences)
	s.Route(get, staffDocumentsPath+":document", managers, (*request).openStaffDocument)
	s.Route(get, importPath, managers, (*request).importPage)
	s.Route(get, familiesPath, managers, (*request).familiesPage)
	s.Route(post, familiesPath, managers, (*request).importFamilies)
	s.Route(get, importPath+"/modele.csv", managers, (*request).modelFamilies)
	s.Route(get, exportPath, managers, (*request).exportPage)
	s.Route(post, exportPath, managers, (*request).exportAll)
	s.Route(get, exportPath+"/familles.csv", managers, (*request).exportFamilies)
	s.Route(get, nextYearPath, managers, (*request).nextYearPage)
	s.Route(post, nextYearPath, managers, (*request).changeNextYear)
	s.Route(post, importPath, managers, (*request).importRoll)
	s.Route(get, "/gestion/comptes", managers, (*request).accounts)
	s.Route(post, "/gestion/comptes/:account/lettre", managers, (*request).writeLetter)
	s.Route(get, "/gestion/lettres", managers, (*request).lettersPage)
	s.Route(post, "/gestion/lettres", managers, (*request).writeLetters)
	s.Route(get, "/gestion/nuits", managers, (*request).nights)
	s.Route(get, "/gestion/nuits/essai", managers, (*request).tryNight)
	s.Route(get, "/gestion/nuits/:date", managers, (*request).night)
	s.Route(post, "/gestion/nuits/:date/relancer", managers, (*request).rerunNight)
	s.Route(get, "/gestion/nuits/:date/transmission.csv", managers, nightFile("csv"))
	s.Route(get, "/gestion/nuits/:date/transmission.json", managers, nightFile("json"))
	s.Route(get, views.AnnouncementsPath, managers, (*request).announcements)
	s.Route(post, views.AnnouncementsPath, managers, (*request).writeAnnouncement)
	s.Route(get, views.AnnouncementsPath+"/nouveau", managers, (*request).newAnnouncement)
	s.Route(get, views.AnnouncementsPath+"/:message", managers, (*request).announcement)
	s.Route(post, views.AnnouncementsPath+"/:message", managers, (*request).changeAnnouncement)
	s.Route(post, views.AnnouncementsPath+"/:message/retirer", managers, (*request).removeAnnouncement)
	s.Route(post, views.AnnouncementsPath+"/:message/remettre", managers, (*request).restoreAnnouncement)
	s.Route(get, "/gestion/courriels", managers, (*request).mails)
	s.Route(post, "/gestion/courriels/renvoyer", managers, (*request).resendMails)
	s.Route(get, deadAddressesPath, managers, (*request).deadAddresses)
	s.Route(post, deadAddressesPath, managers, (*request).liftAddress)
	s.Route(get, "/gestion/courriels/:mail", managers, (*request).mail)
	s.Route(get, "/gestion/courriels/:mail/html", managers, (*request).mailHTML)
	s.Route(post, "/gestion/courriels/:mail/renvoyer", managers, (*request).resendMail)

	// Staff: team and audit log
	s.Route(get, views.TeamPath, administrators, (*request).team)
	s.Route(post, views.TeamPath+"/exigence", administrators, (*request).requireFactor)
	s.Route(get, views.TeamPath+"/nouveau", administrators, (*request).newAgentPage)
	s.Route(post, views.TeamPath+"/nouveau", administrators, (*request).addAgent)
	s.Route(get, views.TeamPath+"/:agent", administrators, (*request).agentPage)
	s.Route(post, views.TeamPath+"/:agent", administrators, (*request).changeAgent)
	s.Route(get, views.StaffJournalPath, managers, (*request).staffJournal)
	s.Route(get, views.StaffJournalPath+".csv", managers, (*request).staffJournalCSV)

	// Staff: texts
	s.Route(get, textsPath, managers, (*request).texts)
	s.Route(get, textsPath+"/courriels/:kind", managers, (*request).mailText)
	s.Route(post, textsPath+"/courriels/:kind", managers, (*request).saveMailText)
	s.Route(post, textsPath+"/courriels/:kind/html", managers, (*request).mailTextHTML)
	s.Route(post, textsPath+"/courriels/:kind/origine", managers, (*request).resetMailText)
	s.Route(get, textsPath+"/:kind", administrators, (*request).terms)
	s.Route(post, textsPath+"/:kind", administrators, (*request).saveTerms)
	s.Route(post, textsPath+"/:kind/publier", administrators, (*request).publishTerms)
	s.Route(post, textsPath+"/:kind/abandonner", administrators, (*request).dropTerms)
	s.Route(get, textsPath+"/:kind/versions/:version", administrators, (*request).termsVersion)

	// Staff: limits
	s.Route(get, cutoffsPath, managers, (*request).cutoffActivities)
	s.Route(get, "/gestion/reglages/activites/:activity/delais", managers, (*request).cutoffs)
	s.Route(get, "/gestion/reglages/activites/:activity/delais/modifier", managers, (*request).cutoffPage)
	s.Route(post, "/gestion/reglages/activites/:activity/delais/modifier", managers, (*request).editCutoff)
	s.Route(post, "/gestion/reglages/activites/:activity/delais/retirer", managers, (*request).removeCutoff)
	s.Route(post, "/gestion/reglages/activites/:activity/delais/abandonner", managers, (*request).dropCutoffs)
	s.Route(post, "/gestion/reglages/activites/:activity/delais/publier", managers, (*request).publishCutoffs)
	s.Route(post, "/gestion/reglages/activites/:activity/delais/versions/:version/retirer", managers, (*request).withdrawCutoffs)
	s.Route(get, limitProfilesPath, managers, (*request).limitProfiles)
	s.Route(post, limitProfilesPath, managers, (*request).createLimitProfile)
	s.Route(post, limitProfilesPath+"/familles", managers, (*request).giveProfile)
	s.Route(post, limitProfilesPath+"/familles/retirer", managers, (*request).takeProfile)
	s.Route(post, limitProfilesPath+"/:profile", managers, (*request).changeLimitProfile)

	// Whoever is not signed in is sent to the sign-in page from any address of staff, be there something or nothing.
	s.Route(get, "/gestion/*", staff, (*request).nowhere)
	s.Route(post, "/gestion/*", staff, (*request).nowhere)
}
