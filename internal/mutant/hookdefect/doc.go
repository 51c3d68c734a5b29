// Package hookdefect has the rows of hook servers: mutants with one planted
// defect each, which name the requirements that must fail on them, and variants
// that differ legally and must not be accused. All of them are the reference
// hook server of this package with some parts replaced.
package hookdefect
