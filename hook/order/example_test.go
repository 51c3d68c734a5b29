package order_test

import (
	"fmt"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

// What must come of a client that publishes and leaves, and of one that the
// hook server refuses at on_publish.
func ExampleExpect() {
	published := order.Expect(hook.SRS6, order.Deed{Event: hook.OnPublish, Answer: order.Accepted},
		order.Deed{Event: hook.OnClose})
	refused := order.Expect(hook.SRS6, order.Deed{Event: hook.OnPublish, Answer: order.Refused},
		order.Deed{Event: hook.OnClose})
	fmt.Println(published)
	fmt.Println(refused)
	// Output:
	// on_connect, on_publish, on_unpublish, on_close
	// on_connect, on_publish, on_close
}

// A checker that knows nothing of what clients did finds what no client could
// have caused: here, an on_close without the on_unpublish before it.
func ExampleChecker() {
	k := order.New(order.Options{Profile: hook.SRS6})
	at := time.Now()
	for _, event := range []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnClose} {
		at = at.Add(time.Second)
		k.Feed("2l819930", event, at, at.Add(time.Millisecond), true)
	}
	k.Finish(false)
	for _, p := range k.Problems() {
		fmt.Println(p.ID, p.Kind, p.Expected)
	}
	// Output:
	// S-ORD-01 missing on_unpublish before on_close
}
