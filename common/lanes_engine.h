/* The calls that a backend of lanes offers; private to the files lanes*.c. */
#ifndef LANES_ENGINE_H
#define LANES_ENGINE_H

#include <stddef.h>

#include "lanes.h"

struct lanes_engine {
	const char *name;
	/* One state per struct lanes, handed to the two calls below. */
	enum status (*open)(void **state);
	void (*close)(void *state);
	void (*sha256)(void *state, const struct lane *messages, size_t count);
};

extern const struct lanes_engine lanes_openssl;

/* Always linked; its open returns STATUS_UNSUPPORTED where libipsec-mb is not built in or the CPU too plain. */
extern const struct lanes_engine lanes_multibuffer;

#endif
