package endpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"hookproof/hook"
)

// Verdict says what a caller that follows the profile must make of the answer
// that r got. A caller that closed before the answer was given has not got it.
func (r *Request) Verdict(p *hook.Profile) hook.Decision {
	return p.Judge(r.received(p))
}

// received is the answer as a caller of the profile gets it.
func (r *Request) received(p *hook.Profile) hook.Answer {
	fault := r.Answer.Fault.info()
	switch {
	case r.WriteErr != nil:
		return hook.Answer{Err: fmt.Errorf("the answer could not be written: %w", r.WriteErr)}
	case r.Answered.IsZero() || fault.never:
		return hook.Answer{Err: errors.New("no answer")}
	case !r.GaveUp.IsZero() && r.GaveUp.Before(r.Answered):
		return hook.Answer{Err: errors.New("the caller closed before the answer")}
	case r.Answer.Raw != "":
		return readRaw(r.Answer.Raw)
	case !r.Answer.Fault.Readable() && !(p.SkipInterim && r.Answer.Fault == Continue100):
		return hook.Answer{Err: fmt.Errorf("an answer with the fault %s", r.Answer.Fault)}
	}
	return hook.Answer{Status: r.Answer.status(), Body: []byte(r.Answer.Body)}
}

func readRaw(raw string) hook.Answer {
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), nil)
	if err != nil {
		return hook.Answer{Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return hook.Answer{Status: resp.StatusCode, Body: body, Err: err}
}
