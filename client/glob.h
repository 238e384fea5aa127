/* Patterns for paths: what *, **, ? and [...] mean, in time that no name can drive up. */
#ifndef GLOB_H
#define GLOB_H

#include <stdbool.h>

#include "wire.h"

/*
 * *       any characters but /
 * **      any characters; at the start of a name "**" and the slash behind it also match nothing
 * ?       one character but /
 * [a-z!]  one of these, [!a-z] or [^a-z] one of the others, never /; without its ] a [ is itself
 * \x      x itself
 *
 * Characters are those of UTF-8; a byte that is not part of one counts as one. The whole PATH has to match. The time is that of
 * the product of both lengths.
 */
#define GLOB_PATTERN_MAX 4095u
bool glob_match(struct span pattern, struct span path);

#endif
