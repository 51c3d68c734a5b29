// Package media makes what publishers send: the embedded clip, an FLV file, a
// synthetic stream of a wanted bit rate, or next to nothing. A Source is read
// once and shared by all publishers; each has a Feed of its own.
package media
