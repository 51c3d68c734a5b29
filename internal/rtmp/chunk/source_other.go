//go:build !unix

package chunk

// canWait: the reader keeps its small buffer while it waits.
const canWait = false

// tryRead is never called where canWait is false.
func (s *source) tryRead(uintptr) bool { return true }
