#!/bin/bash
# Killed before and after every change that it makes, ferry loses nothing that was right: the next run finishes the work.
# Threats S6 and E3 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios
sweep_all kills 1 5
end_scenarios
