// Package hls cuts the media of a publisher into segments of MPEG-TS and writes their playlists (RFC 8216).
//
// The muxer of MPEG-TS is a library's; here is what an RTMP message says, where a segment begins, and how many are
// kept: a window in time, bounded in bytes for each stream and for all of them together.
package hls
