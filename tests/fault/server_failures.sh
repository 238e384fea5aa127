#!/bin/bash
# Whichever file call of the server fails, the client ends with a defined code and the server serves on.
# Threat E5 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios "${served_scenarios[@]}"
sweep_all server 11 97
end_scenarios
