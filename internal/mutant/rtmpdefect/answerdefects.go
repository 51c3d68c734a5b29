package rtmpdefect

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"hookproof/hook"
)

// opening are the events whose answer decides.
var opening = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay}

// admits takes some of the rejecting answers to opening events for accepting.
func admits(which func(*answer) bool, events ...hook.Event) hookFunc {
	if len(events) == 0 {
		events = opening
	}
	return on(func(x *exchange) {
		a := x.ask()
		if !x.accepted(a) && which(a) {
			a = accepting()
		}
		x.relay(a)
	}, events...)
}

// rejects takes some of the accepting answers to opening events for rejecting.
func rejects(which func(*answer) bool) hookFunc {
	return on(func(x *exchange) {
		a := x.ask()
		if x.accepted(a) && which(a) {
			a = refusing()
		}
		x.relay(a)
	}, opening...)
}

// Kinds of answer, for admits and rejects.
func anyAnswer(*answer) bool       { return true }
func noWholeAnswer(a *answer) bool { return a.failed() }
func success(a *answer) bool       { return !a.failed() && a.hook.Status/100 == 2 }
func redirect(a *answer) bool      { return !a.failed() && a.hook.Status/100 == 3 }
func padded(a *answer) bool {
	return a.hook.Status == http.StatusOK && string(bytes.TrimSpace(a.hook.Body)) == "0"
}
func empty(a *answer) bool { return a.hook.Status == http.StatusOK && len(a.hook.Body) == 0 }
func startsZero(a *answer) bool {
	return a.hook.Status == http.StatusOK && bytes.HasPrefix(a.hook.Body, []byte("0"))
}
func failedStatus(a *answer) bool { return !a.failed() && a.hook.Status >= 400 }
func chunkedAnswer(a *answer) bool {
	head, _, _ := bytes.Cut(a.raw, []byte("\r\n\r\n"))
	return bytes.Contains(bytes.ToLower(head), []byte("transfer-encoding: chunked"))
}
func oldAnswer(a *answer) bool  { return bytes.HasPrefix(a.raw, []byte("HTTP/1.0")) }
func created(a *answer) bool    { return a.hook.Status == http.StatusCreated }
func object(a *answer) bool     { return bytes.ContainsRune(a.hook.Body, '{') }
func longAnswer(a *answer) bool { return len(a.hook.Body) > 64<<10 }
func spacedObject(a *answer) bool {
	return object(a) && len(bytes.TrimSpace(a.hook.Body)) < len(a.hook.Body)
}

// body200 is an answer with status 200 whose body holds text.
func body200(text string) func(*answer) bool {
	return func(a *answer) bool {
		return !a.failed() && a.hook.Status == http.StatusOK && strings.Contains(string(a.hook.Body), text)
	}
}

// quickURL marks the URLs of the vhost with the shortest time-out; the
// time-out itself is 1 s, so soon is before it.
const (
	quickURL = "/hooks/quick/"
	soon     = 500 * time.Millisecond
)

// admitsLate lets a client on that waits too long for its answer.
func admitsLate(x *exchange) {
	if !strings.HasPrefix(x.req.target(), quickURL) {
		x.pass()
		return
	}
	got := make(chan *answer, 1)
	ctx, cancel := context.WithCancel(x.ctx)
	defer cancel()
	go func() { got <- x.world.call(ctx, x.conn.upstream, x.req) }()
	t := time.NewTimer(soon)
	defer t.Stop()
	select {
	case a := <-got:
		x.relay(a)
	case <-t.C:
		cancel() // as a server hangs up whose time is out
		<-got
		x.relay(accepting())
	}
}

// closingFails reports whether an answer to a closing event is no acceptance.
func (x *exchange) closingFails(a *answer) bool { return !x.accepted(a) }

// givesUpClosing sends no further closing event of a client once the answer to
// one was bad.
func givesUpClosing(x *exchange) {
	for ev := range x.client.failed {
		if ev != x.req.event {
			drop(x)
			return
		}
	}
	a := x.ask()
	if x.closingFails(a) {
		x.client.failed[x.req.event] = true
	}
	x.relay(a)
}

// repeatsClosing sends a closing event again when its answer was bad.
func repeatsClosing(x *exchange) {
	a := x.ask()
	if x.closingFails(a) {
		a = x.ask()
	}
	x.relay(a)
}

// sharesVerdict answers an event, while another of its app is pending, the
// answer that the app's last one got: as a server does that mixes answers up.
func sharesVerdict(x *exchange) {
	app := x.world.app(x.req.payload.App)
	app.mu.Lock()
	app.asking++
	app.mu.Unlock()
	own := x.ask()
	app.mu.Lock()
	a := own
	if app.asking > 1 && app.verdict != nil && !x.client.marker {
		a = app.verdict
	}
	if !own.failed() {
		app.verdict = own
	}
	app.asking--
	app.mu.Unlock()
	x.relay(a)
}

// A slot is one pending exchange: when it began, and what tells its end.
type slot struct {
	since time.Time
	done  chan struct{}
}

// oneSlowForAll has the answers of an app wait for those that were asked for
// before.
func oneSlowForAll(x *exchange) {
	app := x.world.app(x.req.payload.App)
	mine := slot{since: time.Now(), done: make(chan struct{})}
	app.mu.Lock()
	app.pending[x] = mine
	app.mu.Unlock()
	a := x.ask()
	app.mu.Lock()
	delete(app.pending, x)
	app.mu.Unlock()
	close(mine.done)
	for s := app.oldest(mine.since); s != nil; s = app.oldest(mine.since) {
		select {
		case <-s.done:
		case <-x.ctx.Done():
			return
		}
	}
	x.relay(a)
}

// oldest returns the oldest pending exchange that began before a time; nil
// without one.
func (a *app) oldest(before time.Time) *slot {
	a.mu.Lock()
	defer a.mu.Unlock()
	var oldest *slot
	for _, s := range a.pending {
		if s.since.Before(before) && (oldest == nil || s.since.Before(oldest.since)) {
			oldest = &s
		}
	}
	return oldest
}

// Several URLs of an event: those of the vhost that has three, as the URLs
// themselves tell: /hooks/several/N/event?vhost=several&n=N.
const (
	severalURL = "/hooks/several/"
	severalOf  = 3
)

// urlNumber says which of its event's URLs a target is; 0 for one of an event
// with a single URL.
func urlNumber(target string) int {
	rest, ok := strings.CutPrefix(target, severalURL)
	if !ok || rest == "" || rest[0] < '1' || rest[0] > '0'+severalOf {
		return 0
	}
	return int(rest[0] - '0')
}

// atNumber changes a target to that of another URL of the same event.
func atNumber(target string, n int) string {
	digit := string(rune('0' + n))
	rest := strings.TrimPrefix(target, severalURL)
	return strings.Replace(severalURL+digit+rest[1:], "n="+rest[:1], "n="+digit, 1)
}

// several has a defect concern events with several URLs only.
func several(d func(x *exchange, n int)) hookFunc {
	return func(x *exchange) {
		if n := urlNumber(x.req.target()); n > 0 && x.req.known {
			d(x, n)
			return
		}
		x.pass()
	}
}

// firstOnly calls the first URL of an event only.
func firstOnly(x *exchange, n int) {
	if n > 1 {
		drop(x)
		return
	}
	x.pass()
}

// backwards calls the first two URLs of closing events in the wrong order.
func backwards(x *exchange, n int) {
	switch {
	case !x.req.event.Closing() || n > 2:
		x.pass()
	case n == 1:
		holdBack(x)
	default:
		a := x.ask()
		sendHeld(x)
		x.relay(a)
	}
}

// onAfterRefusal calls the further URLs of an event although one has refused.
func onAfterRefusal(x *exchange, n int) {
	a := x.ask()
	if !x.req.event.Closing() && !x.accepted(a) {
		for next := n + 1; next <= severalOf; next++ {
			r := x.req.clone()
			r.setTarget(atNumber(r.target(), next))
			x.call(r)
		}
	}
	x.relay(a)
}

// lastDecides does not let a refusal at the URLs before the last one count.
func lastDecides(x *exchange, n int) {
	a := x.ask()
	if slices.Contains(opening, x.req.event) && n < severalOf && !x.accepted(a) {
		a = accepting()
	}
	x.relay(a)
}

// stopsAtFailure calls no further URL of a closing event after a bad answer.
func stopsAtFailure(x *exchange, n int) {
	switch failed := x.client.failed; {
	case !x.req.event.Closing():
		x.pass()
	case n > 1 && failed[x.req.event]:
		drop(x)
	default:
		a := x.ask()
		failed[x.req.event] = x.closingFails(a)
		x.relay(a)
	}
}

// callsTwice calls every URL twice.
func callsTwice(x *exchange, _ int) { double(x) }

// busy is from how many pending hooks of one app on an event gets lost; more
// than any scenario has but those under load.
const busy = 8

// losesUnderLoad loses on_unpublish while many hooks of the app are pending.
func losesUnderLoad(x *exchange) {
	app := x.world.app(x.req.payload.App)
	app.mu.Lock()
	app.asking++
	many := app.asking >= busy
	app.mu.Unlock()
	if many && x.req.event == hook.OnUnpublish {
		drop(x)
	} else {
		x.relay(x.ask())
	}
	app.mu.Lock()
	defer app.mu.Unlock()
	app.asking--
}

// diesOfNesting ends the server when an answer is nested deep.
func diesOfNesting(x *exchange) { diesNested(x, 1000) }

// diesOfDeeperNesting does so when it is nested deeper.
func diesOfDeeperNesting(x *exchange) { diesNested(x, 3000) }

func diesNested(x *exchange, depth int) {
	a := x.ask()
	if bytes.Contains(a.raw, bytes.Repeat([]byte("["), depth)) {
		x.world.die()
	}
	x.relay(a)
}
