package hookserver

import (
	"net/http"
	"strings"
	"testing"

	"hookproof/hook"
)

// TestEvents: every event of either profile is answered exactly, whatever the
// answers' profile is (H-RSP-01 to H-RSP-07, H-REQ-02).
func TestEvents(t *testing.T) {
	eachProfile(t, func(t *testing.T, answers *hook.Profile) {
		s := serve(t, guarded(t, answers))
		for _, p := range hook.Profiles() {
			for _, e := range hook.Events {
				got := do(t, s, "POST", pathOf(e), sample(t, p, e, nil))
				if got.status != http.StatusOK || got.body != codeText(answers, "0") {
					t.Errorf("%s of %s is answered %d %q", e, p, got.status, got.body)
				}
				if d := answers.Judge(hook.Answer{Status: got.status, Body: []byte(got.body)}); !d.Accept {
					t.Errorf("%s of %s: no accepting answer: %s", e, p, d.Reason)
				}
			}
		}
	})
}

// TestBodies: what is no event of its path never gets an accepting answer, and
// what only looks strange does (H-REQ-01, H-REQ-03, H-REQ-05, H-BAD-01).
func TestBodies(t *testing.T) {
	const close1 = `{"action":"on_close","client_id":1,"ip":"1.2.3.4","vhost":"v","app":"live"`
	const publish = `{"action":"on_publish","client_id":"a","ip":"1.2.3.4","vhost":"v","app":"live","stream":"s"`
	for _, c := range []struct{ name, path, body, code string }{
		{"least keys", "clients", close1 + `}`, "0"},
		{"least keys of a stream", "streams", publish + `}`, "0"},
		{"unknown keys", "clients", close1 + `,"x":{"y":[1,null]},"z":1.5e3}`, "0"},
		{"any order and blanks", "clients",
			" {\n\"app\" : \"\", \"vhost\":\"\",\"ip\":\"\",\"client_id\":\"x\",\t\"action\":\"on_close\"} \r\n", "0"},
		{"escapes in key and value", "clients", strings.Replace(close1, `"action":"on_close"`,
			`"\u0061ction":"on\u005fclose"`, 1) + `}`, "0"},
		{"not ASCII", "streams", publish + `,"param":"?x=\ud83d\ude00\u0000é\""}`, "0"},
		{"empty strings", "streams", strings.Replace(publish, `"s"`, `""`, 1) + `,"param":"","pageUrl":""}`, "0"},
		{"odd param", "streams", publish + `,"param":"?a==b=c?d&&=?&"}`, "0"},
		{"largest client_id", "clients", strings.Replace(close1, ":1", ":9223372036854775807", 1) + `}`, "0"},

		{"empty body", "clients", "", "100"},
		{"blanks", "clients", " \n", "100"},
		{"array", "clients", "[" + close1 + "}]", "100"},
		{"number", "clients", "0", "100"},
		{"null", "clients", "null", "100"},
		{"cut", "clients", close1, "100"},
		{"two objects", "clients", close1 + "}" + close1 + "}", "100"},
		{"trailing comma", "clients", close1 + ",}", "100"},
		{"single quotes", "clients", strings.ReplaceAll(close1, `"`, "'") + "}", "100"},
		{"comment", "clients", close1 + "/**/}", "100"},
		{"BOM", "clients", "\ufeff" + close1 + "}", "100"},
		{"not UTF-8", "clients", close1 + ",\"x\":\"\xff\"}", "100"},
		{"control byte in a string", "clients", close1 + ",\"x\":\"\n\"}", "100"},
		{"form", "clients", "action=on_close&client_id=1", "100"},
		{"no action", "clients", strings.Replace(close1, `"action"`, `"acti0n"`, 1) + "}", "100"},
		{"action in other case", "clients", strings.Replace(close1, `"action"`, `"Action"`, 1) + "}", "100"},
		{"empty action", "clients", strings.Replace(close1, "on_close", "", 1) + "}", "100"},
		{"action is a list", "clients", strings.Replace(close1, `"on_close"`, `["on_close"]`, 1) + "}", "100"},
		{"no client_id", "clients", strings.Replace(close1, `"client_id":1,`, "", 1) + "}", "100"},
		{"empty client_id", "clients", strings.Replace(close1, ":1", `:""`, 1) + "}", "100"},
		{"client_id with a fraction", "clients", strings.Replace(close1, ":1", ":1.0", 1) + "}", "100"},
		{"negative client_id", "clients", strings.Replace(close1, ":1", ":-1", 1) + "}", "100"},
		{"huge client_id", "clients", strings.Replace(close1, ":1", ":9223372036854775808", 1) + "}", "100"},
		{"client_id is null", "clients", strings.Replace(close1, ":1", ":null", 1) + "}", "100"},
		{"client_id twice", "clients", close1 + `,"client_id":1}`, "100"},
		{"unknown key twice", "clients", close1 + `,"` + strings.Repeat("x", 99) + `":1,"` + strings.Repeat("x", 99) +
			`":1}`, "100"},
		{"app is a number", "clients", strings.Replace(close1, `"live"`, "1", 1) + "}", "100"},
		{"no app", "clients", strings.Replace(close1, `"app"`, `"APP"`, 1) + "}", "100"},
		{"send_bytes is a text", "clients", close1 + `,"send_bytes":"1"}`, "100"},
		{"on_connect without tcUrl", "clients", strings.Replace(close1, "on_close", "on_connect", 1) + "}", "100"},
		{"no stream", "streams", strings.Replace(publish, `"stream"`, `"s"`, 1) + "}", "100"},
		{"stream is null", "streams", strings.Replace(publish, `"s"`, "null", 1) + "}", "100"},
		{"param is a list", "streams", publish + `,"param":["?token=good"]}`, "100"},
		{"param twice", "streams", publish + `,"param":"?a","param":"?a"}`, "100"},
		{"1001 levels", "clients", close1 + `,"x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}", "100"},
		{"10,000 levels", "clients", close1 + `,"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) +
			"}", "100"},
		{"100,000 levels of objects", "clients", strings.Repeat(`{"":`, 50_000), "100"},

		{"unknown action", "clients", strings.Replace(close1, "on_close", "on_foo", 1) + "}", "200"},
		{"action in capitals", "clients", strings.Replace(close1, "on_close", "ON_CLOSE", 1) + "}", "200"},
		{"unknown action, other keys wrong", "clients", `{"action":"on_dvr"}`, "200"},
		{"action of another path", "streams", close1 + "}", "200"},
		{"action of the third path", "sessions", publish + "}", "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachProfile(t, func(t *testing.T, p *hook.Profile) {
				s := serve(t, Options{Profile: p})
				for _, contentType := range []string{"application/json", "text/plain",
					"application/x-www-form-urlencoded", ""} {
					got := do(t, s, "POST", "/api/v1/"+c.path, c.body, "Content-Type", contentType)
					if got.status != http.StatusOK || got.body != codeText(p, c.code) {
						t.Errorf("Content-Type %q: answered %d %q, want 200 %q", contentType, got.status, got.body,
							codeText(p, c.code))
					}
				}
			})
		})
	}
}

// TestMethodsAndPaths: nothing but a POST of a hook path is accepted, and
// nothing else changes anything (H-BAD-03).
func TestMethodsAndPaths(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		s := serve(t, Options{Profile: p})
		body := sample(t, p, hook.OnPublish, nil)
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{"GET", "/api/v1/streams", 405}, {"PUT", "/api/v1/streams", 405}, {"DELETE", "/api/v1/streams", 405},
			{"PATCH", "/api/v1/streams", 405}, {"OPTIONS", "/api/v1/streams", 405}, {"HEAD", "/api/v1/streams", 405},
			{"post", "/api/v1/streams", 405},
			{"POST", "/api/v1/streams/", 404}, {"POST", "/api/v1/Streams", 404}, {"POST", "//api/v1/streams", 404},
			{"POST", "/api/v1", 404},
			{"POST", "/", 405}, {"POST", "/events", 405}, {"GET", "/favicon.ico", 404}, {"GET", "/page/index.html",
				404},
		} {
			got := do(t, s, c.method, c.path, body)
			if got.status != c.status {
				t.Errorf("%s %s is answered %d, want %d", c.method, c.path, got.status, c.status)
			}
			if p.Judge(hook.Answer{Status: got.status, Body: []byte(got.body)}).Accept {
				t.Errorf("%s %s gets an accepting answer %q", c.method, c.path, got.body)
			}
		}
		if st := s.state(-1); st.Publishing.Total != 0 || st.Connected.Total != 0 {
			t.Errorf("something is open: %+v", st)
		}
		if got := do(t, s, "POST", "/api/v1/streams?from=srs1", body); got.body != codeText(p, "0") {
			t.Errorf("a hook URL with a query is answered %d %q", got.status, got.body)
		}
	})
}
