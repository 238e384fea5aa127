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
		struct digest digest; /* from the trailer */
		bool proven;
	} files[LANES_BATCH];
	size_t count;
};

/* Where the bytes of the next file go, at most a leaf. */
unsigned char *handful_next(const struct handful *handful);
/* The file is complete: LENGTH bytes at handful_next(), and the DIGEST that came behind them. */
void handful_add(struct handful *handful, const struct errand *errand, size_t length, const struct digest *digest);
bool handful_is_full(const struct handful *handful);

/* Sets PROVEN of every file. */
void handful_prove(struct handful *handful, struct lanes *lanes);

#endif
