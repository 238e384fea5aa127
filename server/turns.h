/* Turns: a list of connections that get one though their sockets report nothing. */
#ifndef TURNS_H
#define TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct turns;

/* For indices below COUNT. Any thread may call the functions below. */
MUST_CHECK enum status turns_new(uint32_t count, struct turns **turns);
void turns_free(struct turns *turns);

/* A descriptor that is readable as long as somebody waits for a turn: for an epoll set. */
int turns_event(const struct turns *turns);

/* INDEX comes to the end of the list, unless it is in it already. */
void turns_add(struct turns *turns, uint32_t index);

/* Does a turn come before anything else? Every other time that this is asked while somebody waits. */
bool turns_are_due(struct turns *turns);

/* Takes the first one off; false where there is none, or others were quicker. */
bool turns_next(struct turns *turns, uint32_t *index);

#endif
