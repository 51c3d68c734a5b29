package hook

import "strings"

// Payload is the content of one event. A profile sends and asks for the keys
// that its table lists for the event; the other fields are ignored.
type Payload struct {
	Action    string // the event's name, as in [Event.String]
	ClientID  string // decimal digits where the profile sends an integer
	IP        string // the client's address without port
	VHost     string
	App       string
	Stream    string // bare name, without parameters
	Param     string // with its leading "?", or empty
	TCURL     string // as the client sent it
	PageURL   string
	ServerID  string
	ServiceID string
	StreamURL string // "/app/stream", or "vhost/app/stream"
	StreamID  string
	SendBytes int64 // bytes sent to the client, handshake included
	RecvBytes int64 // bytes received from the client, handshake included
	Clients   int64 // publisher and players of the stream, the client included

	// More holds the other keys of the profile's table by name: strings as they
	// are, numbers in decimal digits. A key that is not in it is sent as an
	// empty string or 0.
	More map[string]string
}

// setMore keeps the value of a key that Payload has no field for.
func (pl *Payload) setMore(name string, v value) {
	if pl.More == nil {
		pl.More = make(map[string]string)
	}
	if v.kind == jsonString {
		pl.More[name] = string(inside(v.raw))
	} else {
		pl.More[name] = string(v.raw)
	}
}

// Event returns the event that Action names; false if it names none.
func (pl *Payload) Event() (Event, bool) { return eventOf(pl.Action) }

// field names a field of Payload, so that tables can speak of fields.
type field uint8

const (
	fieldUnknown field = iota
	fieldAction
	fieldClientID
	fieldIP
	fieldVHost
	fieldApp
	fieldStream
	fieldParam
	fieldTCURL
	fieldPageURL
	fieldServerID
	fieldServiceID
	fieldStreamURL
	fieldStreamID
	fieldSendBytes
	fieldRecvBytes
	fieldClients

	fieldCount
)

// fieldOf returns the field after a JSON key; fieldUnknown for other keys.
func fieldOf(key string) field {
	switch key {
	case "action":
		return fieldAction
	case "client_id":
		return fieldClientID
	case "ip":
		return fieldIP
	case "vhost":
		return fieldVHost
	case "app":
		return fieldApp
	case "stream":
		return fieldStream
	case "param":
		return fieldParam
	case "tcUrl":
		return fieldTCURL
	case "pageUrl":
		return fieldPageURL
	case "server_id":
		return fieldServerID
	case "service_id":
		return fieldServiceID
	case "stream_url":
		return fieldStreamURL
	case "stream_id":
		return fieldStreamID
	case "send_bytes":
		return fieldSendBytes
	case "recv_bytes":
		return fieldRecvBytes
	case "clients":
		return fieldClients
	}
	return fieldUnknown
}

// text returns the field as a string to read or set; nil for the counts.
func (pl *Payload) text(f field) *string {
	switch f {
	case fieldAction:
		return &pl.Action
	case fieldClientID:
		return &pl.ClientID
	case fieldIP:
		return &pl.IP
	case fieldVHost:
		return &pl.VHost
	case fieldApp:
		return &pl.App
	case fieldStream:
		return &pl.Stream
	case fieldParam:
		return &pl.Param
	case fieldTCURL:
		return &pl.TCURL
	case fieldPageURL:
		return &pl.PageURL
	case fieldServerID:
		return &pl.ServerID
	case fieldServiceID:
		return &pl.ServiceID
	case fieldStreamURL:
		return &pl.StreamURL
	case fieldStreamID:
		return &pl.StreamID
	}
	return nil
}

// count returns the field as a number to read or set; nil for the strings.
func (pl *Payload) count(f field) *int64 {
	switch f {
	case fieldSendBytes:
		return &pl.SendBytes
	case fieldRecvBytes:
		return &pl.RecvBytes
	case fieldClients:
		return &pl.Clients
	}
	return nil
}

// parseKey reads "name" of the profile tables, or "name:kind", where kind is
// text, number or count (see Kind); ":optional" may follow either.
func parseKey(spec string) Key {
	name, rest, _ := strings.Cut(spec, ":")
	k := Key{Name: name, field: fieldOf(name)}
	for word := range strings.SplitSeq(rest, ":") {
		switch word {
		case "":
		case "text":
			k.Kind = TextID
		case "number":
			k.Kind = NumberID
		case "count":
			k.Kind = Count
		case "optional":
			k.Optional = true
		default:
			panic("hook: the profile tables say " + spec + ": want text, number, count or optional")
		}
	}
	return k
}
