#!/bin/bash
# Whichever file call of the client fails, once or for good, it ends with a defined code and breaks nothing.
# Threats E2 and E4 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios
sweep_all failures 3 97
end_scenarios
