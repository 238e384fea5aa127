/* The root of a plan, for tests that fill plans by hand. */
#ifndef PLAN_ROOT_H
#define PLAN_ROOT_H

#include "plan.h"

static inline struct plan_folder *plan_root(struct plan *plan)
{
	struct plan_folder *folder = plan_folders(plan);

	while (folder->older)
		folder = folder->older;
	return folder;
}

#endif
