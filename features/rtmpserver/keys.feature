Feature: The keys
  What the hook server decides on. A key that is missing, misnamed or of another
  type breaks it; a wrong value lets the wrong client in.

  @S-KEY-01 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-01 MUST: on_connect carries its keys, each with its type

    Scenario: on_connect of a publisher
      When Alice publishes "cam" and leaves
      Then on_connect of Alice carries the keys of the protocol

    Scenario: on_connect of a player
      When Bob plays "cam" before anyone publishes, and leaves
      Then on_connect of Bob carries the keys of the protocol

  @S-KEY-02 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-02 MUST: on_close carries its keys, each with its type

    Scenario: on_close of a publisher
      When Alice publishes "cam" and leaves
      Then on_close of Alice carries the keys of the protocol

    Scenario: on_close of a player
      When Bob plays "cam" before anyone publishes, and leaves
      Then on_close of Bob carries the keys of the protocol

  @S-KEY-03 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-03 MUST: on_publish carries its keys, each with its type

    Scenario: on_publish
      When Alice publishes "cam" and leaves
      Then on_publish of Alice carries the keys of the protocol

  @S-KEY-04 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-04 MUST: on_unpublish carries its keys, each with its type

    Scenario: on_unpublish
      When Alice publishes "cam" and leaves
      Then on_unpublish of Alice carries the keys of the protocol

  @S-KEY-05 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-05 MUST: on_play carries its keys, each with its type

    Scenario: on_play
      When Alice publishes "cam", Bob plays it, and both leave
      Then on_play of Bob carries the keys of the protocol

  @S-KEY-06 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-06 MUST: on_stop carries its keys, each with its type

    Scenario: on_stop
      When Alice publishes "cam", Bob plays it, and both leave
      Then on_stop of Bob carries the keys of the protocol

  @S-KEY-07 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-07 MUST: ip is the client's address without port

    Scenario: the address of a publisher
      When Alice publishes "cam" and leaves
      Then ip is the address of Alice in every event of Alice

    @loopback
    Scenario: the address of a player that comes from another address
      When Bob, from another local address, plays "cam" before anyone publishes, and leaves
      Then ip is the address of Bob in every event of Bob

  @S-KEY-08 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-08 MUST: tcUrl is what the client sent, query string and all

    Scenario Outline: a tcUrl with <case>
      When Alice, whose tcUrl ends in "<query>", publishes "cam" and leaves
      Then tcUrl is what Alice sent in every event of Alice that has the key

      Examples:
        | case             | query                       |
        | no query         |                             |
        | a token          | ?token=secret               |
        | two parameters   | ?token=secret&user=alice    |
        | an escaped blank | ?token=a%20b&sign=x==       |

    Scenario: a tcUrl with a user and a password
      When Alice, with tcUrl "rtmp://user:secret@{address}/{app}", publishes "cam" and leaves
      Then tcUrl is what Alice sent in every event of Alice that has the key

  @S-KEY-09 @must @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-09 MUST: what follows the ? of the stream name goes to param with its ?, and stream is the bare name

    Scenario Outline: a publisher's stream name with <case>
      When Alice publishes "<name>" and leaves
      Then param of Alice begins with "<param>" and stream is "cam" in on_publish and on_unpublish

      Examples:
        | case           | name                      | param                  |
        | no parameter   | cam                       |                        |
        | one parameter  | cam?token=abc             | ?token=abc             |
        | two parameters | cam?token=abc&x=1         | ?token=abc&x=1         |
        | a second mark  | cam?token=abc?x=1         | ?token=abc?x=1         |

    Scenario: a token in tcUrl and another one after the stream name
      When Alice, whose tcUrl ends in "?token=one", publishes "cam?token=two" and leaves
      Then param of Alice begins with "?token=two" and stream is "cam" in on_publish and on_unpublish

    Scenario: a second stream of the connection with a token of its own
      When Alice publishes "cam?token=one", unpublishes with FCUnpublish and publishes "cam2?token=two", then leaves
      Then param of the last stream of Alice begins with "?token=two" in on_publish and on_unpublish

    Scenario: a player's stream name with a parameter
      When Bob plays "cam?token=abc&x=1" before anyone publishes, and leaves
      Then param of Bob begins with "?token=abc&x=1" and stream is "cam" in on_play and on_stop

  @S-KEY-09 @should @srs1
  Rule: S-KEY-09 SHOULD: stream is the bare name

    Scenario: a publisher's stream name with a parameter
      When Alice publishes "cam?token=abc" and leaves
      Then stream of Alice is "cam" in on_publish and on_unpublish

    Scenario: a player's stream name with a parameter
      When Bob plays "cam?token=abc" before anyone publishes, and leaves
      Then stream of Bob is "cam" in on_play and on_stop

  @S-KEY-10 @must @srs6 @srs7
  Rule: S-KEY-10 MUST: stream_url is /app/stream on the default vhost and vhost/app/stream on another

    Scenario: on the default vhost
      When Alice publishes "cam?token=abc" and leaves
      Then stream_url of Alice is "/{app}/cam" in on_publish and on_unpublish

    @vhosts
    Scenario: on another vhost
      Given the clients use the vhost "other"
      When Alice publishes "cam?token=abc" and leaves
      Then stream_url of Alice is "{vhost}/{app}/cam" in on_publish and on_unpublish

  @S-KEY-11 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-11 MUST: vhost comes from ?vhost= in tcUrl or stream, else from tcUrl's host where such a vhost is configured, else it is __defaultVhost__

    Scenario Outline: vhost by <case>
      When Alice, with tcUrl "<tcUrl>", publishes "<stream>" and leaves
      Then vhost of Alice is "__defaultVhost__" in every event

      Examples:
        | case                    | tcUrl                                | stream |
        | an address              | rtmp://{address}/{app}               | cam    |
        | a host that is no vhost | rtmp://unknown.hookproof.test/{app}  | cam    |

    @vhosts
    Scenario Outline: another vhost by <case>
      When Alice, with tcUrl "<tcUrl>", publishes "<stream>" and leaves
      Then vhost of Alice is "other.hookproof.test" in every event

      Examples:
        | case                        | tcUrl                                               | stream                          |
        | the host of tcUrl           | rtmp://other.hookproof.test/{app}                   | cam                             |
        | ?vhost= in tcUrl            | rtmp://{address}/{app}?vhost=other.hookproof.test   | cam                             |
        | the legacy form in tcUrl    | rtmp://{address}/{app}...vhost...other.hookproof.test | cam                           |

      @srs3 @srs4 @srs6 @srs7 @since-2026-12
      Examples: the stream has parameters of its own
        | case                                      | tcUrl                                             | stream  |
        | ?vhost= in tcUrl, parameters after the stream | rtmp://{address}/{app}?vhost=other.hookproof.test | cam?k=1 |

    @vhosts @srs3 @srs4 @srs6 @srs7
    Scenario: another vhost by ?vhost= after the stream name
      When Alice, with tcUrl "rtmp://{address}/{app}", publishes "cam?vhost=other.hookproof.test" and leaves
      Then vhost of Alice is "other.hookproof.test" in every event that knows the stream

  @S-KEY-12 @must @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-12 MUST: parameters arrive byte for byte, whatever their length and characters

    Scenario Outline: after the stream name, <case>
      When Alice publishes "cam?k=<value>" and leaves
      Then param of Alice begins with "?k=<value>" and stream is "cam" in on_publish and on_unpublish

      Examples:
        | case               | value               |
        | several keys       | 1&l=2&m=3           |
        | equals signs       | YWJj==&sig=a=b      |
        | percent escapes    | a%20b%2Fc           |
        | 255 bytes          | {255 bytes}         |
        | 256 bytes          | {256 bytes}         |
        | 257 bytes          | {257 bytes}         |
        | 4096 bytes         | {4096 bytes}        |
        | UTF-8              | grüße-日本-🎥        |
        | quotes             | a"b'c               |
        | a blank            | a b                 |
        | a tab              | a{0x09}b            |

  @S-KEY-12 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-12 MUST: parameters of tcUrl arrive byte for byte, whatever their length and characters

    Scenario Outline: in tcUrl, <case>
      When Alice, whose tcUrl ends in "?k=<value>", publishes "cam" and leaves
      Then tcUrl is what Alice sent in every event of Alice that has the key

      Examples:
        | case               | value               |
        | several keys       | 1&l=2&m=3           |
        | equals signs       | YWJj==&sig=a=b      |
        | percent escapes    | a%20b%2Fc           |
        | 255 bytes          | {255 bytes}         |
        | 256 bytes          | {256 bytes}         |
        | 257 bytes          | {257 bytes}         |
        | 4096 bytes         | {4096 bytes}        |
        | UTF-8              | grüße-日本-🎥        |
        | quotes             | a"b'c               |
        | a blank            | a b                 |
        | a tab              | a{0x09}b            |

  @S-KEY-13 @should @srs3 @srs4 @srs6 @srs7
  Rule: S-KEY-13 SHOULD: the parameters of a further stream of a connection are its own, and parameters of tcUrl are not repeated

    Scenario Outline: a further stream that is published, with <case>
      When Alice publishes "cam?token=one", unpublishes with FCUnpublish and publishes "<name>", then leaves
      Then param of the last stream of Alice is "<param>" in on_publish and on_unpublish

      Examples:
        | case                   | name           | param      |
        | parameters of its own  | cam2?token=two | ?token=two |
        | no parameters          | cam2           |            |

    Scenario: a further stream that is played
      When Bob plays "cam?token=one", stops, plays "door?token=two" and leaves
      Then param of the last stream of Bob is "?token=two" in on_play and on_stop

    Scenario Outline: a token in tcUrl, and after the stream name <case>
      When Alice, whose tcUrl ends in "?token=one", publishes "<name>" and leaves
      Then param of Alice has "token=one" once at most in on_publish and on_unpublish

      Examples:
        | case        | name          |
        | nothing     | cam           |
        | another one | cam?token=two |
