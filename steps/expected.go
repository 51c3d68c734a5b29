package steps

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/hook/order"
)

// expected turns a scenario's list of events into an expectation: it searches for
// deeds of a client of which the profile expects exactly those events. A list
// that the profile expects of no client is an error.
//
// A list reads "on_connect, on_close", "none", or "on_close, with or without
// on_connect before it".
func expected(p *hook.Profile, list string, called []hook.Event) (order.Expectation, error) {
	items, err := itemsOf(list)
	if err != nil {
		return order.Expectation{}, err
	}
	var found order.Expectation
	ok := answerEach(deedsOf(items), 0, func(did []order.Deed) bool {
		found = order.Expect(p, did...).Configured(called...)
		return slices.Equal(named(found, items), items) && found.Fit(eventsIn(items)...) == order.Complete
	})
	if !ok {
		return order.Expectation{}, fmt.Errorf("events %q: %s expects them of no client", list, p)
	}
	return found, nil
}

// item is an event of a list.
type item struct {
	event    hook.Event
	optional bool
}

func itemsOf(list string) ([]item, error) {
	if list == "none" {
		return nil, nil
	}
	list, optional, may := strings.Cut(list, ", with or without ")
	evs, err := events(list)
	if err != nil {
		return nil, err
	}
	var items []item
	for _, ev := range evs {
		items = append(items, item{event: ev})
	}
	if !may {
		return items, nil
	}
	name, place, _ := strings.Cut(optional, " ")
	ev, err := event(name)
	if err != nil {
		return nil, err
	}
	if place == "before it" {
		return slices.Insert(items, len(items)-1, item{ev, true}), nil
	}
	return append(items, item{ev, true}), nil
}

func eventsIn(items []item) (evs []hook.Event) {
	for _, it := range items {
		evs = append(evs, it.event)
	}
	return evs
}

// deedsOf returns deeds that cause such events. The list lacks the opening event
// of a closing one if that has no URL; an optional end of a stream is no deed.
func deedsOf(items []item) (did []order.Deed) {
	for i, it := range items {
		stream := it.event == hook.OnUnpublish || it.event == hook.OnStop
		switch {
		case stream && it.optional:
			continue
		case stream && (i == 0 || items[i-1].event != it.event.Opening()):
			did = append(did, order.Deed{Event: it.event.Opening(), Answer: order.Accepted})
		}
		did = append(did, order.Deed{Event: it.event})
	}
	return did
}

// answerEach tries all answers to the deeds from the i-th on until right accepts
// them.
func answerEach(did []order.Deed, i int, right func([]order.Deed) bool) bool {
	if i == len(did) {
		return right(did)
	}
	answers := []order.Answer{order.Accepted, order.Refused, order.Unknown}
	if did[i].Event.Closing() {
		answers = answers[:1]
	}
	for _, a := range answers {
		did[i].Answer = a
		if answerEach(did, i+1, right) {
			return true
		}
	}
	return false
}

// named returns the expected events without those that a list need not name:
// on_connect, where the profile allows it to come again.
func named(x order.Expectation, list []item) (items []item) {
	for i, it := range x.Items {
		if i == 0 || it.Event != hook.OnConnect || !it.Optional {
			items = append(items, item{it.Event, it.Optional})
		}
	}
	return items
}

// expectedOfViewer is expected of a viewer over HTTP, who has on_play and on_stop.
func expectedOfViewer(p *hook.Profile, list string) (order.Expectation, error) {
	if list == "none" {
		return order.ExpectViewer(p), nil
	}
	evs, err := events(list)
	if err != nil {
		return order.Expectation{}, err
	}
	var did []order.Deed
	for _, ev := range evs {
		did = append(did, order.Deed{Event: ev})
	}
	x := order.ExpectViewer(p, did...)
	if x.Fit(evs...) != order.Complete {
		err = fmt.Errorf("events %q: %s expects them of no viewer", list, p)
	}
	return x, err
}
