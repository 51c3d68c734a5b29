@last
Feature: Broken requests
  The hook path is reachable by strangers and by broken callers. None of them
  gets a client in, and none keeps others from being served. These come last:
  they can end a server.

  @H-BAD-03 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-BAD-03 SHOULD: GET, PUT and DELETE on a hook path change nothing and get no accepting answer

    Scenario Outline: <method>
      When a caller sends an acceptable event by <method>
      Then no answer accepts what is broken

      Examples:
        | method                 |
        | GET                    |
        | GET, without a body    |
        | PUT                    |
        | DELETE                 |
        | DELETE, without a body |

  @H-BAD-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-BAD-01 MUST: what is no event never gets an accepting answer, is answered within 2 s, and the next valid event is served as before

    Scenario Outline: <what>
      When a caller sends to every URL <what>, and then an ordinary event
      Then no answer accepts what is broken
      And each is answered within 2 s
      And the ordinary event is accepted

      Examples: malformed
        | what                      |
        | no body                   |
        | a blank                   |
        | no JSON                   |
        | an object that breaks off |
        | a string that breaks off  |
        | a comma too many          |
        | single quotes             |
        | keys without quotes       |
        | more after the object     |
        | two objects               |

      @types
      Examples: no object
        | what                    |
        | an array                |
        | an array with the event |
        | a number                |
        | a string                |
        | null                    |
        | true                    |

    Scenario Outline: <what>, at a URL of several events
      When a caller sends to URLs of several events <what>, and then an ordinary event
      Then no answer accepts what is broken
      And each is answered within 2 s
      And the ordinary event is accepted

      Examples:
        | what                  |
        | an empty object       |
        | no action             |
        | an empty action       |
        | an action of no event |
        | an action in capitals |

  @H-BAD-04 @should @srs1 @srs3 @srs4 @srs6 @srs7 @srs8
  Rule: H-BAD-04 SHOULD: wrong types of keys, and a missing or unknown action at a URL of one event, get no accepting answer and hurt nobody

    Scenario Outline: <what>, at a URL of one event
      When a caller sends to URLs of one event <what>, and then an ordinary event
      Then no answer accepts what is broken
      And the ordinary event is accepted

      Examples:
        | what                  |
        | an empty object       |
        | no action             |
        | an empty action       |
        | an action of no event |
        | an action in capitals |

    @types
    Scenario Outline: <what>
      When a caller sends an event that has <what>, and then an ordinary event
      Then no answer accepts what is broken
      And the ordinary event is accepted

      Examples:
        | what                        |
        | an array for its action     |
        | a number for its action     |
        | null for its action         |
        | an object for its client_id |
        | true for its client_id      |
        | an array for its app        |
        | a number for its app        |
        | an object for its vhost     |
        | a number for its ip         |
        | an array for its stream     |

      @srs3 @srs4 @srs6 @srs7 @srs8
      Examples: keys since srs3
        | what                    |
        | a number for its param  |
        | an object for its tcUrl |

  @H-BAD-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @srs8 @hostile
  Rule: H-BAD-02 MUST: huge, deeply nested, truncated and slow requests leave the server alive, and others get an answer of the protocol meanwhile

    Scenario Outline: <what>
      When a caller sends <what>, others send ordinary events meanwhile and afterwards
      Then the others get an answer that callers know

      Examples:
        | what                         |
        | a body of 10 MB              |
        | a body of 10 MB in chunks    |
        | arrays nested 10,000 deep    |
        | objects nested 10,000 deep   |
        | 10,000 arrays that open      |
        | 10,000 keys of the same name |
        | a body that is not UTF-8     |
        | a header field of 1 MB       |
        | a request that breaks off    |
        | a head that breaks off       |
        | a body that comes slowly     |
        | a head that comes slowly     |
        | a chunk that comes slowly    |
