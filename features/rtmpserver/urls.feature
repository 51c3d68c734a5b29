Feature: Several URLs
  An event may have several URLs: one that decides, one that counts, one that logs.

  @S-URL-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-URL-01 MUST: all URLs of an event are called, once each, in the configured order, one by one

    Scenario: three URLs for each event
      Given the clients use the vhost with three URLs an event
      When Alice publishes "cam", Bob plays it, and both leave
      Then for each event of Alice and Bob the URLs 1, 2, 3 were called, one by one

  @S-URL-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-URL-02 MUST: the first refusal refuses the client, and later URLs of that event are not called

    Scenario Outline: <event> is refused at URL <nth>
      Given the clients use the vhost with three URLs an event
      And the hook server refuses <event> at URL <nth>
      When Alice tries to <act> "cam"
      Then Alice is disconnected
      And for <event> of Alice the URLs <called> were called, one by one

      Examples:
        | event      | act     | nth | called  |
        | on_connect | publish | 1   | 1       |
        | on_connect | publish | 2   | 1, 2    |
        | on_publish | publish | 1   | 1       |
        | on_publish | publish | 2   | 1, 2    |
        | on_publish | publish | 3   | 1, 2, 3 |
        | on_play    | play    | 2   | 1, 2    |

  @S-URL-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-URL-03 MUST: for on_close, on_unpublish and on_stop a failing URL does not keep the next from being called

    Scenario Outline: <case> at URLs 1 and 2
      Given the clients use the vhost with three URLs an event
      And the hook server answers on_close, on_unpublish and on_stop at URLs 1 and 2 with <answer>
      When Alice publishes "cam", Bob plays it, and both leave
      Then for each event of Alice and Bob the URLs 1, 2, 3 were called, one by one

      Examples:
        | case               | answer             |
        | a refusal          | 200 and `1`        |
        | status 500         | 500 and `0`        |
        | a reset connection | a reset connection |
