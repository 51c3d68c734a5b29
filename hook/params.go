package hook

import (
	"iter"
	"strings"
)

// Params yields the parameters of a client's URL by name and value, in their
// order. s is what is after the first "?" of a tcUrl or a stream's name, or
// a payload's param, which begins with a "?".
//
// Parameters end at "&", at "?" (SRS 7 appends those of tcUrl with another one:
// ?token=a?vhost=b) or at the end of s. Nothing is unescaped and case matters:
// they are compared byte for byte (S-KEY-12). Empty ones are left out; one
// without "=" has an empty value.
func Params(s string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for one := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '?' || r == '&' }) {
			if name, value, _ := strings.Cut(one, "="); !yield(name, value) {
				return
			}
		}
	}
}
