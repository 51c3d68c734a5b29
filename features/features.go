// Package features holds the suite as its readers see it: the Gherkin files
// and the catalogue of requirements, embedded, and the list of test cases that
// the two make.
package features

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"hookproof/reports"
)

//go:embed requirements.yaml rtmpserver/*.feature hookserver/*.feature
var files embed.FS

// FS holds the feature files, by their path below features/.
func FS() fs.FS { return files }

// Roles of the requirements.
const (
	RoleServer     = "S" // the RTMP server that calls
	RoleHookServer = "H" // the hook server that is called
)

type catalogue struct {
	Version  string
	Earlier  []string
	Sections []struct {
		ID, Role, Title string
		Requirements    []struct {
			ID       string
			Level    string
			Levels   map[string]string
			Profiles []string
			Since    string
			Origin   string
			Text     string
			Source   string
		}
	}
}

// Profiles are the names of the protocol's profiles, in the order shown.
var Profiles = []string{"srs1", "srs3", "srs4", "srs6", "srs7", "srs8"}

// previews are those of them that were not seen on the wire: what is played in them is not scored.
var previews = []string{"srs8"}

// scored are the others.
var scored = slices.DeleteFunc(slices.Clone(Profiles), func(p string) bool { return slices.Contains(previews, p) })

// Requirements is the catalogue, in its order. The slice is shared: do not
// change it.
func Requirements() []reports.Requirement { return requirements().all }

// Version is that of the newest set of requirements: "2026-12".
func Version() string { return requirements().versions[len(requirements().versions)-1] }

// Versions are those of all sets that can be asked for, the oldest first.
func Versions() []string { return slices.Clone(requirements().versions) }

// set is the catalogue as it was read.
type set struct {
	versions []string // ascending
	all      []reports.Requirement
}

var requirements = sync.OnceValue(func() set {
	text, err := files.ReadFile("requirements.yaml")
	if err != nil {
		panic("features: " + err.Error()) // embedded; cannot happen
	}
	s, err := parseCatalogue(text)
	if err != nil {
		panic("features: requirements.yaml: " + err.Error()) // tested; cannot happen
	}
	return s
})

func parseCatalogue(text []byte) (set, error) {
	var c catalogue
	if err := yaml.Unmarshal(text, &c); err != nil {
		return set{}, err
	}
	versions := append(slices.Clone(c.Earlier), c.Version)
	for i, v := range versions {
		if _, err := time.Parse("2006-01", v); err != nil || i > 0 && v <= versions[i-1] {
			return set{}, fmt.Errorf("version: want a year and a month as in 2026-11, after those before it, got %q", v)
		}
	}
	var reqs []reports.Requirement
	for _, s := range c.Sections {
		for _, r := range s.Requirements {
			q := reports.Requirement{ID: r.ID, Section: s.ID + ": " + s.Title, Level: reports.Level(r.Level),
				Role: s.Role, Since: r.Since,
				Profiles: r.Profiles, Sentence: r.Text, Source: r.Source, Origin: reports.Origin(r.Origin)}
			if len(q.Profiles) == 0 {
				q.Profiles = scored
			}
			for p, l := range r.Levels {
				if q.LevelIn == nil {
					q.LevelIn = map[string]reports.Level{}
				}
				q.LevelIn[p] = reports.Level(l)
			}
			if r.Since != "" && !slices.Contains(versions, r.Since) {
				return set{}, fmt.Errorf("%s: since: want one of %v, got %q", r.ID, versions, r.Since)
			}
			reqs = append(reqs, q)
		}
	}
	return set{versions, reqs}, nil
}

// Requirement returns the requirement of that id; nil for an unknown one.
func Requirement(id string) *reports.Requirement {
	reqs := Requirements()
	for i := range reqs {
		if reqs[i].ID == id {
			return &reqs[i]
		}
	}
	return nil
}
