package webplayers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

// players are the scripts that play in a browser, by what they play.
var players = map[string]struct{ file, play string }{
	".flv": {"mpegts.js/dist/mpegts.js", `
		const p = mpegts.createPlayer({type: "flv", isLive: true, url: source});
		p.on(mpegts.Events.ERROR, (a, b, c) => tell({error: a + " " + b + " " + JSON.stringify(c)}));
		p.attachMediaElement(video); p.load();`},
	".m3u8": {"hls.js/dist/hls.js", `
		const p = new Hls({enableWorker: false});
		p.on(Hls.Events.ERROR, (_, d) => { if (d.fatal) tell({error: d.type + " " + d.details}); });
		p.loadSource(source); p.attachMedia(video);`},
}

const page = `<!doctype html><title>player</title><video id=v muted playsinline></video><script src=player.js></script><script>
const source = %q, video = document.getElementById("v");
const tell = o => fetch("seen", {method: "POST", body: JSON.stringify(o)});
%s
video.play().catch(e => tell({error: "play: " + e}));
setInterval(() => tell({time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames}), 200);
const shot = setInterval(() => {
	if (video.currentTime < 2 || !video.videoWidth) return;
	clearInterval(shot);
	const c = document.createElement("canvas");
	c.width = video.videoWidth; c.height = video.videoHeight;
	c.getContext("2d").drawImage(video, 0, 0);
	c.toBlob(b => fetch("picture", {method: "POST", body: b}), "image/png");
}, 100);
</script>`

// seen is what the page tells.
type seen struct {
	Time   float64
	Frames int
	Error  string
}

// nodeModules is where the scripts are; the test is skipped where that is nowhere.
func nodeModules(t *testing.T, file string) string {
	t.Helper()
	dir := os.Getenv("HOOKPROOF_NODE_MODULES")
	if dir == "" {
		out, err := exec.Command("npm", "root", "-g").Output()
		if err != nil {
			t.Skip("no npm, and HOOKPROOF_NODE_MODULES is not set")
		}
		dir = strings.TrimSpace(string(out))
	}
	path := filepath.Join(dir, file)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not installed: npm install -g mpegts.js hls.js", file)
	}
	return path
}

// A page of another origin plays both, in a real browser: time goes on, and the picture is one.
func TestBrowser(t *testing.T) {
	need(t, "chromium")
	for ext, player := range players {
		t.Run(ext, func(t *testing.T) {
			script := nodeModules(t, player.file)
			r := newRig(t)
			reports, pictures := make(chan seen, 1000), make(chan []byte, 1)
			mux := http.NewServeMux()
			mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, page, r.base+ext+"?token=secret", player.play)
			})
			mux.HandleFunc("GET /player.js", func(w http.ResponseWriter, q *http.Request) {
				http.ServeFile(w, q, script)
			})
			mux.HandleFunc("POST /seen", func(_ http.ResponseWriter, q *http.Request) {
				var s seen
				if json.NewDecoder(q.Body).Decode(&s) == nil {
					reports <- s
				}
			})
			mux.HandleFunc("POST /picture", func(_ http.ResponseWriter, q *http.Request) {
				raw, _ := io.ReadAll(q.Body)
				pictures <- raw
			})
			pages := httptest.NewServer(mux)
			defer pages.Close()
			defer browse(t, pages.URL)()
			watch(t, reports)
			look(t, pictures)
			r.await(hook.OnPlay, 1)
		})
	}
}

// browse shows a page in a browser of its own until the function that it returns is called.
func browse(t *testing.T, url string) (end func()) {
	t.Helper()
	cmd := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--autoplay-policy=no-user-gesture-required",
		"--user-data-dir="+t.TempDir(), url)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		cmd.Process.Kill()
		cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("%s", complaints.String())
		}
	}
}

// watch waits until enough was played.
func watch(t *testing.T, reports <-chan seen) {
	t.Helper()
	late := time.After(patience)
	var last seen
	for last.Time < 4 || last.Frames < 50 {
		select {
		case last = <-reports:
			if last.Error != "" {
				t.Fatalf("the player says: %s", last.Error)
			}
		case <-late:
			t.Fatalf("played %.1f s and %d frames", last.Time, last.Frames)
		}
	}
}

// look looks at a picture: it has the clip's size, and something to be seen. HOOKPROOF_PICTURES names a directory to
// keep it in.
func look(t *testing.T, pictures <-chan []byte) {
	t.Helper()
	var raw []byte
	select {
	case raw = <-pictures:
	case <-time.After(patience):
		t.Fatal("no picture")
	}
	if dir := os.Getenv("HOOKPROOF_PICTURES"); dir != "" {
		os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".png"), raw, 0o644)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]bool{}
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 10 {
		for x := b.Min.X; x < b.Max.X; x += 10 {
			colours[fmt.Sprint(picture.At(x, y))] = true
		}
	}
	if b.Dx() != 320 || b.Dy() != 180 || len(colours) < 10 {
		t.Errorf("a picture of %dx%d with %d colours", b.Dx(), b.Dy(), len(colours))
	}
}
