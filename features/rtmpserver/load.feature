Feature: Under concurrent load
  One client at a time is the easy case. Who is let in, who is told, and in what
  order must hold when hundreds come, are refused and vanish at once.

  @S-CON-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load
  Rule: S-CON-01 MUST: many publishers at once, a share refused: no false accept, no false reject, exact event counts, every client in order

    Scenario: publishers of streams of their own, a third refused at on_connect or on_publish, some vanish while asked
      Given the hook server refuses a random third of the clients and takes up to 50 ms for its answers
      When a crowd of publishers, each of its own stream, comes at once, and a tenth of it vanishes while its hook is pending
      Then every client of the crowd is accounted for

  @S-CON-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load
  Rule: S-CON-02 MUST: many players of one live stream, a share refused: the refused get no frame, the accepted all play

    Scenario: players of one live stream, a third refused at on_connect or on_play, some vanish while asked
      Given Alice publishes "cam"
      And the hook server refuses a random third of the clients and takes up to 50 ms for its answers
      When a crowd of players of "cam" comes at once, and a tenth of it vanishes while its hook is pending
      Then every client of the crowd is accounted for

    Scenario: publishers and players together, the refused publishers' streams waited for
      Given the hook server refuses a random third of the clients and takes up to 50 ms for its answers
      When a crowd of publishers and players of each other's streams comes at once, and a tenth of it vanishes while its hook is pending
      Then every client of the crowd is accounted for
      And no frame of a refused publisher has reached any player

  @S-CON-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load
  Rule: S-CON-03 MUST: one slow hook delays its own client only

    Scenario Outline: <event> of one client is held while a crowd comes and goes
      Given the hook server holds its answer to <event> of Alice
      When Alice begins to <act> "cam"
      And a crowd of publishers, each of its own stream, comes and goes
      Then every client of the crowd is accounted for, while Alice still waits
      When the hook server answers
      Then Alice is let on

      Examples:
        | event      | act     |
        | on_connect | publish |
        | on_publish | publish |
        | on_play    | play    |

  @S-CON-04 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load
  Rule: S-CON-04 MUST: many publishers of one stream name: at most one is live at any time, each that went live has its on_unpublish, and each that lost is disconnected with its on_close

    Scenario: a crowd publishes the same stream at once
      Given Bob plays "cam" before anyone publishes
      When a crowd of publishers, all of the stream "cam", comes at once
      Then at most one of them is live at any time

    Scenario: those of a crowd that lose to the live publisher
      When a crowd of publishers, all of the stream "cam", comes at once
      Then each that went live causes on_unpublish, and each that lost is disconnected with its on_close

    Scenario: a second publisher of a live stream
      When Alice publishes "cam"
      And Carol tries to publish "cam"
      Then Carol loses to the live publisher

    Scenario: a second publisher does not disturb the first
      Given Bob plays "cam" before anyone publishes
      When Alice publishes "cam"
      And Carol tries to publish "cam"
      Then Carol is disconnected
      And the events of Alice so far are exactly on_connect, on_publish
      And Bob receives more media
      And Bob has received no media of Carol

    Scenario: one that was asked for first, but answered last
      Given the hook server holds its answer to on_publish of Alice
      When Alice begins to publish "cam"
      And Carol tries to publish "cam"
      And the hook server answers
      Then one of Alice and Carol stays on, and the other loses to it

    @slow
    Scenario: one whose answer takes longer than 3 s
      Given the hook server holds its answer to on_publish of Alice
      And the hook server answers on_publish of Dave with 200 and `0`, after 3 s
      When Alice begins to publish "cam"
      And Dave publishes "door"
      And Carol tries to publish "cam"
      And the hook server answers
      Then one of Alice and Carol stays on, and the other loses to it

  @S-CON-05 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load @vhosts
  Rule: S-CON-05 MUST: hook server down: new clients are refused and live ones play on; back up: new clients are accepted

    Scenario: the hook server goes down and comes back
      Given the clients use the vhost whose hook server can be stopped
      And Alice publishes "cam"
      And Bob plays "cam"
      When the hook server goes down
      And Carol tries to publish "door"
      And Dave tries to play "cam"
      Then Carol is disconnected
      And Dave is disconnected
      And Dave has received no media
      And Bob receives more media
      When the hook server comes back
      And Eve tries to publish "gate"
      Then Eve is let on

  @S-CON-06 @must @srs1 @srs3 @srs4 @srs6 @srs7 @load
  Rule: S-CON-06 MUST: churn: no event lost or doubled, no connection or memory left behind

    Scenario: clients connect, publish and vanish, round after round
      When a crowd of publishers, each of its own stream, comes and vanishes, in 3 rounds
      Then every client of the crowd is accounted for

    @api
    Scenario: the server forgets the clients that have gone
      When a crowd of publishers, each of its own stream, comes and vanishes, in 1 rounds
      Then the server lists no client of the crowd any more

    @memory
    Scenario: the server's memory after churn
      Given a server of their own
      When a crowd of publishers, each of its own stream, comes and vanishes, in 6 rounds
      Then the memory of the server has stopped growing
