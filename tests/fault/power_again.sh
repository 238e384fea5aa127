#!/bin/bash
# Nothing that ferry reports as fetched or verified goes with the power, also where an earlier run has left it unsynced.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios "${powered_scenarios[@]}"
sweep_all power_again 7 1499
end_scenarios
