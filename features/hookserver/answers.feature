Feature: The answers of a hook server
  A caller lets its client on when the answer is the byte 0 with status 200, and
  an srs6 caller when it is an object whose code is 0. Nothing else will do.

  @H-RSP-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-01 MUST: an acceptable on_connect is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_connect
      When a caller sends an acceptable on_connect, and other forms of it if that is not accepted
      Then it is accepted

    Scenario Outline: a token after <bytes> bytes of other parameters
      When a caller sends an acceptable on_connect with <bytes> bytes of other parameters before its token
      Then it is accepted

      Examples:
        | bytes |
        | 1     |
        | 256   |
        | 4096  |

    @srs1
    Scenario: a client connects to an RTMP server and leaves
      When Alice, who is acceptable, connects to an RTMP server and leaves
      Then the on_connect of Alice is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client publishes through an RTMP server
      When Alice, who is acceptable, publishes through an RTMP server
      Then the on_connect of Alice is accepted

  @H-RSP-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-02 MUST: an acceptable on_close is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_close
      When a caller sends an acceptable on_close, and other forms of it if that is not accepted
      Then it is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client publishes through an RTMP server, and leaves
      When Alice, who is acceptable, publishes through an RTMP server, and leaves
      Then the on_close of Alice is accepted

  @H-RSP-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-03 MUST: an acceptable on_publish is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_publish
      When a caller sends an acceptable on_publish, and other forms of it if that is not accepted
      Then it is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario Outline: a token after <bytes> bytes of other parameters
      When a caller sends an acceptable on_publish with <bytes> bytes of other parameters before its token
      Then it is accepted

      Examples:
        | bytes |
        | 1     |
        | 256   |
        | 4096  |

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client publishes through an RTMP server
      When Alice, who is acceptable, publishes through an RTMP server
      Then the on_publish of Alice is accepted
      And Alice is let on

  @H-RSP-04 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-04 MUST: an acceptable on_unpublish is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_unpublish
      When a caller sends an acceptable on_unpublish, and other forms of it if that is not accepted
      Then it is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client publishes through an RTMP server, and leaves
      When Alice, who is acceptable, publishes through an RTMP server, and leaves
      Then the on_unpublish of Alice is accepted

  @H-RSP-05 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-05 MUST: an acceptable on_play is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_play
      When a caller sends an acceptable on_play, and other forms of it if that is not accepted
      Then it is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario Outline: a token after <bytes> bytes of other parameters
      When a caller sends an acceptable on_play with <bytes> bytes of other parameters before its token
      Then it is accepted

      Examples:
        | bytes |
        | 1     |
        | 256   |
        | 4096  |

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client plays through an RTMP server
      When Bob, who is acceptable, plays through an RTMP server
      Then the on_play of Bob is accepted
      And Bob is let on

  @H-RSP-06 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-06 MUST: an acceptable on_stop is answered 200 with 0, or since srs3 with an object whose code is 0

    Scenario: an acceptable on_stop
      When a caller sends an acceptable on_stop, and other forms of it if that is not accepted
      Then it is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client plays through an RTMP server, and leaves
      When Bob, who is acceptable, plays through an RTMP server, and leaves
      Then the on_stop of Bob is accepted

  @H-RSP-07 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-07 MUST: the answer is exact: nothing round the 0, and code is an integer

    Scenario Outline: the events of a <kind>
      When a caller sends the events of a <kind> in order
      Then each answer is exact

      Examples:
        | kind      |
        | publisher |
        | player    |

  @H-RSP-08 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-08 MUST: every configured event is answered, each within 2 s

    Scenario Outline: the events of a <kind>
      When a caller sends the events of a <kind> in order
      Then each is answered within 2 s

      Examples:
        | kind      |
        | publisher |
        | player    |

  @H-RSP-09 @should @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-RSP-09 SHOULD: an answer is not nested deep

    Scenario Outline: the events of a <kind>
      When a caller sends the events of a <kind> in order
      Then no answer is nested deep

      Examples:
        | kind      |
        | publisher |
        | player    |
