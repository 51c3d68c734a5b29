Feature: The refusals of a hook server
  What it refuses is its vendor's to say. Whatever does not clearly accept is a
  refusal; a good one can be told from a failure of the server.

  @H-REJ-01 @must @srs1 @srs7 @identities
  Rule: H-REJ-01 MUST: a client that it refuses at on_connect gets a rejecting answer

    Scenario: an on_connect that is to be refused
      When a caller sends an on_connect that is to be refused
      Then it is refused

    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_connect, tries to publish through an RTMP server
      Then Mallory is thrown out

  @H-REJ-02 @must @srs1 @srs7 @identities
  Rule: H-REJ-02 MUST: a client that it refuses at on_publish gets a rejecting answer

    Scenario: an on_publish that is to be refused
      When a caller sends an on_publish that is to be refused
      Then it is refused

    @srs7
    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_publish, tries to publish through an RTMP server
      Then Mallory is thrown out

  @H-REJ-03 @must @srs1 @srs7 @identities
  Rule: H-REJ-03 MUST: a client that it refuses at on_play gets a rejecting answer

    Scenario: an on_play that is to be refused
      When a caller sends an on_play that is to be refused
      Then it is refused

    @srs7
    Scenario: a client of an RTMP server that is to be refused
      When Mallory, who is to be refused at on_play, tries to play through an RTMP server
      Then Mallory is thrown out

  @H-REJ-04 @should @srs1 @srs7 @identities
  Rule: H-REJ-04 SHOULD: a refusal is a well-formed non-zero code with 200, or a 4xx; not a 5xx, a hang or a dropped connection

    Scenario Outline: an <event> that is to be refused
      When a caller sends an <event> that is to be refused
      Then the refusal can be told from a failure

      Examples:
        | event      |
        | on_connect |
        | on_publish |
        | on_play    |

  @H-REJ-05 @should @srs1 @srs7 @identities
  Rule: H-REJ-05 SHOULD: near misses of an accepted token are refused

    Scenario Outline: an <event> that carries <near miss>
      When a caller sends an <event> that carries <near miss>
      Then it is refused

      Examples: another value
        | event      | near miss                       |
        | on_connect | the beginning of the token      |
        | on_connect | the end of the token            |
        | on_connect | more behind it                  |
        | on_connect | more before it                  |
        | on_connect | more on both sides              |
        | on_connect | the other case                  |
        | on_connect | an empty value                  |
        | on_connect | the right one, then a wrong one |
        | on_connect | a wrong one, then the right one |
        | on_publish | the beginning of the token      |
        | on_publish | the end of the token            |
        | on_publish | more behind it                  |
        | on_publish | more before it                  |
        | on_publish | more on both sides              |
        | on_publish | the other case                  |
        | on_publish | an empty value                  |
        | on_publish | the right one, then a wrong one |
        | on_publish | a wrong one, then the right one |
        | on_play    | the beginning of the token      |
        | on_play    | the end of the token            |
        | on_play    | more behind it                  |
        | on_play    | more before it                  |
        | on_play    | more on both sides              |
        | on_play    | the other case                  |
        | on_play    | an empty value                  |
        | on_play    | the right one, then a wrong one |
        | on_play    | a wrong one, then the right one |

      Examples: no value where on_connect has it
        | event      | near miss                         |
        | on_connect | no token                          |
        | on_connect | the right value under another key |
        | on_connect | the token as the value of another |

      @srs7
      Examples: no value where on_publish and on_play have it
        | event      | near miss                         |
        | on_publish | no token                          |
        | on_publish | the right value under another key |
        | on_publish | the token as the value of another |
        | on_play    | no token                          |
        | on_play    | the right value under another key |
        | on_play    | the token as the value of another |
        | on_connect | the token in pageUrl alone        |
        | on_play    | the token in pageUrl alone        |

      @srs1
      Examples: in a key that only on_connect has
        | event      | near miss                  |
        | on_connect | the token in pageUrl alone |

      @srs7
      Examples: in tcUrl and in param
        | event      | near miss                           |
        | on_connect | the right one in tcUrl, a wrong one |
        | on_connect | a wrong one in tcUrl, the right one |
        | on_publish | the right one in tcUrl, a wrong one |
        | on_publish | a wrong one in tcUrl, the right one |
        | on_play    | the right one in tcUrl, a wrong one |
        | on_play    | a wrong one in tcUrl, the right one |
