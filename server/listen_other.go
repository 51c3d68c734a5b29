//go:build !linux

package server

import "net"

// listenRTMP listens for clients.
func listenRTMP(addr string) (net.Listener, error) { return net.Listen("tcp", addr) }
