package result

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"hookproof/hook"
	"hookproof/internal/reportdir"
	"hookproof/loadgen/account"
	"hookproof/loadgen/plan"
)

// Evidence is what the books of a run, or of a shard of one, are made of.
type Evidence struct {
	Profile    string            `json:"profile"`
	Plan       plan.Spec         `json:"plan"`
	Shard      plan.Shard        `json:"shard"`
	Meeting    string            `json:"meeting,omitempty"` // at which the shards agreed to begin
	Hooks      bool              `json:"hooks"`             // an endpoint of this process saw hooks
	Shared     bool              `json:"shared"`            // others may use the hook server
	LateAfter  time.Duration     `json:"late_after"`
	Warmup     time.Duration     `json:"warmup"`
	Thresholds []string          `json:"thresholds"`
	Outcomes   []account.Outcome `json:"outcomes"` // after the plan, which bounds them
	Entries    []account.Entry   `json:"entries"`
}

func (ev *Evidence) write(w io.Writer) error {
	z := gzip.NewWriter(w)
	return errors.Join(json.NewEncoder(z).Encode(ev), z.Close())
}

// Bounds of evidence that is read back.
const (
	maxEvidence   = 256 << 20 // bytes of the file
	maxElement    = 1 << 20   // bytes of one value, about
	maxThresholds = 1000
	maxName       = 1 << 10 // bytes of a client_id
	perSession    = 40      // hook requests of one session, on average
	spareEntries  = 10_000  // hook requests of nobody
)

// ReadEvidence reads a shard's evidence from its directory.
func ReadEvidence(dir string) (*Evidence, error) {
	path := filepath.Join(dir, evidenceFile)
	f, err := reportdir.Open(path, maxEvidence)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ev, err := readEvidence(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ev, nil
}

func readEvidence(from io.Reader) (*Evidence, error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	r := &evidenceReader{from: z, ev: &Evidence{}}
	r.json = json.NewDecoder(r)
	if err := r.object(); err != nil {
		return nil, err
	}
	return r.ev, r.check()
}

// evidenceReader reads evidence value by value, so that none is taken in that the plan does not allow for.
type evidenceReader struct {
	from io.Reader
	left int // bytes that the value under way may take
	json *json.Decoder
	ev   *Evidence
	plan *plan.Plan // once its Spec is read
}

// Read bounds each value.
func (r *evidenceReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("a value of more than %d bytes", maxElement)
	}
	n, err := r.from.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// next reads a value.
func (r *evidenceReader) next(to any) error {
	r.left = maxElement
	return r.json.Decode(to)
}

func (r *evidenceReader) delim(want json.Delim) error {
	r.left = maxElement
	t, err := r.json.Token()
	if err == nil && t != want {
		err = fmt.Errorf("want %v, got %v", want, t)
	}
	return err
}

func (r *evidenceReader) object() error {
	if err := r.delim('{'); err != nil {
		return err
	}
	ev := r.ev
	fields := map[string]any{"profile": &ev.Profile, "shard": &ev.Shard, "meeting": &ev.Meeting, "hooks": &ev.Hooks,
		"shared":     &ev.Shared,
		"late_after": &ev.LateAfter, "warmup": &ev.Warmup, "thresholds": &ev.Thresholds}
	for r.more() {
		t, err := r.json.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		to, known := fields[name]
		switch {
		case name == "plan":
			err = r.spec()
		case name == "outcomes":
			err = r.outcomes()
		case name == "entries":
			err = r.entries()
		case known:
			delete(fields, name)
			err = r.next(to)
		default:
			err = fmt.Errorf("the key %.40q is not known, or comes twice", name)
		}
		if err != nil {
			return err
		}
	}
	return r.delim('}')
}

func (r *evidenceReader) more() bool {
	r.left = maxElement
	return r.json.More()
}

func (r *evidenceReader) spec() error {
	if r.plan != nil {
		return errors.New("two plans")
	}
	if err := r.next(&r.ev.Plan); err != nil {
		return err
	}
	if err := r.ev.Plan.Check(); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	r.plan = plan.Make(r.ev.Plan)
	return nil
}

// list reads an array, at most so many values.
func list[T any](r *evidenceReader, to *[]T, most int, check func(*T) error) error {
	if r.plan == nil || *to != nil {
		return errors.New("want the plan first, and each list once")
	}
	r.left = maxElement
	t, err := r.json.Token()
	if err != nil || t == nil { // null: an empty list
		return err
	}
	if t != json.Delim('[') {
		return fmt.Errorf("want [, got %v", t)
	}
	for r.more() {
		if len(*to) >= most {
			return fmt.Errorf("want at most %d values of this plan", most)
		}
		var v T
		if err := r.next(&v); err != nil {
			return err
		}
		if err := check(&v); err != nil {
			return err
		}
		*to = append(*to, v)
	}
	return r.delim(']')
}

func (r *evidenceReader) outcomes() error {
	seen := make([]bool, len(r.sessions()))
	return list(r, &r.ev.Outcomes, len(seen), func(o *account.Outcome) error {
		switch {
		case o.Client < 0 || o.Client >= len(seen) || seen[o.Client]:
			return fmt.Errorf("an outcome of client %d, which the plan does not have, or twice", o.Client)
		case !r.ev.Shard.Has(&r.plan.Sessions[o.Client]):
			return fmt.Errorf("an outcome of client %d, which is another shard's", o.Client)
		case o.End > account.Cut || len(o.Error) > maxElement/2:
			return fmt.Errorf("an outcome of client %d that cannot be", o.Client)
		}
		seen[o.Client] = true
		return nil
	})
}

func (r *evidenceReader) sessions() []plan.Session {
	if r.plan == nil {
		return nil
	}
	return r.plan.Sessions
}

func (r *evidenceReader) entries() error {
	n := len(r.sessions())
	return list(r, &r.ev.Entries, perSession*n+spareEntries, func(e *account.Entry) error {
		switch {
		case e.Client < account.Nobody || e.Client >= n:
			return fmt.Errorf("a hook request of client %d, which the plan does not have", e.Client)
		case int(e.Event) >= len(hook.Events):
			return fmt.Errorf("a hook request of event %d", e.Event)
		case len(e.ID) > maxName || len(e.Reason) > maxElement/2:
			return fmt.Errorf("a hook request with a client_id of %d bytes", len(e.ID))
		}
		return nil
	})
}

// check looks at what does not depend on the plan.
func (r *evidenceReader) check() error {
	ev := r.ev
	switch sh := ev.Shard; {
	case r.plan == nil:
		return errors.New("there is no plan")
	case sh != plan.Shard{} && (sh.Number < 1 || sh.Number > sh.Of || sh.Of > plan.MaxShards):
		return fmt.Errorf("shard %d of %d cannot be", sh.Number, sh.Of)
	case len(ev.Thresholds) > maxThresholds || ev.LateAfter < 0 || ev.Warmup < 0:
		return errors.New("thresholds or times that cannot be")
	}
	_, err := hook.ProfileByName(ev.Profile)
	return err
}
