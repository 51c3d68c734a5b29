package plan

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
)

// Over is what a player plays over.
type Over uint8

// The protocols of players.
const (
	RTMP Over = iota
	FLV       // HTTP-FLV
	HLS

	overs = iota
)

var overNames = [...]string{RTMP: "rtmp", FLV: "flv", HLS: "hls"}

// String returns "rtmp", "flv" or "hls".
func (o Over) String() string { return overNames[o] }

// Mix says how many of the players, in percent, play over what. The zero Mix has all play over RTMP.
type Mix [overs]float64

// HTTP reports whether anybody plays over HTTP.
func (m Mix) HTTP() bool { return m[FLV] > 0 || m[HLS] > 0 }

// String writes it as ParseMix reads it.
func (m Mix) String() string {
	if !m.HTTP() {
		return "rtmp=100%"
	}
	var parts []string
	for o := range Over(overs) {
		if m[o] > 0 {
			parts = append(parts, fmt.Sprintf("%s=%s%%", o, strconv.FormatFloat(m[o], 'f', -1, 64)))
		}
	}
	return strings.Join(parts, ",")
}

// ParseMix reads "rtmp=60%,flv=30%,hls=10%". The parts are 100% together.
func ParseMix(text string) (m Mix, err error) {
	sum := 0.0
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		at := -1
		for o := range Over(overs) {
			if o.String() == name {
				at = int(o)
			}
		}
		share, err := ParseShare(value)
		if !ok || at < 0 || err != nil || share.Counted || m[at] > 0 {
			return m, fmt.Errorf("players %q: want shares like rtmp=60%%,flv=30%%,hls=10%%, each once", text)
		}
		m[at] = share.Percent
		sum += share.Percent
	}
	if sum < 99.999 || sum > 100.001 {
		return m, fmt.Errorf("players %q: want shares of 100%% together, got %g%%", text, sum)
	}
	return m, nil
}

// spread says of each player what it plays over: evenly among the others of its kind, those to be refused too. Who is
// to be refused at on_connect plays over RTMP: viewers over HTTP have none.
func (m Mix) spread(all []Session) {
	if !m.HTTP() {
		return
	}
	type kind struct{ refused bool }
	given, n := map[kind]*[overs]float64{}, map[kind]float64{}
	for i := range all {
		s := &all[i]
		if s.Role != Play || s.Refused && s.RefuseAt != hook.OnPlay {
			continue
		}
		k := kind{s.Refused}
		if given[k] == nil {
			given[k] = new([overs]float64)
		}
		n[k]++
		most := RTMP
		for o := range Over(overs) {
			if m[o]*n[k]-100*given[k][o] > m[most]*n[k]-100*given[k][most] {
				most = o
			}
		}
		given[k][most]++
		s.Over = most
	}
}
