package realinput

import (
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

// kill -9 of publisher and player causes their closing events, each within 5 s,
// and the player that stays sees no event of it.
func TestKilled(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	inProfiles(t, func(r *rig) {
		publisher, stays := r.sends("publisher", "cam"), r.dumps("stays", "cam")
		player := r.decodes("player", "cam", 100_000)
		r.answered("stays", hook.OnPlay, 1)
		checksummed(player, 5)
		dumped(stays, 5)

		r.vanishes(player, "player")
		r.played("player")
		r.vanishes(publisher, "publisher")
		r.published("publisher")
		if got := r.life(r.client("stays")); len(got) != 2 {
			r.t.Errorf("the player that stays: got the events %v", got)
		}
		_, before := flvTags(stays.out.text())
		again := r.sends("again", "cam")
		dumped(stays, before+5) // and it sees the next publisher
		stays.interrupt()
		r.played("stays")
		again.interrupt()
		r.published("again")
	})
}

// vanishes kills a program and times its closing events from then on.
func (r *rig) vanishes(p *process, who string) {
	r.t.Helper()
	r.order.Left(r.client(who), order.Vanishes, time.Now())
	p.kill()
}

// kicks has the server drop a client.
func (r *rig) kicks(who string) {
	r.t.Helper()
	id := r.client(who)
	r.order.Left(id, order.Kicked, time.Now())
	if !r.server.Kick(id) {
		r.t.Fatalf("no client %s", id)
	}
}

// A client that the server drops causes its closing events.
func TestKicked(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	inProfiles(t, func(r *rig) {
		publisher, player := r.sends("publisher", "cam"), r.dumps("player", "cam")
		dumped(player, 5)
		for _, who := range []string{"publisher", "player"} {
			r.kicks(who)
		}
		if publisher.code() == 0 {
			r.t.Error("ffmpeg takes being dropped for success")
		}
		player.code()
		r.published("publisher")
		r.played("player")
	})
}

// Players that come before the publisher wait, and stay when it leaves: they go
// on when the next one publishes.
func TestPublisherLeavesAndComesBack(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	inProfiles(t, func(r *rig) {
		dumper := r.dumps("dumper", "cam")
		r.answered("dumper", hook.OnPlay, 1)
		player := r.follows("player", "cam", 2*fps)
		r.answered("player", hook.OnPlay, 1)

		first := r.sends("first", "cam")
		dumped(dumper, fps)
		checksummed(player, fps/2)
		first.interrupt()
		r.published("first")

		_, before := flvTags(dumper.out.text())
		second := r.sends("second", "cam")
		player.succeeds()
		dumped(dumper, before+fps)
		dumper.interrupt()
		r.played("dumper")
		second.interrupt()
		r.published("second")
		r.played("player")
	})
}

// A server that shuts down ends the programs, with their closing events.
func TestServerShutsDown(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	inProfiles(t, func(r *rig) {
		publisher, player := r.sends("publisher", "cam"), r.dumps("player", "cam")
		dumped(player, 5)
		publisher.silent()
		for _, who := range []string{"publisher", "player"} {
			r.order.Left(r.client(who), order.Stopped, time.Now())
		}
		r.shutdown()
		publisher.code()
		player.code()
		r.published("publisher")
		r.played("player")
	})
}
