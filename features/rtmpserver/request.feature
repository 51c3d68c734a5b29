Feature: The request
  A hook is one HTTP request with one JSON object in it. A hook server parses
  what strangers on the internet can put into it, so its form matters.

  @S-REQ-01 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-REQ-01 MUST: every hook is an HTTP POST to exactly the configured URL, its path and query kept

    Scenario: every event of a publisher and a player goes to its URL
      When Alice publishes "cam", Bob plays it, and both leave
      Then every request is a POST to the configured URL of its event

  @S-REQ-02 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-REQ-02 MUST: the body is one well-formed UTF-8 JSON object with a true Content-Length

    Scenario: every event of a publisher and a player has a sound body
      When Alice publishes "cam", Bob plays it, and both leave
      Then every request has a body that is one JSON object of the length that Content-Length says

  @S-REQ-03 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-REQ-03 MUST: strings that come from the client are escaped: the body stays valid JSON and no other key changes

    Scenario Outline: a parameter with <case>
      When Alice publishes "cam?k=<text>" and leaves
      Then every request of Alice is valid JSON and no key but param and stream differs from a plain client's

      Examples:
        | case                  | text                           |
        | a quote               | a"b                            |
        | a backslash           | a\\b                           |
        | a trailing backslash  | a\\                            |
        | JSON of its own       | "},{"action":"on_close","x":"  |
        | a key of its own      | ","app":"admin","y":"          |
        | a line feed           | a{LF}b                         |
        | a control byte        | a{0x01}b                       |
        | invalid UTF-8         | a{0xff}b                       |
        | UTF-8                 | grüße-日本                     |
        | an ampersand and more | a&app=admin&name=x&call=on_play |

    Scenario Outline: a page URL with <case>
      When Alice, whose pageUrl ends in "<text>", publishes "cam" and leaves
      Then every request of Alice is valid JSON and no key but pageUrl differs from a plain client's

      Examples:
        | case            | text                          |
        | a quote         | a"b                           |
        | a key of its own | ","app":"admin","y":"        |
        | a control byte  | a{0x01}b                      |
        | invalid UTF-8   | a{0xff}b                      |

  @S-REQ-04 @should @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-REQ-04 SHOULD: Content-Type is application/json

    Scenario: every event of a publisher and a player says that it is JSON
      When Alice publishes "cam", Bob plays it, and both leave
      Then every request has the Content-Type application/json

  @S-REQ-05 @may @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-REQ-05 MAY: User-Agent names the server

    Scenario: the events of a publisher name the server
      When Alice publishes "cam" and leaves
      Then every request has a User-Agent
