/* ferry sum: digests from two places, told in one way. */
#ifndef SUM_H
#define SUM_H

#include <stdint.h>

#include "digest.h"
#include "failure.h"
#include "hasher.h"
#include "options.h"
#include "output.h"
#include "url.h"
#include "wire.h"

struct sum {
	const struct options *options; /* flat or tree, JSON, recursive */
	struct output output;
	struct hasher *hasher; /* NULL until the first local operand */
};

/* The file to which a digest belongs. */
struct sum_item {
	const struct url *url; /* with BELOW the source; NULL: a file here, or GIVEN */
	struct span below;
	const char *given;     /* a URL as it was written, when no server can be asked; else NULL */
	struct span name;      /* as it is printed: the last component, or the path below the operand */
	uint64_t size;         /* RECORD_UNKNOWN: unknown */
};

void sum_tell(struct sum *sum, const struct sum_item *item, const struct digest *digest);
void sum_fail(struct sum *sum, const struct sum_item *item, const struct failure *failure);

/* A folder without -r. */
void sum_refuse_folder(struct sum *sum, const struct sum_item *item, const char *operand);

/* All digests that the operand stands for. */
void sum_remote(struct sum *sum, const char *operand);
void sum_local(struct sum *sum, const char *operand);

#endif
