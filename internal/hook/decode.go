package hook

import (
	"errors"
	"strings"
)

// Problem is one thing that is wrong with a payload.
type Problem struct {
	Key  string // empty where the body as a whole is meant
	Want string
	Got  string
}

// PayloadError lists everything that is wrong with a payload.
type PayloadError struct{ Problems []Problem }

func (e *PayloadError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// String gives "key: want …, got …".
func (p Problem) String() string {
	what := p.Key
	if what == "" {
		what = "body"
	}
	return what + ": want " + p.Want + ", got " + p.Got
}

// Decode reads a payload.
func (p *Profile) Decode(body []byte) (*Payload, error) { return &Payload{}, errors.New("not yet") }

// DecodeAny reads a payload of either profile.
func DecodeAny(body []byte) (*Payload, error) { return &Payload{}, errors.New("not yet") }
