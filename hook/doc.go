// Package hook is the HTTP callback protocol between a media server and a
// hook server: the six events, the profiles of their payloads and answers,
// and the HTTP client that makes the calls.
//
// What differs between the profiles (srs1, the document of 2014; the others, what
// versions of SRS do on the wire) is data in the tables of [SRS1] to [SRS7]: the keys
// of every event with their types and order, the answers that accept, and when
// events are due. The code that encodes, decodes and judges reads those tables
// and knows no profile by name.
//
// Whatever is not clearly an accepting answer is a refusal.
package hook
