Feature: The answers
  The answer decides. Whatever is not clearly an acceptance is a refusal.

  @S-ANS-01 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-01 MUST: every accepting answer lets the client on

    Scenario Outline: <case>, to a publisher's on_connect and on_publish
      Given the hook server answers on_connect and on_publish with <answer>
      When Alice tries to publish "cam"
      Then Alice is let on

      Examples: all profiles
        | case                        | answer                                   |
        | the byte 0                  | 200 and `0`                              |
        | chunked                     | 200 and `0`, chunked                     |
        | HTTP/1.0 without length     | 200 and `0`, as HTTP/1.0 without length  |
        | without length              | 200 and `0`, without length              |
        | keep-alive refused          | 200 and `0`, with Connection: close      |

      @srs3 @srs4 @srs6 @srs7
      Examples: since srs3
        | case                        | answer                                   |
        | status 201                  | 201 and `0`                              |
        | an object                   | 200 and `{"code":0}`                     |
        | an object with status 201   | 201 and `{"code":0}`                     |
        | an object with other keys   | 200 and `{"code":0,"msg":"ok"}`          |
        | an object with data null    | 200 and `{"code":0,"data":null}`         |
        | blanks and a newline        | 200 and `{"code": 0, "data": null}\n`    |
        | a newline before the object | 200 and `\n{"code":0}`                   |
        | chunked object              | 200 and `{"code":0}`, chunked            |
        | an answer of 200 KB         | 200 and an object of 200 KB whose code is 0 |

    Scenario Outline: <case>, to a player's on_play
      Given Alice publishes "cam"
      And the hook server answers on_play with <answer>
      When Bob tries to play "cam"
      Then Bob is let on
      And Bob receives media of Alice

      Examples: all profiles
        | case                        | answer                                   |
        | the byte 0                  | 200 and `0`                              |
        | chunked                     | 200 and `0`, chunked                     |
        | HTTP/1.0 without length     | 200 and `0`, as HTTP/1.0 without length  |
        | without length              | 200 and `0`, without length              |

      @srs3 @srs4 @srs6 @srs7
      Examples: since srs3
        | case                        | answer                                   |
        | status 201                  | 201 and `0`                              |
        | an object                   | 200 and `{"code":0}`                     |
        | an object with status 201   | 201 and `{"code":0}`                     |
        | an object with other keys   | 200 and `{"code":0,"msg":"ok"}`          |
        | blanks and a newline        | 200 and `{"code": 0, "data": null}\n`    |
        | an answer of 200 KB         | 200 and an object of 200 KB whose code is 0 |

    @slow
    Scenario: an answer that takes 3 s
      Given the hook server answers on_publish with 200 and `0`, after 3 s
      When Alice tries to publish "cam"
      Then Alice is let on

  @S-ANS-02 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-02 MUST: every rejecting answer makes the server disconnect the client

    Scenario Outline: <case>, to a publisher's on_connect
      Given the hook server answers on_connect with <answer>
      When Alice tries to publish "cam"
      Then Alice is disconnected, refused at on_connect

      Examples: all profiles
        | case                     | answer                         |
        | 1                        | 200 and `1`                    |
        | an empty body            | 200 and ``                     |
        | status 403               | 403 and `0`                    |
        | status 500               | 500 and `0`                    |
        | a redirect               | 302 and `0`                    |
        | a reset connection       | a reset connection             |
        | a closed connection      | a closed connection            |
        | not HTTP                 | what is not HTTP               |

    Scenario Outline: <case>, to a publisher's on_publish
      Given the hook server answers on_publish with <answer>
      When Alice tries to publish "cam"
      Then Alice is disconnected, refused at on_publish

      Examples: all profiles
        | case                     | answer                         |
        | 1                        | 200 and `1`                    |
        | minus 1                  | 200 and `-1`                   |
        | an object with code 1    | 200 and `{"code":1}`           |
        | code as a string         | 200 and `{"code":"0"}`         |
        | code as a fraction       | 200 and `{"code":0.0}`         |
        | code null                | 200 and `{"code":null}`        |
        | code false               | 200 and `{"code":false}`       |
        | Code with a capital      | 200 and `{"Code":0}`           |
        | a second code of 1       | 200 and `{"code":0,"code":1}`  |
        | an object without code   | 200 and `{}`                   |
        | an array                 | 200 and `[]`                   |
        | an array of 0            | 200 and `[0]`                  |
        | null                     | 200 and `null`                 |
        | true                     | 200 and `true`                 |
        | false                    | 200 and `false`                |
        | 0 as a string            | 200 and `"0"`                  |
        | ok                       | 200 and `ok`                   |
        | an empty body            | 200 and ``                     |
        | 0 and a newline          | 200 and `0\n`                  |
        | 0 and CR LF              | 200 and `0\r\n`                |
        | a blank and 0            | 200 and ` 0`                   |
        | 0 and a blank            | 200 and `0 `                   |
        | 00                       | 200 and `00`                   |
        | minus 0                  | 200 and `-0`                   |
        | 0.0                      | 200 and `0.0`                  |
        | a byte order mark        | 200 and `\ufeff0`              |
        | truncated JSON           | 200 and `{"code":0`            |
        | garbage after the JSON   | 200 and `{"code":0}xyz`        |
        | status 202               | 202 and `0`                    |
        | status 206               | 206 and `0`                    |
        | status 301               | 301 and `0`                    |
        | status 302               | 302 and `0`                    |
        | status 307               | 307 and `0`                    |
        | status 400               | 400 and `0`                    |
        | status 401               | 401 and `0`                    |
        | status 403               | 403 and `0`                    |
        | status 404               | 404 and `0`                    |
        | status 500               | 500 and `0`                    |
        | status 500, an object    | 500 and `{"code":0}`           |
        | status 503               | 503 and `0`                    |
        | a truncated answer       | a truncated answer             |
        | gzip                     | 200 and `0`, gzipped           |
        | a reset connection       | a reset connection             |
        | a closed connection      | a closed connection            |
        | not HTTP                 | what is not HTTP               |

      @srs1
      Examples: srs1
        | case                     | answer                         |
        | status 201               | 201 and `0`                    |
        | an object with code 0    | 200 and `{"code":0}`           |
        | an object, data null     | 200 and `{"code":0,"data":null}` |

    @slow
    Scenario Outline: <case>, to a publisher's on_publish
      Given the clients use the vhost with the shortest time-out
      And the hook server answers on_publish with <answer>
      When Alice tries to publish "cam"
      Then Alice is disconnected, refused at on_publish

      Examples: all profiles
        | case                     | answer                         |
        | no answer in time        | no answer                      |
        | status 204               | 204 and ``                     |
        | 1 after 100 Continue     | 200 and `1`, after 100 Continue |
        | 1 without header fields  | 200 and `1`, without any header field |

    # Servers differ here, and either is right: to accept by the content, or to refuse.
    @slow
    Scenario Outline: <case>, to a publisher's on_publish
      Given the clients use the vhost with the shortest time-out
      And the hook server answers on_publish with <answer>
      When Alice tries to publish "cam"
      Then Alice is let on, or disconnected, refused at on_publish

      Examples: all profiles
        | case                     | answer                          |
        | 0 after 100 Continue     | 200 and `0`, after 100 Continue |
        | 0 without header fields  | 200 and `0`, without any header field |

    Scenario Outline: <case>, to a player's on_play
      Given Alice publishes "cam"
      And the hook server answers on_play with <answer>
      When Bob tries to play "cam"
      Then Bob is disconnected, refused at on_play

      Examples: all profiles
        | case                     | answer                         |
        | 1                        | 200 and `1`                    |
        | an object with code 1    | 200 and `{"code":1}`           |
        | code as a string         | 200 and `{"code":"0"}`         |
        | an object without code   | 200 and `{}`                   |
        | null                     | 200 and `null`                 |
        | 0 as a string            | 200 and `"0"`                  |
        | ok                       | 200 and `ok`                   |
        | an empty body            | 200 and ``                     |
        | 0 and a newline          | 200 and `0\n`                  |
        | a blank and 0            | 200 and ` 0`                   |
        | status 202               | 202 and `0`                    |
        | status 302               | 302 and `0`                    |
        | status 403               | 403 and `0`                    |
        | status 500               | 500 and `0`                    |
        | a truncated answer       | a truncated answer             |
        | gzip                     | 200 and `0`, gzipped           |
        | a reset connection       | a reset connection             |

    @vhosts
    Scenario: nobody listens at the hook's address
      Given the clients use the vhost whose hook server is down
      When Alice tries to publish "cam"
      Then Alice is disconnected

  @S-ANS-03 @must @srs1
  Rule: S-ANS-03 MUST: on_connect refused: no on_publish or on_play follows

    Scenario: a publisher refused at on_connect
      Given the hook server refuses on_connect of Alice
      When Alice tries to publish "cam"
      Then the events of Alice are exactly on_connect, with or without on_close after it

    Scenario: a player refused at on_connect
      Given the hook server refuses on_connect of Bob
      When Bob tries to play "cam"
      Then the events of Bob are exactly on_connect, with or without on_close after it

  @S-ANS-03 @must @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-03 MUST: on_connect refused: no on_publish or on_play follows, on_close does

    Scenario: a publisher refused at on_connect
      Given the hook server refuses on_connect of Alice
      When Alice tries to publish "cam"
      Then the events of Alice are exactly on_connect, on_close

    Scenario: a player refused at on_connect
      Given the hook server refuses on_connect of Bob
      When Bob tries to play "cam"
      Then the events of Bob are exactly on_connect, on_close

  @S-ANS-04 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-04 MUST: on_publish refused: no on_unpublish, on_close follows, no player ever sees a frame of it, and the client is not told NetStream.Publish.Start

    Scenario Outline: a refused <case> with players waiting
      Given the hook server refuses on_publish of Alice
      And Bob plays "cam" before anyone publishes
      When Alice, <style>, tries to publish "cam", sending media at once
      Then Alice is disconnected
      And the events of Alice are exactly on_connect, on_publish, on_close
      And Bob has been shown nothing of the stream of Alice
      And Alice was not told that publishing started

      Examples:
        | case            | style             |
        | encoder         | an encoder        |
        | Flash publisher | a Flash publisher |

    Scenario: the next publisher's media reaches the players, the refused one's does not
      Given the hook server refuses on_publish of Alice
      And Bob plays "cam" before anyone publishes
      When Alice tries to publish "cam", sending media at once
      And Dave plays "cam" before anyone publishes
      And Carol publishes "cam"
      Then Bob receives media of Carol
      And Dave receives media of Carol
      And Bob has been shown nothing of the stream of Alice
      And Dave has been shown nothing of the stream of Alice

  @S-ANS-05 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-05 MUST: on_play refused: no on_stop, on_close follows, and no audio or video reaches the player

    Scenario: a refused player of a live stream
      Given Alice publishes "cam"
      And the hook server refuses on_play of Bob
      When Bob tries to play "cam"
      Then Bob is disconnected
      And the events of Bob are exactly on_connect, on_play, on_close
      And Bob has received no media

  @S-ANS-06 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-06 MUST: while on_publish is unanswered the stream is not visible; while on_play is unanswered no media is sent

    Scenario: a publisher whose on_publish is held
      Given the hook server holds its answer to on_publish of Alice
      And Bob plays "cam" before anyone publishes
      And Dave plays "door" before anyone publishes
      When Alice begins to publish "cam", sending media at once
      And Carol publishes "door"
      Then Dave receives media of Carol
      And Bob has been shown nothing of the stream of Alice
      And Bob has received no media
      When the hook server answers
      Then Bob receives media of Alice

    Scenario: a player whose on_play is held
      Given Alice publishes "cam"
      And the hook server holds its answer to on_play of Bob
      When Bob begins to play "cam"
      And Dave plays "cam"
      Then Dave receives media of Alice
      And Bob has received no media
      When the hook server answers
      Then Bob receives media of Alice

  @S-ANS-07 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-07 MUST: the refused client is off within 1 s of the answer (and of the answers to its on_close)

    Scenario Outline: refused at <event>
      Given the hook server refuses <event> of Alice
      When Alice tries to <act> "cam"
      Then Alice is disconnected within 1 s of the last answer to her events

      Examples:
        | event      | act     |
        | on_connect | publish |
        | on_publish | publish |
        | on_play    | play    |

  @S-ANS-08 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-08 MUST: a refused publisher leaves the stream name free at once

    Scenario: the rightful publisher comes right after the refused one
      Given the hook server refuses on_publish of Alice
      When Alice tries to publish "cam"
      And Carol tries to publish "cam"
      Then Carol is let on
      And the events of Carol so far are exactly on_connect, on_publish

    Scenario: the rightful publisher comes after three refused ones
      Given the hook server refuses on_publish of Alice, Eve and Mallory
      When Alice tries to publish "cam"
      And Eve tries to publish "cam"
      And Mallory tries to publish "cam"
      And Carol tries to publish "cam"
      Then Carol is let on

  @S-ANS-09 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-09 MUST: answers to on_close, on_unpublish and on_stop change nothing, errors and time-outs among them

    Scenario Outline: <case>
      Given the hook server answers on_close, on_unpublish and on_stop with <answer>
      When Alice publishes "cam", Bob plays it, and both leave
      And Carol publishes "cam"
      Then Carol is let on
      And the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And the events of Bob are exactly on_connect, on_play, on_stop, on_close

      Examples:
        | case                | answer              |
        | refused             | 200 and `1`         |
        | status 500          | 500 and `0`         |
        | a reset connection  | a reset connection  |
        | what is not HTTP    | what is not HTTP    |

    @slow
    Scenario: no answer at all
      Given the clients use the vhost with the shortest time-out
      And the hook server answers on_unpublish with no answer
      When Alice publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

  @S-ANS-10 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ANS-10 MUST: a client that leaves while its hook is pending causes its closing events once the answer is in, and no others

    Scenario Outline: a publisher <goes> while on_publish is pending, which is then accepted
      Given the hook server holds its answer to on_publish of Alice
      When Alice begins to publish "cam"
      And Alice <goes>
      And another client publishes and leaves
      And the hook server answers
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close

      Examples:
        | goes                  |
        | closes her connection |
        | vanishes              |

    Scenario: a publisher vanishes while on_publish is pending, which is then refused
      Given the hook server holds its answer to on_publish of Alice
      When Alice begins to publish "cam"
      And Alice vanishes
      And another client publishes and leaves
      And the hook server answers with 200 and `1`
      Then the events of Alice are exactly on_connect, on_publish, on_close

    Scenario: a player vanishes while on_play is pending, which is then accepted
      Given the hook server holds its answer to on_play of Bob
      When Bob begins to play "cam"
      And Bob vanishes
      And another client publishes and leaves
      And the hook server answers
      Then the events of Bob are exactly on_connect, on_play, on_stop, on_close

  @S-ANS-11 @must @srs3 @srs4 @srs6 @srs7 @deadly
  Rule: S-ANS-11 MUST: no answer ends the server

    Scenario Outline: an accepting answer nested <depth> deep
      Given what follows could end the server
      And Bob publishes "door"
      And Carol plays "door"
      And the hook server answers on_publish of Alice with 200 and an object whose code is 0, nested <depth> deep
      When Alice tries to publish "cam"
      And another client publishes and leaves
      Then the server lives
      And Carol receives more media

      Examples:
        | depth |
        | 1000  |
        | 3000  |
        | 50000 |
