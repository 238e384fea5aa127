#!/bin/bash
# A server that is killed at any moment, and started again on its port, costs a piece per link and nothing else.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios steady "${served_scenarios[@]}"
sweep_all moments 10 25
end_scenarios
