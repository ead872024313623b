// Package static holds what browsers keep: the style sheet, the scripts, the icons, the fonts.
//
// Everything is embedded and served under a path that contains the hash of its content, so that a browser may keep it
// for ever (Cache-Control: public, max-age=31536000, immutable): a changed file has another path.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

//go:embed app.js icones.svg favicon.svg css/*.css fonts/*.woff2 fonts/*.txt vendor/*.js vendor/*.txt aide/*.webp
var embedded embed.FS

// The names that pages ask for.
const (
	CSS     = "css/portail.css"
	JS      = "app.js"
	HTMX    = "vendor/htmx-4.0.1.min.js" // content of <meta name="htmx-src">: app.js decides whether this browser runs it
	Icons   = "icones.svg"               // <use href="{{path}}#i-plus"/>
	Favicon = "favicon.svg"
	Font    = "fonts/source-sans-3-latin-wght-normal.woff2" // the one worth a preload
)

// File is one file as it is served. Its slices are shared: do not write to them.
type File struct {
	Type string // Content-Type
	Body []byte
	Gzip []byte // Body compressed, nil when compressing gains nothing (fonts)
	ETag string // weak, quotes included: the same for Body and Gzip
}

var (
	paths = map[string]string{} // name in this folder → public path
	files = map[string]File{}   // public path → file
)

// Path is the public path of a file of this folder: Path("app.js") is "/static/app.0a1b2c3d4e.js".
// It panics on a name that does not exist: that is a mistake in the program.
func Path(name string) string {
	p, ok := paths[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return p
}

// Lookup finds a file by its public path.
func Lookup(path string) (File, bool) {
	f, ok := files[path]
	return f, ok
}

func init() {
	var sheets []string
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case path.Ext(name) == ".css":
			sheets = append(sheets, name)
		case name == JS:
			publish(name, compactJS(read(name)))
		default:
			publish(name, read(name))
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	for _, name := range sheets { // last: they quote the paths of the fonts
		publish(name, compactCSS(linkCSS(path.Dir(name), read(name))))
	}
}

func read(name string) []byte {
	body, err := embedded.ReadFile(name)
	if err != nil {
		panic(err) // what is embedded is there
	}
	return body
}

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".webp":  "image/webp",
	".woff2": "font/woff2",
}

func publish(name string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])[:10]
	ext := path.Ext(name)
	public := "/static/" + strings.TrimSuffix(name, ext) + "." + hash + ext
	f := File{Type: types[ext], Body: body, ETag: `W/"` + hash + `"`}
	if ext != ".woff2" && ext != ".webp" {
		f.Gzip = compress(body)
	}
	paths[name], files[public] = public, f
}

var gz, _ = gzip.NewWriterLevel(nil, gzip.BestCompression) // one for all: its tables weigh 800 kB

func compress(body []byte) []byte {
	var b bytes.Buffer
	gz.Reset(&b)
	gz.Write(body) // a bytes.Buffer does not fail
	gz.Close()
	return b.Bytes()
}

var cssURL = regexp.MustCompile(`url\("([^"]*)"\)`)

// linkCSS replaces each relative url("…") of a sheet that stands in dir by the public path.
func linkCSS(dir string, sheet []byte) []byte {
	return cssURL.ReplaceAllFunc(sheet, func(u []byte) []byte {
		relative := cssURL.FindSubmatch(u)[1]
		return []byte(`url("` + Path(path.Join(dir, string(relative))) + `")`)
	})
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssBlank   = regexp.MustCompile(`([{};,])\s+`)
	jsComment  = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	jsIndent   = regexp.MustCompile(`(?m)^[ \t]+|^\n`)
)

// compactCSS drops comments, and blanks where no blank has a meaning, so that the sheet can be commented freely.
func compactCSS(sheet []byte) []byte {
	return cssBlank.ReplaceAll(cssComment.ReplaceAll(sheet, nil), []byte("$1"))
}

// compactJS drops whole-line comments and indentation, and nothing else. It is for app.js, which has no template
// string over several lines; vendored files are served untouched.
func compactJS(script []byte) []byte {
	return jsIndent.ReplaceAll(jsComment.ReplaceAll(script, nil), nil)
}
