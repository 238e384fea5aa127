#!/bin/bash
# A file that is rewritten in the tick of the clock that it was last changed in is never served, or kept, as what it was.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

start_scenarios fresh four_links small_three
sweep_all ticks 3 37
end_scenarios
