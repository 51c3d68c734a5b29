package rtmpdefect

import (
	"hash/fnv"
	"strconv"

	"hookproof/hook"
)

// setID replaces client_id, in the kind that the profile has.
func setID(w *world, r *request, id string) {
	if w.profile.ClientIDKind() == hook.NumberID {
		r.setBody(setRaw(r.body, "client_id", number(id)))
		return
	}
	r.setBody(setText(r.body, "client_id", id))
}

// number makes a number of an id that is not one.
func number(id string) string {
	if _, err := strconv.ParseUint(id, 10, 63); err == nil {
		return id
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.FormatUint(uint64(h.Sum32()), 10)
}

// withID has every event carry the client_id that f makes.
func withID(f func(*exchange) string) hookFunc {
	return func(x *exchange) {
		if id := f(x); x.req.known && id != "" {
			setID(x.world, x.req, id)
		}
		x.pass()
	}
}

// idOfStream is another client_id for what is about a stream than for what is
// about the connection.
func idOfStream(x *exchange) string {
	if x.req.event == hook.OnConnect || x.req.event == hook.OnClose {
		return ""
	}
	return x.client.id + "1"
}

// idPerStream is another client_id for each further stream of a connection.
func idPerStream(x *exchange) string {
	c := x.client
	switch x.req.event { // an event of several URLs is told of several times
	case hook.OnPublish, hook.OnPlay:
		if c.streams == 0 || c.ended {
			c.streams, c.ended = c.streams+1, false
		}
	case hook.OnUnpublish, hook.OnStop:
		c.ended = true
	}
	if c.streams < 2 || x.req.event == hook.OnClose {
		return ""
	}
	return c.id + strconv.Itoa(c.streams)
}

// idOfApp is one client_id for all clients of an app.
func idOfApp(x *exchange) string { return number("app " + x.req.payload.App) }

// idReused is the client_id of a client of the same app that has left.
func idReused(x *exchange) string {
	a := x.world.app(x.req.payload.App)
	a.mu.Lock()
	defer a.mu.Unlock()
	id, known := a.ids[x.client.id]
	if !known {
		if id = x.client.id; len(a.free) > 0 {
			id, a.free = a.free[0], a.free[1:]
		}
		a.ids[x.client.id] = id
	}
	if x.req.event == hook.OnClose {
		a.free = append(a.free, id)
		delete(a.ids, x.client.id)
	}
	return id
}

// nobodyStops tells on_stop of a client that is not there and names nothing of a
// player that is leaving.
func nobodyStops(x *exchange) {
	a := x.ask()
	if x.client.last[hook.OnPlay] != nil {
		x.call(x.world.compose(hook.OnStop, hook.Payload{IP: x.req.payload.IP, VHost: "__defaultVhost__"}))
	}
	x.relay(a)
}

// emptyID leaves client_id empty.
func emptyID(x *exchange) {
	x.req.setBody(setText(x.req.body, "client_id", ""))
	x.pass()
}
