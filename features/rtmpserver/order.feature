Feature: The order of events
  A hook server keeps track of who is on, who publishes and who plays. It can do
  so only if each client's events come complete, once, and in order.

  @S-ORD-01 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-01 MUST: a publishing client causes on_connect, on_publish, on_unpublish, on_close, each exactly once and in that order

    Scenario: an encoder publishes and leaves
      When Alice publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: a Flash publisher, which sends no FCPublish, publishes and leaves
      When Alice, a Flash publisher, publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: an encoder closes the connection without a word of goodbye
      When Alice publishes "cam"
      And Alice closes her connection
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: a publisher that sends no frame
      When Alice, without media, publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: the same stream is published again by the next client
      When Alice publishes "cam" and leaves
      And Carol publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the events of Carol are exactly on_connect, on_publish, on_unpublish, on_close

  @S-ORD-02 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-02 MUST: a playing client causes on_connect, on_play, on_stop, on_close, each exactly once and in that order

    Scenario: a player of a live stream plays and leaves
      When Alice publishes "cam"
      And Bob plays "cam" and leaves
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close

    Scenario: a player closes the connection without a word of goodbye
      When Alice publishes "cam"
      And Bob plays "cam"
      And Bob closes his connection
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close

  @S-ORD-03 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-03 MUST: events of one client never overlap: the next is sent after the answer to the one before

    Scenario Outline: while <event> is unanswered the client's next event waits
      Given the hook server holds its answer to <event>
      When Alice begins to publish "cam" and leaves at once
      And another client publishes and leaves
      Then no event of Alice has come after <event>
      When the hook server answers
      Then the events of Alice overlap nowhere

      Examples:
        | event      |
        | on_connect |
        | on_publish |

    Scenario: while on_unpublish is unanswered on_close waits
      Given the hook server holds its answer to on_unpublish
      When Alice publishes "cam" and closes her connection
      And another client publishes and leaves
      Then no event of Alice has come after on_unpublish
      When the hook server answers
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the events of Alice overlap nowhere

    Scenario: while on_unpublish is unanswered the on_publish of the next stream waits
      Given the hook server holds its answer to on_unpublish
      When Alice publishes "cam"
      And Alice unpublishes with FCUnpublish and begins to publish "cam2"
      And another client publishes and leaves
      Then no event of Alice has come after on_unpublish
      When the hook server answers
      Then the events of Alice so far are exactly on_connect, on_publish, on_unpublish, on_publish
      And the events of Alice overlap nowhere

    Scenario: while on_stop is unanswered on_close waits
      Given the hook server holds its answer to on_stop
      When Bob plays "cam" before anyone publishes, and closes his connection
      And another client publishes and leaves
      Then no event of Bob has come after on_stop
      When the hook server answers
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close
      And the events of Bob overlap nowhere

  @S-ORD-04 @must @srs1
  Rule: S-ORD-04 MUST: a client that connects and leaves causes on_connect, on_close

    Scenario: connect and leave
      When Alice connects and leaves
      Then the events of Alice are exactly on_connect, on_close

  @S-ORD-04 @must @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-04 MUST: a client that connects and leaves causes its on_close

    Scenario: connect and leave
      When Alice connects and leaves
      Then the events of Alice are exactly on_close, with or without on_connect before it

  @S-ORD-05 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-05 MUST: a client that vanishes causes the same closing events, within 5 s

    Scenario: a publisher's connection is reset
      When Alice publishes "cam"
      And Alice vanishes
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the last of them came within 5 s of her going

    Scenario: the stream of a publisher whose connection was reset is published again
      When Alice publishes "cam"
      And Alice vanishes
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      When Carol publishes "cam" and leaves
      Then the events of Carol are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: a player's connection is reset
      When Alice publishes "cam"
      And Bob plays "cam"
      And Bob vanishes
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close
      And the last of them came within 5 s of his going

    Scenario: a player closes its sending half only
      When Alice publishes "cam"
      And Bob plays "cam"
      And Bob closes the sending half of his connection
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close
      And the last of them came within 5 s of his going

  @S-ORD-06 @must @srs1 @srs3 @srs4 @srs6 @srs7 @api
  Rule: S-ORD-06 MUST: a client dropped by the server over its HTTP API causes the same closing events

    Scenario: a publisher is kicked off
      When Alice publishes "cam"
      And the operator kicks Alice off
      Then Alice is disconnected
      And the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

    Scenario: a player is kicked off
      When Alice publishes "cam"
      And Bob plays "cam"
      And the operator kicks Bob off
      Then Bob is disconnected
      And the events of Bob are exactly on_connect, on_play, on_stop, on_close

  @S-ORD-07 @should @srs1 @srs3 @srs4 @srs6 @srs7 @restart
  Rule: S-ORD-07 SHOULD: a server that shuts down sends the closing events of every live client first

    Scenario: the server is told to end while a publisher and a player are on
      Given a server of their own
      When Alice publishes "cam"
      And Bob plays "cam"
      And the server is told to shut down
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the events of Bob are exactly on_connect, on_play, on_stop, on_close

  @S-ORD-08 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-08 MUST: the publisher's leaving causes no on_stop for players that stay

    Scenario: the publisher leaves, the player stays
      When Alice publishes "cam"
      And Bob plays "cam"
      And Alice leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the events of Bob so far are exactly on_connect, on_play
      And Bob is still on

    Scenario: the player goes on when the next publisher comes
      When Alice publishes "cam"
      And Bob plays "cam"
      And Alice leaves
      And Carol publishes "cam"
      Then Bob receives media of Carol
      And the events of Bob so far are exactly on_connect, on_play

  @S-ORD-09 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-09 MUST: playing before anyone publishes is an on_play as usual

    Scenario: nobody ever publishes
      When Bob plays "cam" before anyone publishes, and leaves
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close

    Scenario: the publisher comes later
      When Bob plays "cam" before anyone publishes
      And Alice publishes "cam"
      Then Bob receives media of Alice
      And the events of Bob so far are exactly on_connect, on_play

  @S-ORD-10 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-10 MUST: publish, unpublish and publish again on one connection: an on_unpublish lies between the two on_publish

    Scenario: an encoder ends with FCUnpublish
      When Alice publishes "cam", unpublishes with FCUnpublish and publishes "cam2", then leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_publish, on_unpublish, on_close

    Scenario: an encoder comes back to the same stream
      When Alice publishes "cam", unpublishes with FCUnpublish and publishes "cam", then leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_publish, on_unpublish, on_close

    Scenario: a Flash publisher ends with closeStream
      When Alice, a Flash publisher, publishes "cam", unpublishes with closeStream and publishes "cam2", then leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_publish, on_unpublish, on_close

  @S-ORD-10 @should @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-10 SHOULD: deleteStream ends publishing, too

    Scenario: a Flash publisher ends with deleteStream
      When Alice, a Flash publisher, publishes "cam"
      And Alice unpublishes with deleteStream
      Then the events of Alice so far are exactly on_connect, on_publish, on_unpublish

  @S-ORD-11 @should @srs1 @srs3 @srs4 @srs6 @srs7 @slow
  Rule: S-ORD-11 SHOULD: a silent, half-open client is dropped after the server's time-out, with its closing events

    Scenario: a publisher falls silent
      Given a server that drops silent publishers
      When Alice publishes "cam"
      And Alice falls silent
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And Alice is disconnected

  @S-ORD-12 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-12 MUST: a peer that never completes connect causes no event

    Scenario Outline: a peer that <case>
      When a peer <case> and goes
      And another client publishes and leaves
      Then no event but that client's has come

      Examples:
        | case                                 |
        | opens a TCP connection               |
        | completes the handshake              |
        | sends half a handshake               |
        | sends garbage                        |
        | sends garbage after the handshake    |

  @S-ORD-13 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ORD-13 MUST: stop and play again on one connection: an on_stop lies between the two on_play; pause and unpause give no event

    Scenario: a player changes to another stream
      When Alice publishes "cam"
      And Carol publishes "door"
      And Bob plays "cam", stops, plays "door" and leaves
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_play, on_stop, on_close

    Scenario: a player pauses and goes on
      When Alice publishes "cam"
      And Bob plays "cam"
      And Bob pauses and goes on
      Then the events of Bob so far are exactly on_connect, on_play
      And Bob receives more media
