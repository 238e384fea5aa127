/* The ways in which a file call fails. */
#include "ways.h"

#include <errno.h>

const struct way ways[] = {
	{"EIO", PLAN_FAIL, EIO},
	{"ENOSPC", PLAN_FAIL, ENOSPC},
	{"EDQUOT", PLAN_FAIL, EDQUOT},
	{"EINTR", PLAN_FAIL, EINTR},
	{"ESTALE", PLAN_FAIL, ESTALE},
	{"short counts", PLAN_SHORTEN, 0},
};
const size_t way_count = sizeof ways / sizeof *ways;
