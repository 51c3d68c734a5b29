package order

import "hookproof/hook"

// state is the state of a client after all its answered events.
type state uint8

const (
	sNew state = iota
	sConnected
	sConnectRefused
	sPublishing
	sPublishRefused
	sPlaying
	sPlayRefused
	sIdle // published or played, and stopped
	sLost // accepted as publisher, but another one was live (S-CON-04)
	sClosed
	sHTTPPlaying // these three are of players over HTTP, which have no connection
	sHTTPRefused
	sHTTPStopped

	stateCount = iota
)

// eventSet is a set of events, a bit each.
type eventSet uint8

func set(events ...hook.Event) (s eventSet) {
	for _, e := range events {
		s |= 1 << e
	}
	return s
}

func (s eventSet) has(e hook.Event) bool { return s&(1<<e) != 0 }

var allEvents = set(hook.Events[:]...)

// cell says what an event means in a state.
type cell struct {
	accepted, refused state // the next state; the same for closing events

	kind     Kind // 0: it may come
	id, also string
	missing  eventSet // what must precede it; no problem if none of that is configured
}

// row describes a state: what each event means in it, and which events the
// client still owes.
type row struct {
	name   string
	owes   eventSet
	owesID string
	events [len(hook.Events)]cell
}

// table holds a profile's rules.
type table [stateCount]row

// role stands for S-ORD-01, S-ORD-02 or S-ORD-04, depending on whether the
// client turns out to be a publisher, a player, or neither.
const role = "role"

// Cells of events that are allowed.
func opens(accepted, refused state) cell { return cell{accepted: accepted, refused: refused} }
func goes(to state) cell                 { return cell{accepted: to, refused: to} }

// Cells of events that are not allowed; c holds the next state.
func (c cell) lacks(id, also string, missing ...hook.Event) cell {
	c.kind, c.id, c.also, c.missing = Missing, id, also, set(missing...)
	return c
}

func (c cell) bad(kind Kind, id, also string) cell {
	c.kind, c.id, c.also = kind, id, also
	return c
}

var (
	connects  = opens(sConnected, sConnectRefused)
	publishes = opens(sPublishing, sPublishRefused)
	plays     = opens(sPlaying, sPlayRefused)
	closes    = goes(sClosed)
)

// newRow: the first event of a client. alone is what on_close alone means; where
// it may come alone, a client that has connected owes it.
func newRow(alone cell) row {
	var owes eventSet
	if alone.kind == 0 {
		owes = set(hook.OnClose)
	}
	return row{name: "unknown", owes: owes, owesID: role, events: [...]cell{
		hook.OnConnect:   connects,
		hook.OnClose:     alone,
		hook.OnPublish:   publishes.lacks("S-ORD-01", "S-ID-01", hook.OnConnect),
		hook.OnUnpublish: goes(sIdle).lacks("S-ORD-01", "S-ID-01", hook.OnPublish),
		hook.OnPlay:      plays.lacks("S-ORD-02", "S-ID-01", hook.OnConnect),
		hook.OnStop:      goes(sIdle).lacks("S-ORD-02", "S-ID-01", hook.OnPlay),
	}}
}

var connectedRow = row{name: "connected", owes: set(hook.OnClose), owesID: role, events: [...]cell{
	hook.OnConnect:   connects.bad(Doubled, role, ""),
	hook.OnClose:     closes,
	hook.OnPublish:   publishes,
	hook.OnUnpublish: goes(sIdle).lacks("S-ORD-01", "", hook.OnPublish),
	hook.OnPlay:      plays,
	hook.OnStop:      goes(sIdle).lacks("S-ORD-02", "", hook.OnPlay),
}}

// refusedRow: after a refusal only on_close may follow.
func refusedRow(name string, self state, owes eventSet, id string) row {
	return row{name: name, owes: owes, owesID: id, events: [...]cell{
		hook.OnConnect:   connects.bad(AfterRefusal, id, ""),
		hook.OnClose:     closes,
		hook.OnPublish:   publishes.bad(AfterRefusal, id, ""),
		hook.OnUnpublish: goes(self).bad(AfterRefusal, id, ""),
		hook.OnPlay:      plays.bad(AfterRefusal, id, ""),
		hook.OnStop:      goes(self).bad(AfterRefusal, id, ""),
	}}
}

// publishingRow; again is what on_connect means before on_unpublish.
func publishingRow(again cell) row {
	return row{
		name: "publishing", owes: set(hook.OnUnpublish, hook.OnClose), owesID: "S-ORD-01",
		events: [...]cell{
			hook.OnConnect:   again,
			hook.OnClose:     closes.lacks("S-ORD-01", "", hook.OnUnpublish),
			hook.OnPublish:   publishes.lacks("S-ORD-01", "S-ORD-10", hook.OnUnpublish),
			hook.OnUnpublish: goes(sIdle),
			hook.OnPlay:      plays.lacks("S-ORD-01", "", hook.OnUnpublish),
			hook.OnStop:      goes(sPublishing).lacks("S-ORD-02", "", hook.OnPlay),
		},
	}
}

// playingRow; again is what on_connect means before on_stop.
func playingRow(again cell) row {
	return row{
		name: "playing", owes: set(hook.OnStop, hook.OnClose), owesID: "S-ORD-02",
		events: [...]cell{
			hook.OnConnect:   again,
			hook.OnClose:     closes.lacks("S-ORD-02", "", hook.OnStop),
			hook.OnPublish:   publishes.lacks("S-ORD-02", "", hook.OnStop),
			hook.OnUnpublish: goes(sPlaying).lacks("S-ORD-01", "", hook.OnPublish),
			hook.OnPlay:      plays.lacks("S-ORD-02", "S-ORD-13", hook.OnStop),
			hook.OnStop:      goes(sIdle),
		},
	}
}

// idleRow; again is what on_connect means once the client has stopped.
func idleRow(again cell) row {
	return row{name: "stopped", owes: set(hook.OnClose), owesID: role, events: [...]cell{
		hook.OnConnect:   again,
		hook.OnClose:     closes,
		hook.OnPublish:   publishes,
		hook.OnUnpublish: goes(sIdle).bad(Doubled, "S-ORD-01", ""),
		hook.OnPlay:      plays,
		hook.OnStop:      goes(sIdle).bad(Doubled, "S-ORD-02", ""),
	}}
}

// lostRow; unpublish is what on_unpublish means for a publisher that lost.
func lostRow(unpublish cell) row {
	r := refusedRow("lost to the live publisher", sLost, set(hook.OnClose), "S-CON-04")
	r.events[hook.OnUnpublish] = unpublish
	return r
}

var closedRow = row{name: "closed", events: [...]cell{
	hook.OnConnect:   connects.bad(AfterClose, "S-ID-02", role),
	hook.OnClose:     closes.bad(Doubled, role, ""),
	hook.OnPublish:   closes.bad(AfterClose, "S-ORD-01", ""),
	hook.OnUnpublish: closes.bad(AfterClose, "S-ORD-01", ""),
	hook.OnPlay:      closes.bad(AfterClose, "S-ORD-02", ""),
	hook.OnStop:      closes.bad(AfterClose, "S-ORD-02", ""),
}}

// Since SRS 3: on_connect comes with the first on_publish or on_play, and may come
// again with each further one; a client that leaves before causes on_close alone.
// An on_connect that came again may be followed by on_close: the client named a
// further stream and left. [Expect], which knows what the client did, allows it
// of such a client only.
var laterTable = table{
	sNew:            newRow(closes),
	sConnected:      connectedRow,
	sConnectRefused: refusedRow("refused at on_connect", sConnectRefused, set(hook.OnClose), "S-ANS-03"),
	sPublishing:     publishingRow(connects.lacks("S-ORD-01", "S-ORD-10", hook.OnUnpublish)),
	sPublishRefused: refusedRow("refused at on_publish", sPublishRefused, set(hook.OnClose), "S-ANS-04"),
	sPlaying:        playingRow(connects.lacks("S-ORD-02", "S-ORD-13", hook.OnStop)),
	sPlayRefused:    refusedRow("refused at on_play", sPlayRefused, set(hook.OnClose), "S-ANS-05"),
	sIdle:           idleRow(connects),
	sClosed:         closedRow,
}

// srs1: on_connect always comes first, and once; on_close may follow a refused
// on_connect, or not.
var srs1Table = table{
	sNew:            newRow(closes.lacks("S-ORD-04", "S-ID-01", hook.OnConnect)),
	sConnected:      connectedRow,
	sConnectRefused: refusedRow("refused at on_connect", sConnectRefused, 0, "S-ANS-03"),
	sPublishing:     publishingRow(goes(sPublishing).bad(Doubled, "S-ORD-01", "")),
	sPublishRefused: refusedRow("refused at on_publish", sPublishRefused, set(hook.OnClose), "S-ANS-04"),
	sPlaying:        playingRow(goes(sPlaying).bad(Doubled, "S-ORD-02", "")),
	sPlayRefused:    refusedRow("refused at on_play", sPlayRefused, set(hook.OnClose), "S-ANS-05"),
	sIdle:           idleRow(goes(sIdle).bad(Doubled, role, "")),
	sClosed:         closedRow,
}

// withHTTPPlayers adds the players over HTTP-FLV and HLS of SRS: they cause
// on_play and on_stop alone; on_stop may follow even a refused on_play.
func withHTTPPlayers(t table) table {
	stray := func(c cell) cell { return c.lacks("S-ORD-02", "", hook.OnConnect) }
	again := opens(sHTTPPlaying, sHTTPRefused).bad(Doubled, "S-ORD-02", "")
	others := [...]cell{
		hook.OnConnect: stray(connects), hook.OnClose: stray(closes),
		hook.OnPublish: stray(publishes), hook.OnUnpublish: stray(goes(sIdle)),
		hook.OnPlay: again, hook.OnStop: goes(sHTTPStopped),
	}
	stopped := others
	stopped[hook.OnStop] = goes(sHTTPStopped).bad(Doubled, "S-ORD-02", "")

	t[sNew].events[hook.OnPlay] = opens(sHTTPPlaying, sHTTPRefused)
	t[sHTTPPlaying] = row{name: "playing over HTTP", owes: set(hook.OnStop), owesID: "S-ORD-02", events: others}
	t[sHTTPRefused] = row{name: "refused over HTTP", events: others}
	t[sHTTPStopped] = row{name: "stopped over HTTP", events: stopped}
	return t
}

// tableFor returns the table of a profile.
func tableFor(p *hook.Profile, httpPlayers bool) *table {
	t := srs1Table
	if p.ConnectAlone == hook.May {
		t = laterTable
	}
	t[sLost] = lostRow(goes(sIdle).bad(AfterRefusal, "S-CON-04", ""))
	if p.UnpublishAfterBusy {
		t[sLost] = lostRow(goes(sIdle))
	}
	if httpPlayers {
		t = withHTTPPlayers(t)
	}
	return &t
}
