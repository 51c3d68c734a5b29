package reports

import (
	"fmt"
	"time"
)

var sampleStart = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const nasty = `<script>alert("x")</script> ]]> & 'q' | * _ ` + "`tick` \x00\x1b[31m\xff\u202e \u2028 café"

// sampleCatalogue is a cut of the real one, enough for every kind of row.
func sampleCatalogue() []Requirement {
	both := []string{"srs1", "srs6"}
	q := func(id, section string, l Level, sentence string) Requirement {
		return Requirement{ID: id, Section: section, Level: l, Role: "S", Profiles: both, Sentence: sentence,
			Origin: Document, Source: "v1_EN_HTTPCallback"}
	}
	list := []Requirement{
		q("S-REQ-01", "1. Requests", Must, "HTTP POST to exactly the configured URL, its path and query kept"),
		q("S-REQ-03", "1. Requests", Must,
			"Strings from the client are escaped: quotes, backslashes, control characters, invalid UTF-8; the body "+
				"stays valid JSON and no other key changes"),
		q("S-REQ-04", "1. Requests", Should, "Content-Type: application/json"),
		q("S-REQ-05", "1. Requests", May, "User-Agent names the server"),
		q("S-KEY-01", "1. Requests", Must, "on_connect has the keys and types of the table"),
		q("S-KEY-09", "1. Requests", Must,
			"?a=b behind the stream name goes to param with its leading ?, and stream is the bare name"),
		q("S-KEY-10", "1. Requests", Must,
			"stream_url is /app/stream on the default vhost, vhost/app/stream on another"),
		q("S-ID-01", "1. Requests", Must, "One connection, one client_id in all its events"),
		q("S-ORD-01", "2. Order", Must,
			"A publishing client gives on_connect, on_publish, on_unpublish, on_close: each exactly once, in that "+
				"order"),
		q("S-ORD-03", "2. Order", Must,
			"Events of one client never overlap: the next is sent after the answer to the one before"),
		q("S-ORD-06", "2. Order", Must,
			"A client dropped by the server (kick-off over the HTTP API) gives the same closing events"),
		q("S-ORD-07", "2. Order", Should,
			"A server that shuts down on SIGTERM sends the closing events of every live client first"),
		q("S-ANS-01", "3. Answers", Must, "Every accepting answer lets the client on"),
		q("S-ANS-02", "3. Answers", Must, "Every rejecting answer: the server disconnects the client"),
		q("S-ANS-05", "3. Answers", Must,
			"on_play refused: no on_stop; on_close follows; no audio or video reaches the player"),
		q("S-ANS-07", "3. Answers", Must, "The refused client is off within 1 s of the answer"),
		q("S-URL-01", "4. Several URLs, configuration", Must,
			"All URLs of an event are called, once each, in the configured order, one by one"),
		q("S-CFG-04", "4. Several URLs, configuration", Should, "https URLs work"),
		q("S-CON-01", "5. Under concurrent load", Must,
			"N publishers at once, a share refused by token: no false accept, no false reject, exact event counts, "+
				"every client in order"),
		q("S-CON-06", "5. Under concurrent load", Must,
			"Churn (connect, publish, vanish): no event lost or doubled, no connection or memory left behind"),
	}
	list[5].LevelIn = map[string]Level{"srs1": Should}
	list[6].Profiles = []string{"srs6"}
	list[7].Origin = Observed
	return list
}

func sampleRun() *Run {
	return &Run{
		Tool: "Hookproof conformance", Version: "0.1.0", Command: "conformance -profile all -report out",
		Started: sampleStart, Ended: sampleStart.Add(12340 * time.Millisecond),
		Target: Target{Kind: TargetBuiltIn, URL: "rtmp://127.0.0.1:1935/live",
			Description: "the server of this project"},
		Profiles: []string{"srs1", "srs6"},
		Options:  Options{Seed: 42, Clients: 200, TimeoutScale: 1, Parallel: 8}, Requirements: sampleCatalogue(),
		Observations: []Observation{{Kind: KindNote, T: 0.001, Text: "probe: the target answers, on_publish arrived"}},
	}
}

// passingRun passes every requirement in each profile it holds in.
func passingRun() *Run {
	run := sampleRun()
	for _, q := range run.Requirements {
		for _, p := range run.Profiles {
			if q.Holds(p) {
				for i, c := range []string{"publisher", "player"} {
					run.Scenarios = append(run.Scenarios, sampleScenario(q, p, c, float64(i)*.3+1))
				}
			}
		}
	}
	return run
}

// sampleScenario is a passing one with a publisher's full life as evidence.
func sampleScenario(q Requirement, profile, c string, t float64) Scenario {
	steps := []Step{
		{Keyword: "Given", Text: "an endpoint that accepts every event", Status: StepPassed,
			Duration: 120 * time.Microsecond},
		{Keyword: "When", Text: `a publisher streams "cam1" for 10 frames and leaves`, Status: StepPassed,
			Duration: 212 * time.Millisecond},
		{Keyword: "Then", Text: "the endpoint has seen exactly these events of it, in this order:", Status: StepPassed,
			Duration: 3 * time.Millisecond,
			Table:    [][]string{{"event"}, {"on_connect"}, {"on_publish"}, {"on_unpublish"}, {"on_close"}}},
	}
	id := "b1c2" + profile
	return Scenario{ID: q.ID + "/" + c, Profile: profile, Requirements: []string{q.ID}, Feature: q.Section,
		Rule: q.Sentence,
		Name: "The " + c +
			" is told apart from others", Case: c, Location: "features/rtmpserver/sample.feature:12", Verdict: Pass,
		Started: sampleStart.Add(time.Duration(t * 1e9)), Duration: 215 * time.Millisecond, Steps: steps,
		Actors:       []Actor{{Name: "pub", ClientID: id, Role: "publisher", Verdict: "accepted"}},
		Observations: publisherLife("pub", id, profile, t)}
}

func publisherLife(actor, id, profile string, t float64) []Observation {
	at := func(ms float64, k Kind) Observation {
		return Observation{T: t + ms/1000, Kind: k, Actor: actor, ClientID: id}
	}
	var obs []Observation
	add := func(o Observation) int { o.N = len(obs); obs = append(obs, o); return o.N }
	hook := func(ms float64, event, path string, wait float64) {
		o := at(ms, KindHook)
		o.Event, o.URL = event, "POST "+path
		o.Body = fmt.Sprintf(`{"action":%q,"client_id":%q,"ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","stream":"cam1","param":"?token=abc&x=1","tcUrl":"rtmp://127.0.0.1:1935/live"}`, event, id)
		o.Data = &Details{Request: Request{Type: "application/json", VHost: "__defaultVhost__", URLNumber: 1}}
		n := add(o)
		a := at(ms+wait, KindAnswer)
		a.Code, a.Body, a.Refs, a.Event, a.Data = "200", "0", []int{n}, event, &Details{Answer: Answer{Accept: true}}
		add(a)
	}
	o := at(0, KindDial)
	o.Text = "127.0.0.1:1935"
	add(o)
	add(at(.6, KindHandshake))
	sent := func(ms float64, name, text string) { o := at(ms, KindSent); o.Name, o.Text = name, text; add(o) }
	sent(.9, "connect", "app live")
	hook(1.4, "on_connect", "/api/v1/clients", .8)
	o = at(2.6, KindStatus)
	o.Name, o.Code = "_result", "NetConnection.Connect.Success"
	add(o)
	sent(2.9, "createStream", "")
	o = at(3.2, KindReceived)
	o.Name = "_result"
	add(o)
	sent(3.5, "publish", "cam1?token=abc&x=1")
	hook(4, "on_publish", "/api/v1/streams", 120)
	o = at(124.6, KindStatus)
	o.Code = "NetStream.Publish.Start"
	add(o)
	for i := range 6 {
		o = at(130+float64(i)*12, KindMedia)
		o.Name = []string{"video", "audio"}[i%2]
		add(o)
	}
	sent(203, "deleteStream", "")
	hook(204, "on_unpublish", "/api/v1/streams", 1)
	o = at(206, KindDisconnect)
	o.Name = "local"
	add(o)
	hook(207, "on_close", "/api/v1/clients", 2)
	return obs
}

// failingRun has every verdict and strings that break careless writers.
func failingRun() *Run {
	run := passingRun()
	set := func(id, profile string, v Verdict, reason string) *Scenario {
		for i := range run.Scenarios {
			if s := &run.Scenarios[i]; s.Requirements[0] == id && s.Profile == profile {
				s.Verdict, s.Reason = v, reason
				if v == NotRun {
					s.Observations, s.Duration, s.Actors = nil, 0, nil
					for j := range s.Steps {
						s.Steps[j].Status, s.Steps[j].Duration = StepSkipped, 0
					}
				}
				return s
			}
		}
		panic(id)
	}
	refused := set("S-ANS-05", "srs6", Fail, "")
	makeRefusedPlayer(refused)
	s := set("S-REQ-03", "srs1", Fail, "")
	s.Name, s.Case = "A stream named "+nasty, nasty
	s.Steps[2] = Step{Keyword: "Then", Text: "the body of on_publish stays valid JSON: " + nasty, Status: StepFailed,
		Error: "invalid character " + nasty, DocString: "stream: " + nasty}
	s.Failure = &Failure{Requirement: "S-REQ-03", Expected: "one valid JSON object",
		Seen: "invalid character '\\x00' in string literal: " + nasty, Evidence: []int{9,
			99}, Detail: "first line\nsecond line " + nasty}
	for i := range s.Observations {
		if o := &s.Observations[i]; o.Kind == KindHook && o.Event == "on_publish" {
			o.Body = `{"action":"on_publish","stream":"` + nasty + `"}`
			o.Problems = []string{"body: not JSON: control character 0x00 at byte 41"}
		}
	}
	set("S-REQ-04", "srs6", Warn, "Content-Type is text/plain").Failure = &Failure{Expected: "application/json",
		Seen: "text/plain", Evidence: []int{3}}
	set("S-ORD-06", "srs1", NotRun, "the target has no HTTP API to kick a client with")
	set("S-ORD-06", "srs6", NotRun, "the target has no HTTP API to kick a client with")
	set("S-ORD-03", "srs6", Inconclusive,
		"on_publish arrived 40 µs before the answer to on_connect was written: the intervals touch")
	set("S-KEY-10", "srs6", KnownFailing, "listed in known-failing.txt").Failure = &Failure{Expected: "/live/cam1",
		Seen: "live/cam1", Evidence: []int{9}}
	set("S-ID-01", "srs1", UnexpectedPass, "listed in known-failing.txt, but passed")
	e := set("S-CON-06", "srs1", Error, "no free file descriptors: 200 clients need 400, the limit is 256")
	e.Steps[1].Status, e.Steps[1].Error, e.Steps[2].Status = StepFailed, "dial: too many open files", StepSkipped
	run.Mutants = &Mutants{Unmutated: Pass, Rows: []Mutant{
		{Name: "drop on_unpublish", Defect: "on_unpublish is never sent", Profile: "srs6",
			Expected: []string{"S-ORD-01"},
			Failed:   []string{"S-ORD-01"}, Caught: true},
		{Name: "double on_close", Defect: "on_close is sent twice", Profile: "srs1",
			Expected: []string{"S-ORD-01", "S-ORD-02"}, Failed: []string{"S-ORD-01"}, Detail: "S-ORD-02 passed"},
	}}
	return run
}

// makeRefusedPlayer turns a scenario into one in which a refused player gets
// a frame of a live stream.
func makeRefusedPlayer(s *Scenario) {
	pub := s.Observations
	t := pub[0].T
	s.Name, s.Case = "A refused player gets no frame", `200 {"code":1}`
	s.Steps = []Step{
		{Keyword: "Given", Text: `a live stream "cam1"`, Status: StepPassed, Duration: 131 * time.Millisecond},
		{Keyword: "And", Text: "an endpoint that answers on_play with", Status: StepPassed, Duration: time.Millisecond,
			DocString: "HTTP/1.1 200\n\n{\"code\":1}"},
		{Keyword: "When", Text: `a player asks for "cam1"`, Status: StepPassed, Duration: 48 * time.Millisecond},
		{Keyword: "Then", Text: "no audio or video reaches the player", Status: StepFailed,
			Duration: 2 * time.Millisecond,
			Error:    "player-1 got 2 frames after on_play was refused"},
		{Keyword: "And", Text: "the player is disconnected within 1 s", Status: StepSkipped},
	}
	add := func(ms float64, o Observation) {
		o.T, o.N, o.Actor, o.ClientID = t+ms/1000, len(pub), "player-1", "9f0a17c2"
		pub = append(pub, o)
	}
	add(140, Observation{Kind: KindDial, Text: "127.0.0.1:1935"})
	add(140.5, Observation{Kind: KindHandshake})
	add(141, Observation{Kind: KindSent, Name: "connect"})
	add(141.6, Observation{Kind: KindStatus, Code: "NetConnection.Connect.Success"})
	add(142, Observation{Kind: KindSent, Name: "play", Text: "cam1"})
	add(142.5, Observation{Kind: KindHook, Event: "on_play", URL: "POST /api/v1/sessions",
		Body: `{"action":"on_play","client_id":"9f0a17c2","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","stream":"cam1"}`})
	hook := pub[len(pub)-1].N
	add(143, Observation{Kind: KindStatus, Code: "NetStream.Play.Start"})
	add(172, Observation{Kind: KindAnswer, Event: "on_play", Code: "200", Body: `{"code":1}`, Refs: []int{hook}})
	add(173, Observation{Kind: KindMedia, Name: "video", Text: "keyframe, 4,112 bytes"})
	first := pub[len(pub)-1].N
	add(173.8, Observation{Kind: KindMedia, Name: "audio"})
	add(175, Observation{Kind: KindDisconnect, Name: "fin"})
	add(175.5, Observation{Kind: KindHook, Event: "on_close", URL: "POST /api/v1/clients",
		Body: `{"action":"on_close","client_id":"9f0a17c2"}`})
	add(176.5, Observation{Kind: KindAnswer, Event: "on_close", Code: "200", Body: "0", Refs: []int{first + 3},
		Data: &Details{Answer: Answer{Accept: true}}})
	add(189, Observation{Kind: KindFence, Text: "a marker client ran through"})
	s.Observations = byTime(pub)
	s.Actors = append(s.Actors, Actor{Name: "player-1", ClientID: "9f0a17c2", Role: "player",
		Verdict: "refused at on_play"})
	s.Failure = &Failure{Requirement: "S-ANS-05",
		Expected: "no audio or video message between the answer to on_play and the disconnect",
		Seen:     "2 messages: video (keyframe, 4,112 bytes) 1.0 ms after the answer, audio 1.8 ms after",
		Evidence: []int{hook +
			2, first, first + 1}}
	renumber(s)
}
