// Package viewer plays over HTTP, as scripted: HTTP-FLV over one connection, and
// HLS request by request. It reports what came and when, and how a connection
// ended, and believes nothing: what a server sends has limits, and no redirect
// is followed.
package viewer
