// Package srsconf reads the configuration format of SRS into a server.Config,
// and writes one back.
//
// A configuration made for SRS loads as it is: what this server does not have
// is reported once as a Warning and ignored. Some directives are our own; SRS
// would refuse them (see FormatSRS): in http_hooks "profile NAME" (see hook.Profiles),
// "timeout SECONDS", "retry SECONDS" (closing events that did not reach their hook
// server are sent again for so long; 0, as in SRS, if not given), "max_calls N"
// (calls that one hook server is asked at once) and "insecure_tls on|off" (on
// accepts any certificate of an https hook server, as SRS does), and in http_api
// "metrics on|off".
//
// SRS accepts mistakes that switch hooks off without a word, and then lets
// everybody in. Here they are errors, each with its file and line, and all of
// them at once:
//
//   - a missing ";" that makes a directive swallow the next one
//   - a directive or block given twice (SRS takes the first)
//   - "enabled" with anything but on or off (SRS takes ON for off)
//   - an event without a URL, a URL that cannot be called
//   - a name that is nearly one of ours: http_hook, on_publsh
//   - hooks outside of a vhost, or inside a block that is ignored
//
// The text is cut into words by the lexer of nginx-go-crossplane, which knows
// comments, quotes and braces. Its parser is not used: it drops the line
// numbers of arguments, by which a missing ";" is found.
package srsconf
