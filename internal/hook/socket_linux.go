package hook

import "golang.org/x/sys/unix"

// silent reports whether the socket is open with nothing to read.
func silent(fd uintptr) bool {
	var b [1]byte
	_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err == unix.EAGAIN
}

// bytesAcked gives how many bytes of the connection the peer's kernel has
// acknowledged; false where the kernel does not tell.
func bytesAcked(fd uintptr) (uint64, bool) {
	info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil || info.Bytes_acked == 0 {
		return 0, false
	}
	return info.Bytes_acked, true
}
