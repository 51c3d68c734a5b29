Feature: What a hook server must read
  Callers differ in what they send and how they write it: by version, by the
  client's strings, by their JSON library. The meaning is the same.

  @H-REQ-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REQ-01 MUST: unknown keys, any key order, escaped and non-ASCII strings and empty strings are read

    Scenario Outline: <event> with <body>
      When a caller sends an acceptable <event> whose body has <body>
      Then each is accepted for whom it accepts, and refused for others

      Examples:
        | event      | body                                   |
        | on_connect | unknown keys after the known ones      |
        | on_publish | unknown keys after the known ones      |
        | on_connect | unknown keys before the known ones     |
        | on_publish | unknown keys before the known ones     |
        | on_connect | the keys in reverse order              |
        | on_publish | the keys in reverse order              |
        | on_connect | blanks and newlines between the tokens |
        | on_publish | blanks and newlines between the tokens |
        | on_connect | every character of its strings escaped |
        | on_publish | every character of its strings escaped |
        | on_connect | slashes escaped                        |
        | on_publish | slashes escaped                        |
        | on_connect | strings that are not ASCII             |
        | on_publish | strings that are not ASCII             |
        | on_connect | strings that are not ASCII, escaped    |
        | on_publish | strings that are not ASCII, escaped    |
        | on_connect | empty strings where a client sent none |
        | on_publish | empty strings where a client sent none |
        | on_play    | unknown keys after the known ones      |
        | on_play    | every character of its strings escaped |
        | on_close   | unknown keys after the known ones      |
        | on_close   | every character of its strings escaped |

  @H-REQ-02 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REQ-02 SHOULD: client_id of the other type, string or integer, is read as well

    Scenario: each event with a client_id of the other type
      When a caller sends each event with a client_id of the other type
      Then each is accepted

  @H-REQ-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REQ-03 MUST: an acceptable client with an empty pageUrl, several = or a second ? beside its credential gets an answer of the protocol, not a 5xx, a hang or a dropped connection

    Scenario Outline: an <event> with <value>
      When a caller sends an acceptable <event> that has <value>
      Then the answer is one that callers know

      Examples:
        | event      | value                            |
        | on_connect | an empty pageUrl                 |
        | on_connect | several = beside its credential  |
        | on_connect | a second ? beside its credential |
        | on_publish | several = beside its credential  |
        | on_publish | a second ? beside its credential |
        | on_play    | several = beside its credential  |
        | on_play    | a second ? beside its credential |

      @srs3 @srs4 @srs6 @srs7 @srs8
      Examples: a key that on_play has since srs3
        | event   | value            |
        | on_play | an empty pageUrl |

  @H-REQ-04 @should @srs6 @srs7
  Rule: H-REQ-04 SHOULD: a good token that arrives doubled is accepted

    Scenario Outline: an <event> whose token is doubled in param
      When a caller sends an acceptable <event> whose token is doubled in param
      Then it is accepted

      Examples:
        | event      |
        | on_connect |
        | on_publish |
        | on_play    |

  @H-REQ-05 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-REQ-05 SHOULD: the body is read as JSON whatever the Content-Type

    Scenario Outline: the Content-Type <type>
      When a caller sends an acceptable event with the Content-Type <type>
      Then each is accepted

      Examples:
        | type                              |
        | application/json; charset=utf-8   |
        | text/plain                        |
        | application/x-www-form-urlencoded |
        | application/octet-stream          |

    Scenario: no Content-Type
      When a caller sends an acceptable event without a Content-Type
      Then each is accepted

  @H-ORD-01 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-ORD-01 SHOULD: closing events that it never saw the opening of, repeated and late ones, are answered 0

    Scenario: never opened
      When a caller sends closing events of clients that never came
      Then each is accepted

    Scenario: repeated
      When a caller sends closing events of clients that never came, each twice
      Then each is accepted

    Scenario: late
      When a caller sends on_unpublish and on_stop after the on_close of clients that never came
      Then each is accepted

    @srs3 @srs4 @srs6 @srs7 @srs8
    Scenario: a client connects to an RTMP server and leaves, which is an on_close alone
      When Alice, who is acceptable, connects to an RTMP server and leaves
      Then the on_close of Alice is accepted
