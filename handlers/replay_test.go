package handlers

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/db/demo"
	"marelle/portal"
)

// gesture is one form as it can be sent from a page, or a link with its words of search.
type gesture struct {
	method, path string
	form         url.Values
}

// without gives a gesture in which nothing is written that holds one of some words, so that no answer can repeat it.
func (g gesture) without(words []string) gesture {
	form := url.Values{}
	for name, values := range g.form {
		for _, v := range values {
			if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(v, word) }) {
				v = "autre chose"
			}
			form.Add(name, v)
		}
	}
	return gesture{g.method, g.path, form}
}

var numbers = regexp.MustCompile(`\d+`)

// kind is what a gesture has in common with those of other rows: the address without its numbers, and which fields there are.
func (g gesture) kind() string {
	fields := make([]string, 0, len(g.form))
	for name := range g.form {
		fields = append(fields, numbers.ReplaceAllString(name, "#"))
	}
	slices.Sort(fields)
	u, err := url.Parse(g.path)
	if err != nil {
		return g.path
	}
	asked := []string{}
	for name := range u.Query() {
		asked = append(asked, name)
	}
	slices.Sort(asked)
	return g.method + " " + numbers.ReplaceAllString(u.Path, "#") + fmt.Sprint(asked, slices.Compact(fields), g.form["faire"])
}

// crawl opens everything that a person can reach from some pages below a path, one of each kind, and gives what can be
// asked and sent there.
func (b *browser) crawl(below []string, from ...string) (list []gesture) {
	b.w.t.Helper()
	kinds := map[string]bool{}
	may := func(g gesture) bool {
		u, err := url.Parse(g.path)
		if err != nil || !slices.ContainsFunc(below, func(p string) bool { return strings.HasPrefix(u.Path, p) }) || kinds[g.kind()] ||
			slices.ContainsFunc(list, func(h gesture) bool {
				return h.method == g.method && h.path == g.path && h.form.Encode() == g.form.Encode()
			}) {
			return false
		}
		kinds[g.kind()] = true
		return true
	}
	for _, path := range from {
		if g := (gesture{method: get, path: path}); may(g) {
			list = append(list, g)
		}
	}
	for i := 0; i < len(list); i++ {
		if list[i].method != get {
			continue
		}
		here := list[i].path
		if b.get(here); b.res.StatusCode != http.StatusOK || !strings.HasPrefix(b.res.Header.Get("Content-Type"), "text/html") {
			continue
		}
		base, _ := url.Parse(here)
		at := func(ref string) string {
			u, err := base.Parse(ref)
			if err != nil || u.Host != "" {
				return ""
			}
			u.Fragment = ""
			return u.String()
		}
		b.page.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			if g := (gesture{method: get, path: at(a.AttrOr("href", ""))}); may(g) {
				list = append(list, g)
			}
		})
		b.page.Find("form").Each(func(_ int, f *goquery.Selection) {
			for _, form := range filledIn(f) {
				g := gesture{method: strings.ToUpper(f.AttrOr("method", get)), path: at(f.AttrOr("action", here)), form: form}
				if g.method == get {
					path, _, _ := strings.Cut(g.path, "?")
					g = gesture{method: get, path: path + "?" + form.Encode()}
				}
				if may(g) {
					list = append(list, g)
				}
			}
		})
	}
	return list
}

// filledIn gives a form as a person would send it by each of its buttons: every box ticked, the last of each choice, and
// something in each field that is empty.
func filledIn(f *goquery.Selection) (list []url.Values) {
	form := url.Values{}
	f.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, value, kind := s.AttrOr("name", ""), s.AttrOr("value", ""), s.AttrOr("type", "text")
		if goquery.NodeName(s) != "input" {
			kind = goquery.NodeName(s)
		}
		switch {
		case name == "" || name == "_csrf" || kind == "file" || strings.HasPrefix(name, "retirer-"):
		case kind == "select":
			options := s.Find("option")
			form.Set(name, options.Eq(options.Length()-1).AttrOr("value", ""))
		case kind == "checkbox":
			form.Add(name, s.AttrOr("value", "on"))
		case kind == "radio":
			form.Set(name, s.AttrOr("value", "on"))
		case kind == "hidden" || value != "":
			form.Add(name, value)
		case kind == "password":
			form.Set(name, goodPassword)
		case kind == "date":
			form.Set(name, "2026-12-10")
		case kind == "datetime-local":
			form.Set(name, "2026-12-10T09:00")
		case kind == "email":
			form.Set(name, "essai@exemple.fr")
		case s.AttrOr("inputmode", "") == "numeric":
			form.Set(name, "1")
		case kind == "textarea" && s.Text() != "":
			form.Set(name, s.Text())
		default:
			form.Set(name, "essai")
		}
	})
	buttons := f.Find("button[name]")
	if buttons.Length() == 0 || f.Find("button:not([name])").Length() > 0 {
		list = append(list, form)
	}
	buttons.Each(func(_ int, s *goquery.Selection) {
		pressed := url.Values{s.AttrOr("name", ""): {s.AttrOr("value", "")}}
		for name, values := range form {
			if _, there := pressed[name]; !there {
				pressed[name] = values
			}
		}
		list = append(list, pressed)
	})
	return list
}

// belongings knows to which structure each row of the base belongs, by what the schema says refers to what.
type belongings struct {
	conn   *sql.DB
	owners map[string][]string // SQL that gives the structure of a row of a table, one for each way there
}

func (w *world) belongings() *belongings {
	w.t.Helper()
	conn, err := sql.Open("marelle", "file:"+w.store.Path()+"?_busy_timeout=5000")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetMaxOpenConns(1)
	b := &belongings{conn, map[string][]string{}}
	for _, table := range b.column(w.t, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' ORDER BY 1") {
		if table == "structure" {
			b.owners[table] = []string{"structure.id"}
			continue
		}
		b.owners[table] = b.ways(w.t, table, table, 0)
	}
	return b
}

// ways follows references from a table to the structure. What belongs to a person only is that person's, who may be of
// several structures: it belongs to CarteVille when the person is known nowhere else.
func (b *belongings) ways(t *testing.T, table, alias string, depth int) (list []string) {
	t.Helper()
	if slices.Contains(b.column(t, "SELECT name FROM pragma_table_info(?)", table), "structure_id") {
		list = append(list, alias+".structure_id")
	}
	if depth > 3 {
		return list
	}
	rows, err := b.conn.Query(`SELECT id, "table", "from", coalesce("to", (SELECT name FROM pragma_table_info(k."table") WHERE pk = k.seq + 1)) FROM pragma_foreign_key_list(?) k WHERE "table" NOT IN ('structure', 'account') ORDER BY id, seq`, table)
	if err != nil {
		t.Fatal(err)
	}
	type reference struct{ table, on string }
	refs := map[int]reference{}
	for rows.Next() {
		var id int
		var to, here, there string
		if err := rows.Scan(&id, &to, &here, &there); err != nil {
			t.Fatal(err)
		}
		r, on := refs[id], fmt.Sprintf("%s_%d.%s = %s.%s", alias, id, there, alias, here)
		if r.table = to; r.on != "" {
			on = r.on + " AND " + on
		}
		r.on = on
		refs[id] = r
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(refs)) {
		if r := refs[id]; r.table != table {
			to := fmt.Sprintf("%s_%d", alias, id)
			for _, way := range b.ways(t, r.table, to, depth+1) {
				list = append(list, fmt.Sprintf(`(SELECT %s FROM "%s" %s WHERE %s)`, way, r.table, to, r.on))
			}
		}
	}
	if len(list) == 0 && depth == 0 {
		for _, column := range []string{"account_id", "id"} {
			if slices.Contains(b.column(t, "SELECT name FROM pragma_table_info(?)", table), column) && (column == "account_id" || table == "account") {
				list = append(list, fmt.Sprintf(`(SELECT min(s) FROM (SELECT f.structure_id s FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = %s.%s UNION SELECT structure_id FROM staff WHERE account_id = %s.%s))`, alias, column, alias, column))
			}
		}
	}
	return list
}

func (b *belongings) column(t *testing.T, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := b.conn.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// written changes whenever somebody else wrote into the base.
func (b *belongings) written(t *testing.T) string {
	t.Helper()
	return b.column(t, "PRAGMA data_version")[0]
}

// digest sums the rows of a query up.
func (b *belongings) digest(t *testing.T, query string) string {
	t.Helper()
	rows, err := b.conn.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	columns, _ := rows.Columns()
	sum, n := sha256.New(), 0
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			fmt.Fprint(sum, *v.(*any), "|")
		}
		n++
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d rows %x", n, sum.Sum(nil)[:6])
}

// of digests, table by table, every row of a structure.
func (b *belongings) of(t *testing.T, structure portal.StructureID) map[string]string {
	t.Helper()
	digests := map[string]string{}
	for table, ways := range b.owners {
		if len(ways) == 0 {
			continue
		}
		digests[table] = b.digest(t, fmt.Sprintf(`SELECT * FROM "%s" WHERE %s = %d`, table, ways[0], structure))
	}
	return digests
}

// mixed lists the tables in which a row refers to two structures.
func (b *belongings) mixed(t *testing.T) (list []string) {
	t.Helper()
	for table, ways := range b.owners {
		for _, way := range ways[min(1, len(ways)):] {
			if n := b.column(t, fmt.Sprintf(`SELECT count(*) FROM "%s" WHERE %s <> %s`, table, ways[0], way))[0]; n != "0" {
				list = append(list, table+": "+n+" rows by "+way)
			}
		}
	}
	return list
}

// ownNumbers gives, for each parameter of a route, the number of something that a structure has; what it has none of is left out.
func (w *world) ownNumbers(structure portal.StructureID) map[string]string {
	w.t.Helper()
	own := map[string]string{}
	for name, query := range map[string]string{
		"family": "SELECT min(id) FROM family WHERE structure_id = ?", "child": "SELECT min(id) FROM child WHERE structure_id = ?",
		"account":  "SELECT min(g.account_id) FROM guardian g WHERE g.family_id = (SELECT min(id) FROM family WHERE structure_id = ?)",
		"activity": "SELECT min(id) FROM activity WHERE structure_id = ?", "counter": "SELECT min(id) FROM counter WHERE structure_id = ?", "school": "SELECT min(id) FROM school WHERE structure_id = ?",
		"class": "SELECT min(c.id) FROM class c JOIN school s ON s.id = c.school_id WHERE s.structure_id = ?", "year": "SELECT min(id) FROM school_year WHERE structure_id = ?",
		"profile": "SELECT min(id) FROM limit_profile WHERE structure_id = ?", "label": "SELECT min(id) FROM priority_label WHERE structure_id = ?",
	} {
		if n := w.scalar(query, structure); n != "" {
			own[name] = n
		}
	}
	return own
}

// inPlaceOf gives a gesture at addresses of somebody's own: all that stands in it, or the first only.
func (g gesture) inPlaceOf(w *world, own map[string]string) (list []gesture) {
	path, query, _ := strings.Cut(g.path, "?")
	for _, r := range w.site.table {
		if r.method != g.method || !r.matches(path) || strings.HasSuffix(r.path, "*") {
			continue
		}
		all, first, changed := strings.Split(path, "/"), strings.Split(path, "/"), 0
		for i, part := range strings.Split(r.path, "/") {
			n, known := own[strings.TrimPrefix(part, ":")]
			if !strings.HasPrefix(part, ":") || !known {
				continue
			}
			if all[i] = n; changed == 0 {
				first[i] = n
			}
			changed++
		}
		for i, parts := range [][]string{all, first}[:min(changed, 2)] {
			if there := strings.Join(parts, "/"); i == 0 || there != list[0].path {
				list = append(list, gesture{g.method, there, g.form})
			}
		}
		break
	}
	for i := range list {
		if query != "" {
			list[i].path += "?" + query
		}
	}
	return list
}

// sends sends a gesture as it is, once more when the page was changed meanwhile, and follows where it leads.
func (b *browser) sends(g gesture) (bodies string) {
	b.w.t.Helper()
	var form url.Values
	if g.method == post {
		form = url.Values{}
		maps.Copy(form, g.form)
		form.Set("_csrf", b.csrf)
	}
	b.send(g.method, g.path, form)
	bodies = b.body
	if seen := b.page.Find(`form [name="vu"]`).AttrOr("value", ""); g.method == post && b.res.StatusCode == http.StatusConflict && seen != "" {
		form.Set("vu", seen)
		bodies += b.send(g.method, g.path, form).body
	}
	if to := b.res.Header.Get("Location"); to != "" {
		if !strings.HasPrefix(to, "/gestion") {
			b.w.t.Fatalf("%s %s leads to %s: nothing more can be tried", g.method, g.path, to)
		}
		status := b.res.StatusCode
		bodies += b.get(to).body
		b.res.StatusCode = status
	}
	return bodies
}

// TestFormsOfTheNeighbours: whatever an administrator of CarteVille can ask and send from any page, with the numbers of
// families, children, classes, activities, counters, mails that stand in its fields and addresses, the administrator of the
// neighbouring structure sends in its place: as it is, then at addresses of its own with the fields of CarteVille. Nothing of
// CarteVille changes, no answer says a word of it, no file of it is given, and no row of the base belongs to both.
func TestFormsOfTheNeighbours(t *testing.T) {
	oneVisitor(t)
	t.Parallel()
	w, neighbour := twoTowns(t)
	words := slices.DeleteFunc(w.words(), func(word string) bool { return word == "RESTAURATION" }) // the neighbour's canteen has that name too
	known := w.realNumbers()
	home := w.enter(w.agent("ZADMIN", portal.Administrator))
	start := []string{"/gestion", "/gestion/guichet?q=dup"}
	for _, r := range w.site.table {
		if r.method == get && r.policy.area == staffArea && !strings.HasSuffix(r.path, "*") {
			path, _ := r.at(w, known)
			start = append(start, path)
		}
	}
	// What is of the whole site, and what sends everybody to another page first, is left out.
	gestures := slices.DeleteFunc(home.crawl([]string{"/gestion"}, start...), func(g gesture) bool {
		return strings.HasSuffix(g.path, "/equipe/exigence") || g.method == post && (strings.Contains(g.path, "/textes/cgu") || strings.Contains(g.path, "/textes/rgpd"))
	})

	w.structure = neighbour
	w.asks(portal.NewDate(2026, 12, 3))
	b := w.enter(w.agent("ZVOISIN", portal.Administrator))
	w.structure = 1
	for _, q := range []string{
		"INSERT INTO limit_profile (structure_id, name) VALUES (?, 'Profil voisin')", "INSERT INTO priority_label (structure_id, name, document) VALUES (?, 'Critère voisin', '')",
		"INSERT INTO counter (structure_id, name, capacity) VALUES (?, 'Compteur voisin', 9)",
	} {
		w.raw(q, neighbour)
	}
	own := w.ownNumbers(neighbour)
	owned := w.belongings()
	if list := owned.mixed(t); len(list) > 0 {
		t.Fatal(list)
	}
	before, written, statuses, posts := owned.of(t, 1), owned.written(t), map[string]int{}, 0
	var wrote []string
	for _, g := range gestures {
		g = g.without(words)
		for i, g := range append([]gesture{g}, g.inPlaceOf(w, own)...) {
			bodies := b.sends(g)
			statuses[fmt.Sprintf("%s %d as it is: %t", g.method, b.res.StatusCode, i == 0)]++
			if g.method == post {
				posts++
			}
			for _, word := range words {
				if strings.Contains(bodies, word) && !strings.Contains(g.path, word) && !strings.Contains(g.path, "/textes/courriels/") {
					t.Errorf("%s %s %v says « %s »", g.method, g.path, g.form, word)
					break
				}
			}
			if file := b.res.Header.Get("Content-Disposition"); file != "" && i == 0 && strings.Contains(g.path, "documents/") {
				t.Errorf("%s gives %s", g.path, file)
			}
			if now := owned.written(t); now != written {
				written, wrote = now, append(wrote, fmt.Sprint(g))
			}
		}
	}
	for table, digest := range owned.of(t, 1) {
		if before[table] != digest {
			t.Errorf("%s of CarteVille changed: %s, was %s", table, digest, before[table])
		}
	}
	for _, line := range owned.mixed(t) {
		t.Error("belongs to both: ", line)
	}
	if t.Failed() {
		t.Log("what was written came of these: ", strings.Join(wrote, "\n"))
	}
	t.Log(posts, statuses)
	if posts < 180 {
		t.Errorf("only %d forms were sent", posts)
	}

	// The same forms are true ones: from CarteVille they do what they say.
	sent, done := 0, 0
	for _, g := range gestures {
		if g.method == post && !strings.Contains(g.path, "/equipe") {
			form := url.Values{}
			maps.Copy(form, g.form)
			form.Set("_csrf", home.csrf)
			if sent++; home.send(post, g.path, form).res.StatusCode < 400 {
				done++
			}
		}
	}
	if done < sent/2 {
		t.Errorf("only %d of %d forms do something when CarteVille sends them", done, sent)
	}
}

// household digests what a family has: every row that names one of its children, itself, or its account, sessions left out.
func (b *belongings) household(t *testing.T, account string) map[string]string {
	t.Helper()
	family := "SELECT family_id FROM guardian WHERE account_id = " + account
	digests := map[string]string{}
	for table := range b.owners {
		columns := b.column(t, "SELECT name FROM pragma_table_info(?)", table)
		for column, whose := range map[string]string{"child_id": "SELECT child_id FROM family_child WHERE family_id IN (" + family + ")", "family_id": family, "account_id": account} {
			if slices.Contains(columns, column) && !strings.Contains(table, "session") {
				digests[table+" by "+column] = b.digest(t, fmt.Sprintf(`SELECT * FROM "%s" WHERE %s IN (%s)`, table, column, whose))
			}
		}
	}
	return digests
}

// TestFormsOfOtherFamilies: what parents can ask and send from their pages, another parent of the town sends in their place.
// Nothing of the family changes, and no answer names one of its children.
func TestFormsOfOtherFamilies(t *testing.T) {
	oneVisitor(t)
	t.Parallel()
	w, _ := twoTowns(t)
	owned := w.belongings()
	stranger := w.enter(w.guardian(1, "ZPARENT"))
	below := []string{"/accueil", "/reservations", "/recapitulatif", "/copier", "/recus", "/suivi", "/profil", "/inscriptions", "/historique", "/attente", "/absences", "/ical"}
	for name, who := range map[string]string{
		"cinq enfants":     "SELECT account_id FROM guardian GROUP BY account_id ORDER BY count(*) DESC, (SELECT count(*) FROM family_child fc WHERE fc.family_id = guardian.family_id) DESC LIMIT 1",
		"une offre":        "SELECT account_id FROM offer WHERE state = 'open' LIMIT 1",
		"un justificatif":  "SELECT account_id FROM absence_document LIMIT 1",
		"une inscription":  "SELECT account_id FROM registration_version LIMIT 1",
		"une attente":      "SELECT account_id FROM booking WHERE status = 'waiting' AND day > '2026-12-01' LIMIT 1",
		"un panier entamé": "SELECT account_id FROM wish LIMIT 1",
	} {
		account := w.scalar(who)
		if account == "" {
			t.Errorf("%s: nobody in CarteVille", name)
			continue
		}
		b := w.browser().signIn(w.scalar("SELECT login FROM account WHERE id = ?", account), demo.Password).want(http.StatusSeeOther)
		gestures := b.crawl(below, "/accueil", "/reservations", "/recapitulatif", "/copier", "/suivi", "/profil", "/inscriptions", "/historique/consommations", "/attente", "/absences")
		children := strings.Fields(w.scalar("SELECT group_concat(c.first_name, ' ') FROM child c JOIN family_child fc ON fc.child_id = c.id JOIN guardian g ON g.family_id = fc.family_id WHERE g.account_id = ? AND length(c.first_name) > 4 AND c.first_name <> 'Amalia'", account))
		before, posts := owned.household(t, account), 0
		for _, g := range gestures {
			var form url.Values
			if g.method == post {
				posts++
				form = url.Values{"_csrf": {stranger.csrf}}
				for field, values := range g.form {
					form[field] = values
				}
			}
			stranger.send(g.method, g.path, form)
			if to := stranger.res.Header.Get("Location"); strings.HasPrefix(to, "/connexion") {
				t.Fatalf("%s %s leads to %s: nothing more can be tried", g.method, g.path, to)
			}
			for _, child := range children {
				if strings.Contains(stranger.body, child) {
					t.Errorf("%s: %s %s %v names %s", name, g.method, g.path, g.form, child)
				}
			}
		}
		for what, digest := range owned.household(t, account) {
			if before[what] != digest {
				t.Errorf("%s: %s changed: %s, was %s", name, what, digest, before[what])
			}
		}
		changed := 0
		for _, g := range gestures { // the control: they are gestures that change something, when the family makes them
			if g.method == post && !strings.HasPrefix(g.path, "/deconnexion") {
				form := url.Values{"_csrf": {b.csrf}}
				for field, values := range g.form {
					form[field] = values
				}
				b.send(g.method, g.path, form)
			}
		}
		for what, digest := range owned.household(t, account) {
			if before[what] != digest {
				changed++
			}
		}
		if changed == 0 {
			t.Errorf("%s: the same forms change nothing for the family itself", name)
		}
		if posts < 10 || len(gestures)-posts < 30 || len(children) == 0 {
			t.Errorf("%s: only %d forms and %d addresses, %v", name, posts, len(gestures)-posts, children)
		}
		t.Logf("%s: %d forms and %d addresses; %d kinds of rows change when the family sends them", name, posts, len(gestures)-posts, changed)
	}
}
