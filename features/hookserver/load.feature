Feature: A hook server's transport and load
  Every client of a busy server asks at once, each on a connection of its own.

  @H-NET-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-NET-01 MUST: keep-alive and fresh connections, chunked request bodies and Expect: 100-continue all work

    Scenario: fresh connections
      When a caller sends every event on a connection of its own
      Then each is accepted

    Scenario: one connection for several events
      When a caller sends every event on one connection
      Then each is accepted

    Scenario: chunked bodies
      When a caller sends every event with its body in chunks
      Then each is accepted

    Scenario: small segments
      When a caller sends an event in segments of a few bytes
      Then it is accepted

    Scenario: Expect
      When a caller sends an event with Expect: 100-continue
      Then it is accepted

  @H-NET-03 @may @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-NET-03 MAY: pipelined requests are served

    Scenario: two events at once on one connection
      When a caller sends two events at once on one connection
      Then each is accepted

  @H-NET-02 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8 @load
  Rule: H-NET-02 SHOULD: a burst of 200 fresh connections at once is served, none refused or timed out

    Scenario: 200 fresh connections at once
      When 200 callers each open a connection and send an event at once
      Then no caller is refused a connection or waits in vain

  @H-CON-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8 @load
  Rule: H-CON-01 MUST: many concurrent events: every verdict right, none lost, no answer of another's

    Scenario: many clients at once, accepted and refused ones among them
      When a crowd of clients sends its events at once
      Then every verdict is right, and none is lost

  @H-CON-02 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8 @load
  Rule: H-CON-02 SHOULD: the 99th percentile of its latency stays below the caller's time-out by a wide margin

    Scenario: the time that answers to many clients take
      When a crowd of clients sends its events at once, three times at most
      Then 99 of 100 answers come within 200 ms
