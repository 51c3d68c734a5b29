Feature: The configuration
  Hooks that are off by mistake let everybody in, and hooks of the wrong vhost
  ask the wrong judge.

  @S-CFG-01 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-CFG-01 MUST: with hooks off, or none configured, there is no request and every client is accepted

    Scenario Outline: a vhost whose hooks are <case>
      Given the clients use the vhost whose hooks are <case>
      When Alice publishes "cam", Bob plays it, and both leave
      And a client of the default vhost publishes and leaves
      Then the events of Alice are none
      And the events of Bob are none

      Examples:
        | case           |
        | off            |
        | not configured |

  @S-CFG-02 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-CFG-02 MUST: an event without a URL is not called and accepts

    Scenario: a publisher and a player on a vhost with URLs for on_publish, on_stop and on_close only
      Given the clients use the vhost with URLs for on_publish, on_stop and on_close only
      When Alice publishes "cam", Bob plays it, and both leave
      Then the events of Alice are exactly on_publish, on_close
      And the events of Bob are exactly on_stop, on_close

  @S-CFG-03 @must @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-CFG-03 MUST: hooks belong to their vhost

    Scenario: the same stream on two vhosts
      When Alice publishes "cam" on the default vhost and Carol publishes "cam" on the vhost "other", and both leave
      Then every request of Alice went to the URLs of the default vhost
      And every request of Carol went to the URLs of the vhost "other"

  @S-CFG-04 @should @srs1 @srs3 @srs4 @srs6 @srs7 @vhosts
  Rule: S-CFG-04 SHOULD: https URLs work

    Scenario: a publisher on a vhost whose URLs are https
      Given the clients use the vhost whose URLs are https
      When Alice publishes "cam" and leaves
      Then the events of Alice are exactly on_connect, on_publish, on_unpublish, on_close
      And every request of Alice came over TLS
