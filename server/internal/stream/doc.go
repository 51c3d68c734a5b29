// Package stream passes the media of one publisher to many players.
//
// A message is serialized once, into a ring that all players of its stream share; a player is a position in
// that ring. So a player that falls behind costs nothing but what the ring keeps for it, which is bounded in
// time and bytes, and the last keyframe's place in the ring is the GOP cache. Players are served in
// rounds, at most one in an interval that grows with their number, so that many of them are written to in a few
// large writes instead of one write a message. A round writes what the players' connections take at once; a
// player has a goroutine only while its connection takes no more.
package stream
