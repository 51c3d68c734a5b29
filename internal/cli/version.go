package cli

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Version gives one line that names the build: module version, revision,
// "modified" when the tree was not clean, Go version and platform. It is what
// -version prints behind the command's name.
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

// Color tells whether text written to w may be coloured: w is a terminal,
// NO_COLOR (https://no-color.org) is unset or empty, and TERM is not "dumb".
func Color(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	return Terminal(w)
}

// Terminal tells whether w is a character device other than the null device,
// which for the standard files means a terminal.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || f.Name() == os.DevNull {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
