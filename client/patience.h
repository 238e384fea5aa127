/* Waiting for a descriptor: until it is ready, time is up or the run is interrupted. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <stdint.h>

#include "status.h"

/*
 * EVENTS as for poll(2); an error or a hang-up counts as ready. DEADLINE is a clock_now() or CLOCK_NEVER. STATUS_TIMEOUT
 * when it has passed, STATUS_INTERRUPTED as soon as STOP_FD is readable (-1: never).
 */
MUST_CHECK enum status patience_wait(int fd, short events, int stop_fd, int64_t deadline);

#endif
