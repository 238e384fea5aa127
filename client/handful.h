/* A handful: small files whose bytes have come, to be proven many at a time. */
#ifndef HANDFUL_H
#define HANDFUL_H

#include <stdbool.h>
#include <stddef.h>

#include "digest.h"
#include "errand.h"
#include "lanes.h"
#include "wire.h"

struct handful {
	unsigned char *room; /* LANES_BATCH leaves, borrowed */
	struct held {
		struct errand errand;
		struct span bytes;
		struct digest digest; /* that came with them */
		bool proven;
	} files[LANES_BATCH];
	size_t count;
};

/* Where the bytes of the next file go, at most a leaf. */
unsigned char *handful_next(const struct handful *handful);
/* They are there: LENGTH of them, with DIGEST behind them. */
void handful_add(struct handful *handful, const struct errand *errand, size_t length, const struct digest *digest);
bool handful_is_full(const struct handful *handful);

/* Finds out who is proven. */
void handful_prove(struct handful *handful, struct lanes *lanes);

#endif
