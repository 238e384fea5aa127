/* Tokens: rights to read a share until a given time, kept in one file of the state folder that holds no secret. */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "digest.h"
#include "status.h"
#include "wire.h"

enum token_kind {
	TOKEN_SECRET, /* DIGEST is SHA-256 of the text that the client sends */
	TOKEN_KEY,    /* DIGEST is the pin of the client's certificate */
};

struct token {
	char *name;     /* token_name_legal(), once in a store */
	enum token_kind kind;
	struct digest digest;
	int64_t expires; /* seconds since 1970 from which on it is not valid; TOKEN_NEVER */
	char *share;
	char *prefix;   /* a legal path below the share; "" is all of it */
};

#define TOKEN_NEVER INT64_MAX

struct tokens {
	struct token *list;
	size_t count;
};

#define TOKENS_FILE "tokens"
#define TOKENS_MAX 10000u
#define TOKENS_TEXT_MAX (16u << 20)
#define TOKEN_NAME_MAX 64

/*
 * A line for each token, blanks between the fields:
 *
 *     NAME token|key SHA256-IN-HEX never|SECONDS SHARE[/PREFIX]
 *
 * the last one percent-encoded. Empty lines and lines that begin with '#' are comments.
 */

/* STATUS_INVALID for a text that has anything else in it; *LINE is the one that is wrong. */
MUST_CHECK enum status tokens_parse(struct span text, struct tokens *tokens, size_t *line);
void tokens_write(FILE *out, const struct tokens *tokens);

/* Reads the store in FOLDER; without a file it is empty. *LINE is 0 where the file could not be read. */
MUST_CHECK enum status tokens_load(int folder, struct tokens *tokens, size_t *line);
MUST_CHECK enum status tokens_save(int folder, const struct tokens *tokens);
void tokens_release(struct tokens *tokens);

/* Takes what TOKEN points to over in any case. STATUS_EXISTS: there is one of that name. STATUS_LIMIT, STATUS_NO_MEMORY. */
MUST_CHECK enum status tokens_add(struct tokens *tokens, struct token *token);
/* STATUS_NOT_FOUND: there is none of that name. */
MUST_CHECK enum status tokens_remove(struct tokens *tokens, const char *name);

/* The stored form of a secret: SHA-256 of the text that a client sends. STATUS_NO_MEMORY. */
MUST_CHECK enum status token_digest(struct span secret, struct digest *digest);

/* A name is made of letters, digits, '.', '_' and '-'. */
bool token_name_legal(const char *name);

void token_release(struct token *token);

#endif
