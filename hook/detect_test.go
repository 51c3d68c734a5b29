package hook

import (
	"strings"
	"testing"
)

// The requests are real ones: SRS 7.0.18, 3.0.170, 4.0.271 and 7.0.128,
// nginx-rtmp 1.2.2. Those of SRS 1 are the document's.
const srs6Close = `{"server_id":"a","service_id":"b","action":"on_close","client_id":"2l8","ip":"127.0.0.1",` +
	`"vhost":"v","app":"a","send_bytes":1,"recv_bytes":1}`

func TestDetect(t *testing.T) {
	const agent7 = "SRS/7.0.18(Hang)"
	for _, c := range []struct {
		name    string
		request Request
		profile *Profile
		exact   bool
		dialect string
		reason  string // a part of it
	}{
		{"srs6 on_connect", Request{UserAgent: agent7,
			Body: []byte(`{"server_id":"vid-32g5282","service_id":"z6mbmq31","action":"on_connect","client_id":"2l819930","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","stream":"cam1","param":"?token=abc&x=1","tcUrl":"rtmp://127.0.0.1:19350/live","pageUrl":"http://page.example/x.html"}`)}, SRS6, true, "", "on_connect has the keys of SRS 5.0.214 to 7.0.61"},
		{"srs6 on_close", Request{Body: []byte(`{"server_id":"a","service_id":"b","action":"on_close","client_id":"2l819930","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","send_bytes":4351,"recv_bytes":3612}`)}, SRS6, true, "", "client_id is a string"},
		{"srs6 on_stop without pageUrl",
			Request{Body: []byte(`{"server_id":"a","service_id":"b","action":"on_stop","client_id":"2l8","ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","stream":"s","param":"","stream_url":"/live/s","stream_id":"vid-1"}`)}, SRS6, true, "", ""},
		{"7.0.128 has clients", Request{UserAgent: "SRS/7.0.128(Kai)",
			Body: []byte(`{"server_id":"a","service_id":"b","action":"on_stop","client_id":"2l8","ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","stream":"s","param":"","stream_url":"/live/s","stream_id":"vid-1","clients":3}`)}, SRS7, true, "", ""},
		{"7.0.61 and no clients", Request{UserAgent: "SRS/7.0.61(Kai)", Body: []byte(srs6Close)}, SRS6, true, "", ""},
		{"7.0.62 and no clients", Request{UserAgent: "SRS/7.0.62(Kai)", Body: []byte(srs6Close)}, SRS7, true, "", ""},
		{"a version to come", Request{UserAgent: "SRS/9.1(New)", Body: []byte(srs6Close)}, SRS7, true, "", ""},
		{"no version", Request{UserAgent: "SRS/x", Body: []byte(srs6Close)}, SRS6, true, "", ""},
		{"srs1 on_connect", Request{UserAgent: "SRS(Simple RTMP Server)1.0.33",
			Body: []byte(`{"action":"on_connect","client_id":1985,"ip":"192.168.1.10","vhost":"video.test.com","app":"live","tcUrl":"rtmp://video.test.com/live?key=d2fa","pageUrl":"http://www.test.com/live.html"}`)}, SRS1, true, "", "client_id is an integer, User-Agent SRS(Simple"},
		{"SRS 7 without statistics of the stream", Request{UserAgent: "SRS/7.0.128(Kai)",
			Body: []byte(`{"server_id":"a","service_id":"b","action":"on_stop","client_id":"2l8","ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","stream":"s","param":"","stream_url":"/live/s"}`)}, SRS7, true, "", ""},
		{"srs1 on_publish", Request{Body: []byte(`{"action":"on_publish","client_id":1985,"ip":"192.168.1.10","vhost":"video.test.com","app":"live","stream":"livestream"}`)}, SRS1, true, "", ""},
		{"SRS 3 on_publish", Request{UserAgent: "SRS/3.0.170(OuXuli)",
			Body: []byte(`{"action":"on_publish","client_id":105,"ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","stream":"s","param":"?k=1"}`)}, SRS3, true, "", "client_id is an integer"},
		{"SRS 3 on_publish, nameless",
			Request{Body: []byte(`{"action":"on_publish","client_id":105,"ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","stream":"s","param":"?k=1"}`)}, SRS3, true, "", ""},
		{"SRS 3 on_connect has the keys of SRS 1", Request{UserAgent: "SRS/3.0.170(OuXuli)",
			Body: []byte(`{"action":"on_connect","client_id":105,"ip":"127.0.0.1","vhost":"v","app":"live","tcUrl":"rtmp://h/live","pageUrl":""}`)}, SRS3, true, "", ""},
		{"SRS 4 on_play", Request{UserAgent: "SRS/4.0.271(Leo)",
			Body: []byte(`{"server_id":"vid-1","action":"on_play","client_id":"x4","ip":"127.0.0.1","vhost":"v","app":"live","stream":"s","param":"","pageUrl":""}`)}, SRS4, true, "", ""},
		{"client_id decides against User-Agent", Request{UserAgent: agent7,
			Body: []byte(`{"action":"on_publish","client_id":7,"ip":"127.0.0.1","vhost":"v","app":"live","stream":"s"}`)}, SRS1, true, "", agent7},
		{"a wrong type", Request{Body: []byte(`{"action":"on_publish","client_id":7,"ip":null,"vhost":"v","app":"live","stream":"s"}`)}, SRS1, false, "", "ip is not a string"},
		{"client_id of no profile", Request{Body: []byte(`{"action":"on_publish","client_id":null,"ip":"127.0.0.1","vhost":"v","app":"live","stream":"s"}`)}, SRS1, false, "", "client_id is not an integer"},
		{"a raw control byte", Request{Body: []byte(`{"server_id":"a","service_id":"b","action":"on_close","client_id":"2l8",` +
			`"ip":"127.0.0.1","vhost":"v","app":"a` + "\x01" + `","send_bytes":1,"recv_bytes":1}`)}, SRS6, true, "",
			""},

		{"nginx-rtmp", Request{Target: "/on_publish",
			Body: []byte(`app=rec&flashver=FMLE/3.0&swfurl=http://swf.example/p.swf&tcurl=rtmp://127.0.0.1:28100/rec%3Ftctoken=tc1%26y=2&pageurl=&addr=127.0.0.1&clientid=3&call=publish&name=cam1&type=live&token=abc&x=1`)}, nil, false, "nginx-rtmp (notify)", "a form with call"},
		{"nginx-rtmp by GET", Request{Target: "/on_connect?app=live&flashver=&swfurl=" +
			"&tcurl=rtmp://h/live&pageurl=&addr=::1&epoch=12&call=connect"},
			nil, false, "nginx-rtmp (notify)", "a query with call"},
		{"nginx-rtmp by GET, the URL has a query", Request{Target: "/on_connect?key=1&x=2?app=live&flashver=&swfurl=" +
			"&tcurl=rtmp://h/live&pageurl=&addr=::1&epoch=12&call=connect"},
			nil, false, "nginx-rtmp (notify)", "a query with call"},
		{"nginx-rtmp by GET, a client added a body", Request{Target: "/on_publish?app=live&flashver=FMLE/3.0&swfurl=" +
			"&tcurl=rtmp://h/live&pageurl=&addr=127.0.0.1&clientid=9&call=publish&name=g1&type=live&t=1",
			Body: []byte("abc")}, nil, false, "nginx-rtmp (notify)", "a query with call"},
		{"a fork of nginx-rtmp, of a client that never connected", Request{Target: "/on_disconnect",
			Body: []byte("call=disconnect&bytes_in=0&bytes_out=0&addr=127.0.0.1&clientid=1")},
			nil, false, "nginx-rtmp (notify)", "a form with call, addr, clientid"},
		{"OvenMediaEngine", Request{Body: []byte(`{"client":{"address":"127.0.0.1","port":29291},"request":{` +
			`"direction":"incoming","protocol":"rtmp","status":"opening","url":"rtmp://h:1935/app/s"}}`)},
			nil, false, "OvenMediaEngine (AdmissionWebhooks)", "client, request"},
		{"ZLMediaKit", Request{Body: []byte(`{"mediaServerId":"x","app":"live","id":"140","ip":"127.0.0.1","params":"token=1","port":5000,"schema":"rtmp","stream":"s","vhost":"__defaultVhost__"}`)}, nil, false, "ZLMediaKit (web hook)", ""},
		{"MediaMTX", Request{Body: []byte(`{"user":"u","password":"p","token":"","ip":"127.0.0.1","action":"publish","path":"live/s","protocol":"rtmp","id":"1","query":""}`)}, nil, false, "MediaMTX (authHTTPAddress)", ""},

		{"an event outside the six", Request{UserAgent: agent7,
			Body: []byte(`{"server_id":"a","service_id":"b","action":"on_dvr","client_id":"2l8","file":"x.flv"}`)},
			nil, false, "", `got "on_dvr"`},
		{"no client_id", Request{Body: []byte(`{"action":"on_play"}`)}, nil, false, "", "want the key client_id"},
		{"some object", Request{Body: []byte(`{"a":1}`)}, nil, false, "", "without action and client_id"},
		{"action is a number", Request{Body: []byte(`{"action":1,"client_id":1}`)}, nil, false, "", ""},
		{"an array", Request{Body: []byte(`[1]`)}, nil, false, "", "want one JSON object"},
		{"nothing", Request{}, nil, false, "", "an empty body"},
		{"an unknown form", Request{Body: []byte("a=1&b=2")}, nil, false, "", "want one JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Detect(c.request)
			if d.Profile != c.profile || d.Exact != c.exact || d.Dialect != c.dialect || !strings.Contains(d.Reason,
				c.reason) {
				t.Errorf("want %v, exact %v, dialect %q, reason with %q\ngot  %v, exact %v, dialect %q, reason %q",
					c.profile, c.exact, c.dialect, c.reason, d.Profile, d.Exact, d.Dialect, d.Reason)
			}
			if d.Reason == "" || strings.ContainsAny(d.Reason, "\r\n") {
				t.Errorf("want a reason of one line, got %q", d.Reason)
			}
		})
	}
}

// TestDetectOwn: what the package itself encodes is detected as what it is.
func TestDetectOwn(t *testing.T) {
	for _, p := range Profiles() {
		for _, e := range Events {
			body, err := p.Encode(nil, &Payload{Action: e.String(), ClientID: "7"})
			if err != nil {
				t.Fatal(err)
			}
			agent := p.Agents[0].Begin + p.Agents[0].From
			if d := Detect(Request{Body: body, UserAgent: agent}); d.Profile != p || !d.Exact {
				t.Errorf("%s %s: got %+v", p, e, d)
			}
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("/x?call=play&app=a&addr=b", "SRS/7.0.18(Hang)", []byte(`{"action":"on_close","client_id":"a"}`))
	f.Add("", "", []byte("call=play&app=%zz&addr=%"))
	f.Fuzz(func(t *testing.T, target, agent string, body []byte) {
		d := Detect(Request{target, agent, body})
		if d.Reason == "" || d.Exact && d.Profile == nil || d.Profile != nil && d.Dialect != "" {
			t.Errorf("got %+v", d)
		}
	})
}
