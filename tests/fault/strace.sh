#!/bin/bash
# The shim, on which all sweeps rest, sees every change that strace sees.
. tests/support/story.sh
. "$root/tests/support/scenarios.sh"

[[ ${BUILD:-build} != *-* ]] || skip 'sanitizers do what the shim does not see'
start_scenarios
sweep_all strace 1 1
end_scenarios
