/* Two sources for one place: whether that can happen, and what is said where it does. */
#ifndef OVERLAP_H
#define OVERLAP_H

#include <stdbool.h>

#include "plan.h"
#include "report.h"

/*
 * Do two sources of PLAN land in one place, or one of them within the other's? Only then a listing can name what another source
 * has named, and nothing may be fetched before all listings are known. Without memory to find out: yes.
 */
bool overlap_is_possible(struct plan *plan);

/* Tells, as a usage failure, that BELOW (of the URL) needs the place that TAKEN has, or that of a folder on its way. */
void overlap_tell(struct report *report, const struct plan_node *taken, const struct url *url, struct span below);

#endif
