// Package rtmpdefect holds the defects that prove the conformance suite: each row
// of Table makes a sound RTMP server look like one with a known defect, and
// names the requirements whose scenarios must fail on it.
//
// A started mutant has a proxy on both sides of the server under test:
//
//	clients ──RTMP──▶ rtmp proxy ──▶ server ──HTTP──▶ hook proxy ──▶ endpoint
//
// The hook proxy forwards every request byte for byte but for the planted
// defect, and relays the endpoint's answer as it comes, resets, hangs and
// broken framing included. The RTMP proxy forwards bytes, and messages where a
// defect adds or takes away some. Without a defect both are transparent.
//
// Whatever a defect remembers, it remembers for one client or one app, since
// scenarios run side by side; where the defect is that clients disturb each
// other, it is the clients of one app that do.
package rtmpdefect
