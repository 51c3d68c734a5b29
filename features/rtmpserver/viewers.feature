Feature: Viewers over HTTP
  A viewer of HTTP-FLV is one request, one of HLS a run of requests. on_play and on_stop are its only events.
  A server need not serve both: what cannot be watched at all decides nothing.

  @S-FLV-01 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-01 MUST: a viewer of HTTP-FLV causes on_play before it is shown anything and on_stop when it leaves, each once

    Scenario: a viewer that comes and leaves
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv" and leaves
      Then the events of Vera are exactly on_play, on_stop

    Scenario: a viewer that vanishes
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv"
      And Vera vanishes
      Then the events of Vera are exactly on_play, on_stop

    Scenario: nothing is shown while on_play is unanswered
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.flv"
      And Walter watches "cam.flv"
      And Walter is shown the stream
      Then Vera has received no media
      And the hook server answers
      And Vera is shown the stream

    Scenario: two viewers have a client_id each
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv" and leaves
      And Walter watches "cam.flv" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And the events of Walter are exactly on_play, on_stop
      And no client_id is empty or shared

  @S-FLV-02 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-02 MUST: on_play and on_stop of a viewer of HTTP-FLV carry the keys of the protocol, with its own values

    Scenario: a viewer with parameters
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera, whose pageUrl ends in "x.html?a=b", watches "cam.flv?token=abc&x=1" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And on_play of Vera carries the keys of the protocol
      And on_stop of Vera carries the keys of the protocol
      And all events of Vera have one client_id
      And param of Vera begins with "?token=abc&x=1" and stream is "cam" in on_play and on_stop
      And pageUrl of Vera is what she sent in on_play

    @srs6 @srs7
    Scenario: stream_url has no extension
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And stream_url of Vera is "/{app}/cam" in on_play and on_stop

  @S-FLV-03 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-03 MUST: a viewer of HTTP-FLV that is refused is shown nothing, and causes no on_stop

    Scenario: refused while another viewer is let on
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server refuses on_play of Vera
      When Vera watches "cam.flv"
      And Walter watches "cam.flv"
      And Walter is shown the stream
      Then the events of Vera are exactly on_play
      And Vera has received no media

    Scenario: refused late
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.flv"
      And the hook server answers with 403 and `forbidden`
      And Walter watches "cam.flv"
      And Walter is shown the stream
      Then the events of Vera are exactly on_play
      And Vera has received no media

  @S-FLV-04 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-04 MUST: a viewer of HTTP-FLV that leaves while its on_play is unanswered causes on_stop if it is accepted, and nothing if it is refused

    Scenario: accepted after it has left
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.flv"
      And Vera leaves
      And the hook server answers
      Then the events of Vera are exactly on_play, on_stop

    Scenario: refused after it has left
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.flv"
      And Vera leaves
      And the hook server answers with 200 and `1`
      Then the events of Vera are exactly on_play

  @S-FLV-05 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-05 MUST: a viewer of HTTP-FLV that is accepted causes on_stop also when its publisher leaves, before the answer to its on_play or after it

    Scenario: the publisher leaves, and the viewer after it
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv"
      And Vera is shown the stream
      And Alice leaves
      And Vera leaves
      Then the events of Vera are exactly on_play, on_stop

    @deadly
    Scenario: the publisher leaves while on_play is unanswered
      Given what follows could end the server
      And Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.flv"
      And Alice leaves
      And the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the hook server answers
      And another client publishes and leaves
      And Vera leaves
      Then the events of Vera are exactly on_play, on_stop

  @S-FLV-06 @must @srs3 @srs4 @srs6 @srs7 @http @api
  Rule: S-FLV-06 MUST: a viewer of HTTP-FLV that is dropped over the HTTP API is disconnected, with its on_stop

    Scenario: a viewer is kicked off
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera watches "cam.flv"
      And Vera is shown the stream
      And the operator kicks Vera off
      Then Vera is disconnected
      And the events of Vera are exactly on_play, on_stop

  @S-FLV-07 @should @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-07 SHOULD: ip is the address of the viewer's connection, whatever its X-Forwarded-For says

    Scenario: a viewer that makes an address up
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera, who says to be at "192.0.2.7", watches "cam.flv" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And ip is the address of Vera in every event of Vera

  @S-FLV-08 @must @srs3 @srs4 @srs6 @srs7 @http @vhosts
  Rule: S-FLV-08 MUST: a viewer of HTTP-FLV gets nothing of a vhost's streams without that vhost's hooks, whatever its vhost parameter says

    Scenario: the parameter names a vhost without hooks
      Given Alice publishes "cam", which can be watched as "cam.flv"
      And the hook server refuses on_play of Vera
      When Vera watches "cam.flv?vhost=unset.hookproof.test"
      And Walter watches "cam.flv"
      And Walter is shown the stream
      Then Vera has received no media

  @S-FLV-09 @must @srs3 @srs4 @srs6 @srs7 @http
  Rule: S-FLV-09 MUST: a viewer of HTTP-FLV of a stream that nobody publishes is shown nothing, and causes on_play and on_stop or neither

    Scenario: a stream that nobody publishes
      Given Alice publishes "cam", which can be watched as "cam.flv"
      When Vera begins to watch "nothing.flv"
      And Walter watches "cam.flv" and leaves
      And Vera leaves
      Then the events of Vera are none, or on_play, on_stop
      And Vera has received no media

  @S-HLS-01 @must @srs4 @srs6 @srs7 @http
  Rule: S-HLS-01 MUST: a viewer of HLS causes one on_play, before it is given a segment, however often it asks

    Scenario: a viewer that plays
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera watches "cam.m3u8"
      And Vera is shown the stream
      Then the events of Vera so far are on_play

    Scenario: nothing is given away while on_play is unanswered
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server holds its answer to on_play of Vera
      When Vera begins to watch "cam.m3u8"
      And Walter watches "cam.m3u8"
      And Walter is shown the stream
      Then Vera has received no media
      And the hook server answers
      And Vera is shown the stream

  @S-HLS-02 @must @srs4 @srs6 @srs7 @http @slow
  Rule: S-HLS-02 MUST: a viewer of HLS that asks for nothing any more causes one on_stop

    Scenario: two viewers leave together
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera watches "cam.m3u8" and leaves
      And Walter watches "cam.m3u8" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And the events of Walter are exactly on_play, on_stop
      And no client_id is empty or shared

  @S-HLS-03 @must @srs4 @srs6 @srs7 @http @slow
  Rule: S-HLS-03 MUST: on_play and on_stop of a viewer of HLS carry the keys of the protocol, with its own values

    Scenario: a viewer with parameters
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera, whose pageUrl ends in "x.html", watches "cam.m3u8?token=abc&x=1" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And on_play of Vera carries the keys of the protocol
      And on_stop of Vera carries the keys of the protocol
      And all events of Vera have one client_id
      And stream of Vera is "cam", or "cam.m3u8", in on_play and on_stop
      And param of Vera has "token=abc&x=1" in on_play and on_stop
      And pageUrl of Vera is what she sent in on_play

    @srs6 @srs7
    Scenario: stream_url has no extension
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera watches "cam.m3u8" and leaves
      Then the events of Vera are exactly on_play, on_stop
      And stream_url of Vera is "/{app}/cam" in on_play and on_stop

  @S-HLS-04 @must @srs4 @srs6 @srs7 @http @slow
  Rule: S-HLS-04 MUST: a viewer of HLS that is refused is given neither a playlist nor a segment, and causes no on_stop

    Scenario: refused while another viewer is let on
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server refuses on_play of Vera
      When Vera watches "cam.m3u8"
      And Walter watches "cam.m3u8" and leaves
      Then Vera has received no media
      And the events of Walter are exactly on_play, on_stop
      And whoever watched "cam.m3u8" until now has been missed
      And the events of Vera are exactly on_play

  @S-HLS-05 @must @srs4 @srs6 @srs7 @http
  Rule: S-HLS-05 MUST: a viewer of HLS that was refused is not served when it asks again, whatever context it has chosen

    Scenario Outline: refused <case>, and asked again
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server refuses on_play of Vera
      When Vera asks for "<playlist>"
      And Vera asks for "<playlist>"
      Then Vera has received no media

      Examples:
        | case            | playlist                  |
        | without context | cam.m3u8                  |
        | with a context  | cam.m3u8?hls_ctx=mine     |
        | with a token    | cam.m3u8?hls_ctx=m&token=bad |

  @S-HLS-06 @must @srs4 @srs6 @srs7 @http @loopback
  Rule: S-HLS-06 MUST: the context of a viewer of HLS lets nobody else on

    Scenario: from another address, with another token
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server refuses on_play of Mallory
      When Vera watches "cam.m3u8?token=good"
      And Vera is shown the stream
      And Mallory, from another local address, asks for the playlist of Vera with "token=bad"
      And Mallory, from another local address, asks for the playlist of Vera with "token=bad"
      Then Mallory has received no media

  @S-HLS-07 @must @srs4 @srs6 @srs7 @http @vhosts
  Rule: S-HLS-07 MUST: a viewer of HLS gets nothing of a vhost's streams without that vhost's hooks, whatever its vhost parameter says

    Scenario: the parameter names a vhost without hooks
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server refuses on_play of Vera
      When Vera asks for "cam.m3u8?vhost=unset.hookproof.test"
      Then Vera has received no media

  @S-HLS-08 @should @srs4 @srs6 @srs7 @http
  Rule: S-HLS-08 SHOULD: a segment is given only to who was let on

    Scenario: a segment without a session
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      And the hook server refuses on_play of Mallory
      When Vera watches "cam.m3u8"
      And Vera is shown the stream
      And Mallory asks for the newest segment of Vera without its parameters
      Then Mallory has received no media

  @S-HLS-09 @should @srs4 @srs6 @srs7 @http
  Rule: S-HLS-09 SHOULD: ip is the address of the viewer's connection, whatever its X-Forwarded-For says

    Scenario: a viewer that makes an address up
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera, who says to be at "192.0.2.7", watches "cam.m3u8"
      And Vera is shown the stream
      Then ip is the address of Vera in every event of Vera

  @S-HLS-10 @must @srs4 @srs6 @srs7 @http
  Rule: S-HLS-10 MUST: a viewer of HLS of a stream that nobody publishes is given nothing

    Scenario: a stream that nobody publishes
      Given Alice publishes "cam", which can be watched as "cam.m3u8"
      When Vera asks for "nothing.m3u8"
      And Vera asks for "nothing.m3u8?hls_ctx=mine"
      Then Vera has received no media
