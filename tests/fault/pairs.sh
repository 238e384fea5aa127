#!/bin/bash
# Two clients on one destination, the first of which stands still at any point while the second works: both end right.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios fresh resume overwrite update small_three
sweep_all pairs 7 29
end_scenarios
