# Found by: conformance explore -seed 1
Feature: Found by conformance explore

  @S-ANS-08 @must @srs7 @api
  Rule: S-ANS-08 MUST: a refused publisher leaves the stream name free at once

    Scenario: a program of 4 clients and 7 steps
      Given the hook server holds its answer to on_publish of Alice
      When Alice, a Flash publisher, begins to publish "cam", sending media at once
      And the hook server answers with 200 and `1`
      And Bob, Carol and Dave begin to publish "cam" at once
      And the hook server answers on_unpublish of Bob with a reset connection
      And Bob closes the sending half of his connection
      And the operator kicks Carol off, if she is on
      And the hook server answers
      And another client publishes and leaves
      Then everybody is on or off, as the hook server decided
      When everyone leaves
      Then every client is accounted for
