// Package identity holds the clients that a hook server accepts and refuses, as its vendor names them on the
// command line or in a file, and says where such a client presents its credentials.
package identity
