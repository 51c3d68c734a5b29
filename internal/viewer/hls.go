package viewer

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// An Answer is what a server answered to one request.
type Answer struct {
	Status       int
	Body         []byte
	Asked, Ended time.Time
}

// Get asks for a playlist or segment, and waits for all of the answer, or for ctx.
func Get(ctx context.Context, o Options, target string) (*Answer, error) {
	a := &Answer{Asked: time.Now()}
	conn, answer, err := request(ctx, o, target)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	a.Status = answer.StatusCode
	a.Body, err = io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	a.Ended = time.Now()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case len(a.Body) > maxBody:
		return nil, fmt.Errorf("viewer: an answer of more than %d bytes", maxBody)
	}
	return a, nil
}

// Given reports whether the answer gives away a playlist or a segment.
func (a *Answer) Given() bool { return a.Status >= 200 && a.Status < 300 && len(a.Body) > 0 }

// A Playlist is what a viewer needs to know of one.
type Playlist struct {
	// Variants are the playlists that a master playlist names, as targets of requests.
	Variants []string
	// Segments are those of a media playlist.
	Segments []string
	// Target is EXT-X-TARGETDURATION.
	Target time.Duration
}

// mostURIs bounds what is read of a playlist.
const mostURIs = 10_000

// ParsePlaylist reads a playlist that came from target. What it names is asked of the same server, whatever host a URI
// has: a server does not decide whom a viewer asks.
func ParsePlaylist(target string, body []byte) (*Playlist, error) {
	base, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("playlist: %w", err)
	}
	if !bytes.HasPrefix(body, []byte("#EXTM3U")) {
		return nil, fmt.Errorf("playlist: want #EXTM3U at its beginning, got %.40q", body)
	}
	p := &Playlist{}
	variant := false
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "#EXT-X-STREAM-INF:"):
			variant = true
		case strings.HasPrefix(line, "#EXT-X-TARGETDURATION:"):
			var seconds int
			fmt.Sscanf(line, "#EXT-X-TARGETDURATION:%d", &seconds)
			p.Target = time.Duration(min(max(seconds, 0), 3600)) * time.Second
		case line == "" || strings.HasPrefix(line, "#"):
		default:
			u, err := base.Parse(line)
			if err != nil || len(p.Variants)+len(p.Segments) >= mostURIs {
				return nil, fmt.Errorf("playlist: want at most %d URIs, got %.80q", mostURIs, line)
			}
			if variant {
				p.Variants = append(p.Variants, u.RequestURI())
			} else {
				p.Segments = append(p.Segments, u.RequestURI())
			}
			variant = false
		}
	}
	return p, lines.Err()
}
