package views

import "testing"

func TestUnbreakable(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"un deux-points", "<h1>Arrêter : l’accueil</h1>", "<h1>Arrêter\u00a0: l’accueil</h1>"},
		{"des guillemets", "Touchez « Valider » ; puis ? Oui !", "Touchez «\u00a0Valider\u00a0»\u00a0; puis\u00a0? Oui\u00a0!"},
		{"une balise n’est pas touchée", `<a title="a : b" href="/x ?y">c : d</a>`, `<a title="a : b" href="/x ?y">c` + "\u00a0: d</a>"},
		{"ce qui est tapé revient tel quel", "<textarea rows=\"2\">a : « b »</textarea> : fin", "<textarea rows=\"2\">a : « b »</textarea>\u00a0: fin"},
		{"un choix", "<select><option>Soir : étude</option></select>", "<select><option>Soir : étude</option></select>"},
		{"rien à faire", "<p>Bonjour tout le monde.</p> ", "<p>Bonjour tout le monde.</p> "},
		{"une page coupée", "<p>a : b <i", "<p>a\u00a0: b <i"},
	} {
		if got := string(unbreakable(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func BenchmarkUnbreakable(b *testing.B) {
	page := []byte{}
	for range 200 {
		page = append(page, `<td id="c-2026-11-20"><button class="jour" value="2026-11-20:1"><span>20</span> Réservé : jusqu’à jeudi, « Valider »</button></td>`...)
	}
	var to []byte
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		to = unbreakable(to[:0], page)
	}
}
