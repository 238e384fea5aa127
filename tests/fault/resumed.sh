#!/bin/bash
# Killed once and killed again while it resumes, before and after every change, ferry still loses nothing that was right.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios
sweep_all resumed 2 9
end_scenarios
