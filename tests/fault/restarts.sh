#!/bin/bash
# A server that is killed while it serves, and started again on its port, costs a piece per link and nothing else.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios "${served_scenarios[@]}"
sweep_all restarts 7 37
end_scenarios
