/* A visitor: the client of a connection, as far as that decides what it may read and use. */
#ifndef VISITOR_H
#define VISITOR_H

#include "address.h"
#include "caps.h"
#include "digest.h"
#include "network.h"
#include "tokens.h"

/* The token or key that a client has shown to hold. */
struct claim {
	enum token_kind kind;
	struct digest digest; /* as in struct token */
};

struct visitor {
	struct network_host host;
	struct claim *claim; /* heap; NULL: none */
	struct caps_part *part; /* its peer's; NULL: only counted in all */
	char text[];         /* address and port, for the log */
};

/* ferryd itself, which may look at everything that it serves. Known by its address, never by its fields. */
extern const struct visitor VISITOR_SELF;

/* NULL without memory. */
struct visitor *visitor_new(const struct address *address, struct caps_part *part);
/* NULL is fine. */
void visitor_free(struct visitor *visitor);

/* Sets or replaces the claim. STATUS_NO_MEMORY. */
MUST_CHECK enum status visitor_claim(struct visitor *visitor, const struct claim *claim);

#endif
