// Package tcpproxy is what TCP proxies of this module have in common: a listener
// whose connections end with it, and forwarding that passes on not only bytes
// but also how a connection ends, a FIN as a FIN and a reset as a reset. Others
// use it to end connections so that no kernel keeps their ports.
package tcpproxy
