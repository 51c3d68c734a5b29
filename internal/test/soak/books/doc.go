// Package books keeps accounts of clients and their hooks where every link may
// fail. Three parties tell what they know, and none of them is believed alone:
//
//   - the client: what it sent, what it was told, whose frames it got ([Visit]);
//   - the RTMP server: every hook call it made and what became of it ([hook.Call]);
//   - the hook server: every request that reached it whole, and its answer ([Record]).
//
// What must hold between them, whatever the links did, are the [Rules]. A rule
// that is broken names the client, and shows all that the three know of it.
//
// The links may lose what the server sends, and the server's only duty then is
// to know: an event that the hook server has not seen is one whose call failed,
// and a call that was accepted is one that the hook server accepted.
package books
