package hook

import "golang.org/x/sys/unix"

// silent reports whether the socket is open with nothing to read: no bytes, no
// FIN, no error.
func silent(fd uintptr) bool {
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}}
	for {
		// A signal, which the runtime uses a lot, interrupts even this.
		if n, err := unix.Poll(fds[:], 0); err != unix.EINTR {
			return n == 0 && err == nil
		}
	}
}

// bytesAcked returns how many bytes of the connection the peer's kernel has
// acknowledged; false where the kernel does not tell.
func bytesAcked(fd uintptr) (uint64, bool) {
	info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil || info.Bytes_acked == 0 {
		return 0, false
	}
	return info.Bytes_acked, true
}
