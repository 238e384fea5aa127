/* Time: monotonic for every deadline, real for comparing with file times and for display. */
#ifndef CLOCK_H
#define CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_MS 1000000ll            /* nanoseconds in a millisecond */
#define CLOCK_SECOND 1000000000ll     /* nanoseconds in a second */
#define CLOCK_NEVER INT64_MAX         /* a deadline that does not come */

/* Nanoseconds since an arbitrary start, never going back (CLOCK_MONOTONIC). */
int64_t clock_now(void);

/* Nanoseconds since 1970 (CLOCK_REALTIME). */
int64_t clock_real(void);

/* A timespec as nanoseconds since 1970, saturating. */
int64_t clock_of_timespec(struct timespec time);

/* A condition for clock_wait(). */
void clock_condition_init(pthread_cond_t *condition);
/* As pthread_cond_wait(), until DEADLINE by clock_now() at the latest; it may return earlier for no reason. */
void clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline);

/* Nanoseconds as a timespec. */
struct timespec clock_to_timespec(int64_t nanoseconds);

#endif
