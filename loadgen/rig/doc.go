// Package rig puts up what a load test needs beside its clients: the built-in
// RTMP server as a process of its own, so that its cost is measured apart; the
// way to somebody else's hook server; and room in the system's limits.
package rig
