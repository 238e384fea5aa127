#!/bin/bash
# In every state that a disk may be in after the power failed, final names hold what they held or what they shall hold.
# Threat E1 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios "${powered_scenarios[@]}"
sweep_all power 7 399
end_scenarios
