package hooktarget

import (
	"bytes"
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

// hostile is a request that is to leave the server alive (H-BAD-02). Its last
// part is held back while others are served.
type hostile struct {
	body func(o object) Body
	// held is where the part that is held back begins; 0 holds the last byte.
	held func(q *Request) int
	// never: the part is not sent at all; the connection ends.
	never   bool
	chunked bool
}

const (
	hugeBody  = 10 << 20
	deepNest  = 10_000
	otherCall = 3 // requests of others meanwhile
)

// hostiles are the rows of H-BAD-02, by the words of the features.
var hostiles = map[string]hostile{
	"a body of 10 MB":              {body: huge},
	"a body of 10 MB in chunks":    {body: huge, chunked: true},
	"arrays nested 10,000 deep":    {body: nested("[", "]")},
	"objects nested 10,000 deep":   {body: nested(`{"a":`, "}")},
	"10,000 arrays that open":      {body: opened},
	"a body that is not UTF-8":     {body: invalid},
	"a request that breaks off":    {body: plain, held: inBody, never: true},
	"a head that breaks off":       {body: plain, held: inHead, never: true},
	"a body that comes slowly":     {body: plain, held: inBody},
	"a head that comes slowly":     {body: plain, held: inHead},
	"a chunk that comes slowly":    {body: plain, held: inBody, chunked: true},
	"a header field of 1 MB":       {body: plain},
	"10,000 keys of the same name": {body: repeated},
}

func plain(o object) Body { return Body{Before: o.bytes("")} }

func inHead(q *Request) int { return len(q.head()) / 2 }

func inBody(q *Request) int { return len(q.head()) + len(q.body())/2 }

// open returns the body up to its closing brace, with room for one key more.
func (o object) open(key string) []byte {
	b := bytes.TrimSuffix(o.bytes(""), []byte("}"))
	return append(b, ","+quote(key)+":"...)
}

func huge(o object) Body {
	return Body{Before: append(o.open("comment"), '"'), Fill: 'x', Count: hugeBody, After: []byte(`"}`)}
}

func nested(open, end string) func(object) Body {
	return func(o object) Body {
		if len(open) == 1 {
			return Body{
				Before: o.open("comment"),
				Fill:   open[0],
				Count:  deepNest,
				After:  []byte(strings.Repeat(end, deepNest) + "}"),
			}
		}
		return Body{
			Before: append(o.open("comment"), strings.Repeat(open, deepNest)+"0"+strings.Repeat(end, deepNest)+
				"}"...),
		}
	}
}

func opened(o object) Body { return Body{Before: o.open("comment"), Fill: '[', Count: deepNest} }

func repeated(o object) Body {
	return Body{
		Before: append(bytes.TrimSuffix(o.bytes(""), []byte("}")), strings.Repeat(`,"comment":0`, deepNest)+"}"...),
	}
}

func invalid(o object) Body {
	const bad = "\"\xff\xfe\xc0\x80\xed\xa0\x80\""
	for _, key := range []string{"stream", "app", "pageUrl"} {
		if o.has(key) {
			o = o.set(key, bad)
		}
	}
	return Body{Before: o.set("comment", bad).bytes("")}
}

// Hostile sends what no caller sends. Before its last part goes out, others
// send ordinary events, and they do so again when it is over.
func (s *Scene) Hostile(what string) error {
	h, ok := hostiles[what]
	if !ok {
		return fmt.Errorf("no request is known as %q", what)
	}
	ev, err := s.anyOpening("")
	if err != nil {
		return err
	}
	err = s.visit(ev, func(v *visitor) error {
		pl := v.payload(ev)
		o, err := v.object(pl)
		if err != nil {
			return err
		}
		q := s.Target.request(
			ev,
			s.Target.o.URLs[ev][0],
			nil,
			"a request to the URL of "+ev.String()+": "+what,
			hookcheck.Anything,
		)
		q.Body, q.Chunked, q.by, q.payload = h.body(o), h.chunked, v, pl
		if what == "a header field of 1 MB" {
			q.Header = append([][2]string{{"X-Hookproof", strings.Repeat("x", 1<<20)}}, q.Header...)
		}
		return s.besiege(&q, h, ev)
	})
	if err != nil {
		return err
	}
	return s.ordinary(ev, hookcheck.Meanwhile)
}

// besiege sends the request in two parts, with ordinary events between them.
func (s *Scene) besiege(q *Request, h hostile, ev hook.Event) error {
	all := q.wire()
	cut := len(all) - 1
	if h.held != nil {
		cut = h.held(q)
	}
	n := s.asked(q, s.hostileRepro(q, h, all, cut))
	w, failed := s.Target.open(s.Ctx, q.URL, s.Target.scaled(loadLimit))
	if failed != nil {
		s.answered(n, q, failed)
		return s.Ctx.Err()
	}
	defer w.close()
	// A server may well refuse to read on, so the first part is written aside.
	first := make(chan struct{})
	go func() { defer close(first); w.send(all[:cut]) }()
	err := s.meanwhile(ev)
	if err != nil {
		w.close()
	} else {
		w.extend(s.Facts.Limit)
	}
	<-first
	if err != nil {
		return err
	}
	if h.never {
		w.close()
		s.note("hostile", nil, "%s: the connection is closed", q.What)
		return nil
	}
	w.send(all[cut:])
	w.extend(s.Facts.Limit)
	r := w.receive(q.method(), s.Facts.Limit)
	s.answered(n, q, &r)
	return s.Ctx.Err()
}

// meanwhile has others send ordinary events, until one of them waits in vain: that says enough.
func (s *Scene) meanwhile(ev hook.Event) error {
	for range otherCall {
		if err := s.ordinary(ev, hookcheck.Meanwhile); err != nil {
			return err
		}
		if all := hookcheck.Exchanges(s.Log.All(), hookcheck.Meanwhile); all[len(all)-1].Failure != "" {
			return nil
		}
	}
	return nil
}

// hostileRepro is the request as a line for a shell.
func (s *Scene) hostileRepro(q *Request, h hostile, all []byte, cut int) string {
	switch {
	case h.never:
		return netcat(q.URL, raw(all[:cut]))
	case h.held != nil:
		return netcat(q.URL, raw(all[:cut]), raw(all[cut:]))
	case len(q.Header) > 0 && len(q.Header[0][1]) >= 1<<20:
		head, value := string(q.head()), q.Header[0][1]
		before, after, _ := strings.Cut(head, value)
		b := Body{Before: []byte(before), Fill: value[0], Count: len(value), After: append([]byte(after), q.body()...)}
		return netcat(q.URL, b.shell())
	}
	return q.curl()
}
