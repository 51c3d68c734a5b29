package hook_test

import (
	"fmt"

	"hookproof/hook"
)

// Whether an answer lets a client in depends on who asked.
func ExampleProfile_Judge() {
	answer := hook.Answer{Status: 200, Body: []byte(`{"code":0,"data":null}`)}
	for _, p := range []*hook.Profile{hook.SRS1, hook.SRS6} {
		fmt.Println(p, p.Judge(answer).Accept)
	}
	// Output:
	// srs1 false
	// srs6 true
}

// A hook's body, read by the profile that it is written in.
func ExampleProfile_Decode() {
	body := `{"action":"on_publish","client_id":1985,"ip":"192.168.1.10","vhost":"video.test.com","app":"live","stream":"cam"}`
	event, err := hook.SRS1.Decode([]byte(body))
	fmt.Println(event.Stream, event.ClientID, err)
	_, err = hook.SRS6.Decode([]byte(body))
	fmt.Println(err != nil)
	// Output:
	// cam 1985 <nil>
	// true
}

// The profile of a request of unknown origin.
func ExampleDetect() {
	d := hook.Detect(hook.Request{Target: "/on_publish",
		Body: []byte("call=publish&app=live&name=cam&addr=127.0.0.1&clientid=3")})
	fmt.Println(d.Profile, d.Dialect)
	// Output:
	// <nil> nginx-rtmp (notify)
}

// Tokens travel in the parameters of tcUrl or of the stream.
func ExampleParams() {
	for key, value := range hook.Params("?token=abc&x=1") {
		fmt.Println(key, value)
	}
	// Output:
	// token abc
	// x 1
}

// Where the default callback server takes each event.
func ExampleDefaultURLs() {
	urls, err := hook.DefaultURLs("http://127.0.0.1:8085")
	fmt.Println(urls[hook.OnPublish], err)
	// Output:
	// [http://127.0.0.1:8085/api/v1/streams] <nil>
}
