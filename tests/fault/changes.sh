#!/bin/bash
# A source that grows, shrinks, is replaced, deleted or rewritten at any point of a fetch never gives a mixed file.
# Threats S14 and E6 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios fresh four_links overwrite small_three
sweep_all changes 3 41
end_scenarios
