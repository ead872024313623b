package handlers

import (
	"marelle/portal"
	"marelle/views"
)

func init() {
	one := views.ActivitiesPath + "/:activity"
	elsewhere[views.ActivitiesPath], elsewhere[one+"/deplacer"] = "TestActivitiesFromNothing", "TestActivitiesFromNothing"
	elsewhere[one+"/fermer"], elsewhere[one+"/rouvrir"] = "TestBookingsTouchedAreSaidFirst", "TestBookingsTouchedAreSaidFirst"
	for _, part := range portal.ActivityParts {
		elsewhere[one+"/"+string(part)] = "TestActivityParts"
	}
	for _, path := range []string{"/nouveau", "/:counter", "/:counter/retirer"} {
		elsewhere[views.PlacesPath+path] = "TestCounters"
	}
}
