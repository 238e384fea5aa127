/* Hands out permits to wait for the disk, first come, first served. */
#include "cold.h"

#include <stddef.h>

void cold_init(struct cold *cold, unsigned permits, void (*wake)(void *context, uint64_t name), void *context)
{
	*cold = (struct cold){.wake = wake, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER, .permits = permits};
}

void cold_release(struct cold *cold)
{
	pthread_mutex_destroy(&cold->lock);
}

/* caller holds lock */
static void append(struct cold *cold, struct cold_waiter *waiter)
{
	waiter->before = cold->last;
	waiter->after = NULL;
	*(cold->last ? &cold->last->after : &cold->first) = waiter;
	cold->last = waiter;
}

/* caller holds lock */
static void take_out(struct cold *cold, struct cold_waiter *waiter)
{
	*(waiter->before ? &waiter->before->after : &cold->first) = waiter->after;
	*(waiter->after ? &waiter->after->before : &cold->last) = waiter->before;
}

bool cold_enter(struct cold *cold, struct cold_waiter *waiter, uint64_t name)
{
	bool entered = false;

	pthread_mutex_lock(&cold->lock);
	if (waiter->queued) {
		entered = waiter->granted;
		waiter->queued = !entered;
		waiter->granted = false;
	} else if (cold->permits > 0) {
		entered = true;
		cold->permits--;
	} else {
		waiter->queued = true;
		waiter->name = name;
		append(cold, waiter);
	}
	pthread_mutex_unlock(&cold->lock);
	return entered;
}

void cold_leave(struct cold *cold)
{
	uint64_t name = 0;

	pthread_mutex_lock(&cold->lock);
	struct cold_waiter *next = cold->first;
	if (next) {
		take_out(cold, next);
		next->granted = true;
		name = next->name;
	} else {
		cold->permits++;
	}
	pthread_mutex_unlock(&cold->lock);
	/* It may have withdrawn meanwhile and passed the permit on: then this is a turn for nothing. */
	if (next)
		cold->wake(cold->context, name);
}

void cold_withdraw(struct cold *cold, struct cold_waiter *waiter)
{
	if (!waiter->queued)
		return;
	pthread_mutex_lock(&cold->lock);
	bool granted = waiter->granted;
	if (!granted)
		take_out(cold, waiter);
	waiter->queued = waiter->granted = false;
	pthread_mutex_unlock(&cold->lock);
	if (granted)
		cold_leave(cold);
}
