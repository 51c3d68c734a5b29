// Package hooktest tests both ends of the HTTP callbacks of RTMP servers from
// a Go test, as httptest does for HTTP.
//
// [TestHookServer] and [TestRTMPServer] run the conformance suite, a subtest
// for each scenario, as nettest.TestConn does for connections. Who writes an
// RTMP server and wants tests of its own points its hooks at a [Recorder],
// drives it with [Publish] and [Play], and looks at what came.
//
// Importing the package brings the whole suite with it, Gherkin included, some
// 15 MB of a test binary; nothing of it runs unless it is called. It belongs
// into tests only: it imports the package testing.
package hooktest
