// Package faultlink is a TCP proxy that makes connections suffer: delay, little
// bandwidth, bytes in small pieces, stalls, resets and half-closed connections.
// A Link is in front of one address. Each connection gets a Plan, one Fault a
// direction; a Mix draws plans from a seed.
//
// Bytes are never changed, only held up or cut off: what arrives is always the
// beginning of what was sent.
package faultlink
