package handlers

import "marelle/views"

// helpPage lists the subjects of the parents' guide.
func (r *request) helpPage() error {
	return r.render(views.Help{Frame: r.frame("Aide", ""), Topics: views.HelpLinks(), Phone: r.phone()})
}

// helpTopic shows one of them.
func (r *request) helpTopic() error {
	page, err := views.NewHelpTopic(r.frame("", ""), r.Params("topic"), r.phone())
	if err != nil {
		return err
	}
	return r.render(page)
}

// phone gives the town hall's number, or nothing.
func (r *request) phone() string {
	if st := r.site.firstStructure(r.ctx()); st != nil {
		return st.Phone
	}
	return ""
}
