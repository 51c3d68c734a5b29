package hook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"hookproof/internal/redact"
)

// Answer is what came back for one call.
type Answer struct {
	Status int    // HTTP status; 0 without an answer
	Body   []byte // as received: not decompressed, transfer coding removed
	Err    error  // why there is no whole answer, or none that can be judged
}

// Decision is what an answer means for the client.
type Decision struct {
	Accept bool
	Reason string // of a refusal: what was wrong with the answer; else empty
	Unseen bool   // of a refusal by [Caller.Call]: no hook server has seen the event
}

func refuse(reason string) Decision { return Decision{Reason: reason} }

// Judge says what an answer means, by the table of PROTOCOL.md section 3 and
// the finer one of what SRS 7.0.18 does.
//
// Where neither says anything the answer is a refusal. So only the integer
// written as the single digit 0 counts as a zero code (-0 does not), and an
// object must be strict JSON in UTF-8, nested at most 1000 deep, without a byte
// order mark. Of several code keys the last one counts, as in SRS.
func (p *Profile) Judge(a Answer) Decision {
	if a.Err != nil {
		return refuse(a.Err.Error())
	}
	if !slices.Contains(p.AcceptStatus, a.Status) {
		return refuse("HTTP status " + strconv.Itoa(a.Status))
	}
	if len(a.Body) == 1 && a.Body[0] == '0' {
		return Decision{Accept: true}
	}
	return p.judgeCode(a.Body)
}

// judgeCode judges an answer other than the byte 0. A code that is not zero is a refusal like any hook server's; what
// is no code at all is said to be wrong.
func (p *Profile) judgeCode(body []byte) Decision {
	if n, err := strconv.ParseInt(string(body), 10, 64); err == nil && n != 0 {
		return refuse("code " + strconv.FormatInt(n, 10))
	}
	var code value
	found := false
	s := scanner{b: body}
	err := s.whole(func(key []byte, v value) {
		if string(inside(key)) == "code" {
			code, found = v, true
		}
	})
	zero := found && code.kind == jsonInteger && string(code.raw) == "0"
	switch {
	case err == nil && found && code.kind == jsonInteger && !zero:
		return refuse("code " + redact.Clip(string(code.raw), mostQuoted))
	case !p.AcceptObject:
		return refuse(fmt.Sprintf("answer: want exactly 0, got %s", quoteBody(body)))
	case err != nil && !bytes.HasPrefix(body, []byte("{")):
		return refuse("answer: want exactly 0, or a JSON object with the integer code 0, got " + quoteBody(body))
	case err != nil:
		return refuse(fmt.Sprintf(`answer: want exactly 0, or a JSON object with the integer code 0, got %s (%v)`,
			quoteBody(body), err))
	case !found:
		return refuse("answer: want the key code, got an object without it")
	case !zero:
		return refuse("answer: want the integer code 0, got " + code.String())
	}
	return Decision{Accept: true}
}

// quoteBody shows the beginning of an answer.
func quoteBody(b []byte) string {
	const most = 60
	if len(b) == 0 {
		return "nothing"
	}
	if len(b) > most {
		return fmt.Sprintf("%q… (%d bytes)", b[:most], len(b))
	}
	return strconv.Quote(string(b))
}
