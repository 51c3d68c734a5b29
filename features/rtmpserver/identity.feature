Feature: The client's identity
  client_id is what joins the events of one connection; on_close has nothing else.

  @S-ID-01 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ID-01 MUST: one connection has one client_id in all its events

    Scenario: a publisher
      When Alice publishes "cam" and leaves
      Then all events of Alice have one client_id

    Scenario: a player
      When Alice publishes "cam", Bob plays it, and both leave
      Then all events of Bob have one client_id

    Scenario: a publisher that publishes twice
      When Alice publishes "cam", unpublishes with FCUnpublish and publishes "cam2", then leaves
      Then all events of Alice have one client_id

    @last
    Scenario: every client of the run, once all other scenarios are over
      When another client publishes and leaves
      Then no event of the whole run is nobody's

  @S-ID-02 @must @srs1 @srs3 @srs4 @srs6 @srs7
  Rule: S-ID-02 MUST: two connections never share a client_id, and it is never empty

    Scenario: two publishers and two players at once
      When Alice publishes "cam", Carol publishes "door", Bob and Dave play "cam", and all leave
      Then no client_id is empty or shared

    Scenario: the same encoder comes again
      When Alice publishes "cam" and leaves
      And Carol publishes "cam" and leaves
      Then no client_id is empty or shared
