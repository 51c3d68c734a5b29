package loadgen

import (
	"fmt"

	"hookproof/hook"
	"hookproof/loadgen/account"
)

func (r *run) unanswered(err error) error {
	return fmt.Errorf("the RTMP server at %s does not answer: %s", r.base, cause(err))
}

// noHooks says why no hook came of a client that the server was asked to let in.
func (r *run) noHooks(err error) error {
	where := r.endpoint.URL()
	if n, what := r.log.Strangers(); n > 0 {
		return fmt.Errorf("%d requests came to %s, and none is an event of the client that was sent first: %s. "+
			"Want the hooks of a server of the SRS family; what another protocol says of clients cannot be "+
			"accounted for", n,
			where, what)
	}
	if err != nil {
		return fmt.Errorf("the RTMP server does not let in a client, and asked nobody at %s about it: %s", where,
			kind(err))
	}
	return fmt.Errorf("the RTMP server let a client in without asking at %s: point its hooks there", where)
}

// refusedBy says which hook refused a client that should have been accepted; nil: none did.
func (r *run) refusedBy(seen []account.Entry) error {
	for _, e := range seen {
		if !e.Known || e.Event.Closing() || e.Accepted {
			continue
		}
		if r.forward != nil && r.forward.Err() != nil {
			return fmt.Errorf("the hook server does not answer: %w", r.forward.Err())
		}
		return fmt.Errorf("the hook server refuses a client that it should accept: %s: %s%s", e.Event, r.hide(e.Reason),
			r.advice())
	}
	return nil
}

// advice says what may be wrong with the credentials of those who are to be accepted.
func (r *run) advice() string {
	if len(r.set.identities.Accept) == 0 {
		return " (no credentials were given that it accepts: -accept)"
	}
	return fmt.Sprintf(" (credentials are presented in %s, profile %s: see -accept, -token-at and -profile)", r.place,
		r.profile.Name)
}

// decision returns the answer that decides about a client which is to be refused at an event: a refusal, or the
// acceptance of that event.
func decision(seen []account.Entry, at hook.Event) (account.Entry, bool) {
	for _, e := range seen {
		if e.Known && !e.Event.Closing() && (!e.Accepted || e.Event == at) {
			return e, true
		}
	}
	return account.Entry{}, false
}

// wrongRefusal says what is wrong with how a client was decided about that is to be refused at an event.
func (r *run) wrongRefusal(e account.Entry, at hook.Event) error {
	switch {
	case e.Accepted:
		return fmt.Errorf("the hook server accepts a client at %s that it should refuse (%s), presented in %s: see "+
			"-refuse and -token-at", at, r.refusedFrom(at), r.place)
	case e.Event != at:
		return fmt.Errorf("the hook server refuses at %s already a client that it should refuse at %s (%s): name it "+
			"with -refuse %s:KEY=VALUE", e.Event, at, r.refusedFrom(at), e.Event)
	}
	return nil
}

// refusedFrom says where the user named the client that an event refuses.
func (r *run) refusedFrom(at hook.Event) string {
	if all := r.set.identities.Refuses(at); len(all) > 0 {
		return r.hide(all[0].From)
	}
	return "by the plan"
}
