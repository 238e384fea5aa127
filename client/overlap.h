/* Two sources for one place: whether that can happen, and what is said where it does. */
#ifndef OVERLAP_H
#define OVERLAP_H

#include <stdbool.h>

#include "plan.h"
#include "report.h"

/*
 * Do two sources of PLAN land in one place, or one inside the other's? Only then can two listings name one place, and nothing
 * may be fetched before all listings are known. True also when memory is short.
 */
bool overlap_is_possible(struct plan *plan);

/* Reports, as a usage failure, that BELOW under URL needs the place that TAKEN has, for itself or for a folder above it. */
void overlap_tell(struct report *report, const struct plan_node *taken, const struct url *url, struct span below);

#endif
