/* Reads the clocks, waits by them, and converts between nanoseconds and timespec. */
#include "clock.h"

int64_t clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return clock_of_timespec(now);
}

int64_t clock_real(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return clock_of_timespec(now);
}

int64_t clock_of_timespec(struct timespec time)
{
	int64_t nanoseconds;
	if (__builtin_mul_overflow((int64_t)time.tv_sec, CLOCK_SECOND, &nanoseconds) ||
		__builtin_add_overflow(nanoseconds, (int64_t)time.tv_nsec, &nanoseconds))
		return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return nanoseconds;
}

struct timespec clock_to_timespec(int64_t nanoseconds)
{
	struct timespec time = {.tv_sec = nanoseconds / CLOCK_SECOND, .tv_nsec = nanoseconds % CLOCK_SECOND};
	if (time.tv_nsec < 0) { /* before 1970: tv_nsec is never negative */
		time.tv_sec -= 1;
		time.tv_nsec += CLOCK_SECOND;
	}
	return time;
}

void clock_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline)
{
	struct timespec until = clock_to_timespec(deadline);

	if (deadline == CLOCK_NEVER)
		pthread_cond_wait(condition, lock);
	else
		pthread_cond_timedwait(condition, lock, &until);
}
