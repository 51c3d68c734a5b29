package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// Version returns one line that names the build: module version, revision,
// "modified" when the tree was not clean, Go version and platform. It is what
// -version prints after the command's name.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown version, " + runtime.Version()
	}
	return describe(info)
}

// describe turns build information into Version's line.
func describe(info *debug.BuildInfo) string {
	settings := make(map[string]string, len(info.Settings))
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "development build"
	}
	parts := []string{version}
	if rev := settings["vcs.revision"]; rev != "" {
		parts = append(parts, "revision "+rev[:min(12, len(rev))])
	}
	if settings["vcs.modified"] == "true" {
		parts = append(parts, "modified")
	}
	parts = append(parts, info.GoVersion, runtime.GOOS+"/"+runtime.GOARCH)
	return strings.Join(parts, ", ")
}

// PrintVersion writes the line that -version prints.
func PrintVersion(w io.Writer, name string) { fmt.Fprintf(w, "%s %s\n", name, Version()) }
