Feature: The refusals of a hook server
  What it refuses is its vendor's to say. Whatever does not clearly accept is a
  refusal; a good one can be told from a failure of the server.

  @H-REJ-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-01 MUST: a client that it refuses at on_connect gets a rejecting answer

    Scenario: an on_connect that is to be refused
      When a caller sends an on_connect that is to be refused
      Then it is refused

    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_connect, tries to publish through an RTMP server
      Then Mallory is thrown out

  @H-REJ-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-02 MUST: a client that it refuses at on_publish gets a rejecting answer

    Scenario: an on_publish that is to be refused
      When a caller sends an on_publish that is to be refused
      Then it is refused

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_publish, tries to publish through an RTMP server
      Then Mallory is thrown out

  @H-REJ-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-03 MUST: a client that it refuses at on_play gets a rejecting answer

    Scenario: an on_play that is to be refused
      When a caller sends an on_play that is to be refused
      Then it is refused

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_play, tries to play through an RTMP server
      Then Mallory is thrown out

  @H-REJ-04 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-04 SHOULD: a refusal is a well-formed non-zero code with 200, or a 4xx; not a 5xx, a hang or a dropped connection

    Scenario Outline: an <event> that is refused
      When a caller sends an <event> that is refused
      Then the refusal can be told from a failure

      Examples:
        | event      |
        | on_connect |
        | on_publish |
        | on_play    |

  @H-REJ-05 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-05 SHOULD: near misses of an accepted credential are refused: of each of its keys

    Scenario Outline: an <event> whose credential has <near miss>
      When a caller sends an <event> whose credential has, key by key, <near miss>
      Then it is refused

      Examples: another value
        | event      | near miss                       |
        | on_connect | the beginning                   |
        | on_connect | the end                         |
        | on_connect | the middle                      |
        | on_connect | more after the value            |
        | on_connect | more before the value           |
        | on_connect | more on both sides of the value |
        | on_connect | the other case                  |
        | on_connect | an empty value                  |
        | on_connect | the key left out                |
        | on_connect | the value of another key        |
        | on_publish | the beginning                   |
        | on_publish | the end                         |
        | on_publish | the middle                      |
        | on_publish | more after the value            |
        | on_publish | more before the value           |
        | on_publish | more on both sides of the value |
        | on_publish | the other case                  |
        | on_publish | an empty value                  |
        | on_publish | the key left out                |
        | on_publish | the value of another key        |
        | on_play    | the beginning                   |
        | on_play    | the end                         |
        | on_play    | the middle                      |
        | on_play    | more after the value            |
        | on_play    | more before the value           |
        | on_play    | more on both sides of the value |
        | on_play    | the other case                  |
        | on_play    | an empty value                  |
        | on_play    | the key left out                |
        | on_play    | the value of another key        |

      @srs1 @srs4 @srs6 @srs7 @srs8
      Examples: no value where on_connect has it
        | event      | near miss                         |
        | on_connect | the value under another key       |
        | on_connect | the value in the value of another |

      @srs3 @srs4 @srs6 @srs7 @srs8
      Examples: no value where on_publish and on_play have it
        | event      | near miss                         |
        | on_publish | the value under another key       |
        | on_publish | the value in the value of another |
        | on_play    | the value under another key       |
        | on_play    | the value in the value of another |

    @srs1 @srs4 @srs6 @srs7 @srs8
    Scenario: an on_connect with its credential in pageUrl alone
      When a caller sends an on_connect with its credential in pageUrl alone
      Then it is refused

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: an on_play with its credential in pageUrl alone
      When a caller sends an on_play with its credential in pageUrl alone
      Then it is refused

  @H-REJ-06 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-06 MUST: where refused clients are named, a client without any credential is refused

    # SRS 3 asks on_connect without the stream's parameters, which may hold the credential: they come with on_publish.
    @srs1 @srs4 @srs6 @srs7 @srs8
    Scenario: an on_connect without parameters
      When a caller sends an on_connect without parameters
      Then it is refused

    @srs1 @srs4 @srs6 @srs7 @srs8
    Scenario: an on_connect with the parameters ?x=y
      When a caller sends an on_connect with the parameters ?x=y
      Then it is refused

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario Outline: an <event> without parameters
      When a caller sends an <event> without parameters
      Then it is refused

      Examples:
        | event      |
        | on_publish |
        | on_play    |

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario Outline: an <event> with the parameters ?x=y
      When a caller sends an <event> with the parameters ?x=y
      Then it is refused

      Examples:
        | event      |
        | on_publish |
        | on_play    |

  @H-REJ-07 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-07 SHOULD: a refused client stays refused when its ip is a loopback or private address

    Scenario Outline: an <event> that is refused, from <ip>
      When a caller sends an <event> that is refused, from <ip>
      Then it is refused

      Examples:
        | event      | ip          |
        | on_connect | 127.0.0.1   |
        | on_connect | 10.0.0.1    |
        | on_connect | 192.168.0.1 |
        | on_connect | ::1         |
        | on_publish | 127.0.0.1   |
        | on_publish | 10.0.0.1    |
        | on_publish | 192.168.0.1 |
        | on_publish | ::1         |
        | on_play    | 127.0.0.1   |
        | on_play    | 10.0.0.1    |
        | on_play    | 192.168.0.1 |
        | on_play    | ::1         |

  @H-REJ-08 @may @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REJ-08 MAY: a good and a bad credential together, or in each other's place, get the same verdict in every order

    Scenario Outline: an <event> with a good and a bad credential together
      When a caller sends an <event> with a good and a bad credential together, in both orders
      Then both get the same verdict

      Examples:
        | event      |
        | on_connect |
        | on_publish |
        | on_play    |

    Scenario Outline: an <event> with a good credential in tcUrl and a bad one in param
      When a caller sends an <event> with a good credential in tcUrl and a bad one in param, and swapped
      Then both get the same verdict

      @srs3 @srs4 @srs6 @srs7 @srs8
      Examples: on_publish has both keys since srs3
        | event      |
        | on_publish |

      @srs4 @srs6 @srs7 @srs8
      Examples: on_connect since srs4
        | event      |
        | on_connect |

      @srs6 @srs7 @srs8
      Examples: on_play since srs6
        | event      |
        | on_play    |
