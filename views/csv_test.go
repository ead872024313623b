package views

import "testing"

func TestCSV(t *testing.T) {
	got := string(CSV([]string{"Nom", "Note"}, [][]string{{"D’HAUTPOUL", "=1+1"}, {`a;"b"`, "-2"}, {"+33", "@x"}, {"\tx", "@\ry"}, {"1-2", ""}}))
	want := "\ufeffNom;Note\r\nD’HAUTPOUL;'=1+1\r\n\"a;\"\"b\"\"\";'-2\r\n'+33;'@x\r\n'\tx;\"'@y\"\r\n1-2;\r\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
