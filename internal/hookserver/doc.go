// Package hookserver is the default callback server (PROTOCOL.md section 7):
// it answers the six events of a media server's hooks, refuses by token and by
// rule, and shows on a live page who is connected, publishing and playing.
//
// POST /api/v1/clients, /api/v1/streams and /api/v1/sessions are the hooks.
// Every answer to a POST of one of them is HTTP 200 with a code: the text of
// the number in profile srs1, {"code":NUMBER,"data":null} in later ones. See [CodeOK]
// and the codes after it. Other methods get 405 and other paths 404, so nothing
// but a whole, well-formed event of its own path is ever accepted.
//
// The HTTP side is the one of package endpoint, not net/http: it records every
// request byte for byte, it can write every fault that rules ask for, and its
// limits are meant for hooks. It gives only whole answers, so the page's stream
// of server-sent events is made of short ones: each waits for something new,
// tells it and ends, and the browser asks again at once with Last-Event-ID.
// That bounds what a slow browser costs and merges a burst into one message.
//
// What the server knows lives in memory, within bounds, and survives nothing.
package hookserver
