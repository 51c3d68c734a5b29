// Package hooktest helps to test both ends of the HTTP callbacks of RTMP
// servers from a Go test, as httptest does for HTTP.
//
// Who writes an RTMP server points its hooks at a [Recorder], drives it with
// [Publish] and [Play], and looks at what came.
package hooktest
