/* The ways in which a file call fails. */
#ifndef WAYS_H
#define WAYS_H

#include <stddef.h>

#include "plan.h"

struct way {
	const char *name;
	enum plan_act act;
	int error;
};

extern const struct way ways[];
extern const size_t way_count;

#endif
