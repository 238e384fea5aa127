/* A linked list inside an array, counted by an eventfd semaphore. */
#include "turns.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NOBODY UINT32_MAX

struct turns {
	int counter;
	_Atomic uint32_t waiting; /* in the list; changes under lock */
	_Atomic uint32_t asked;   /* calls of turns_are_due() while somebody waited */
	pthread_mutex_t lock;
	/* guarded by lock */
	uint32_t first, last;
	struct {
		uint32_t next;
		bool waits;
	} list[];
};

enum status turns_new(uint32_t count, struct turns **turns)
{
	struct turns *made = calloc(1, sizeof(*made) + count * sizeof(made->list[0]));

	if (!made)
		return STATUS_NO_MEMORY;
	made->counter = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (made->counter < 0) {
		enum status status = status_from_errno(errno);
		free(made);
		return status;
	}
	made->first = made->last = NOBODY;
	pthread_mutex_init(&made->lock, NULL);
	*turns = made;
	return STATUS_OK;
}

void turns_free(struct turns *turns)
{
	if (!turns)
		return;
	pthread_mutex_destroy(&turns->lock);
	close(turns->counter);
	free(turns);
}

int turns_event(const struct turns *turns)
{
	return turns->counter;
}

/* caller holds lock */
static void append(struct turns *turns, uint32_t index)
{
	turns->list[index].waits = true;
	turns->list[index].next = NOBODY;
	if (turns->last == NOBODY)
		turns->first = index;
	else
		turns->list[turns->last].next = index;
	turns->last = index;
	atomic_fetch_add(&turns->waiting, 1);
}

void turns_add(struct turns *turns, uint32_t index)
{
	pthread_mutex_lock(&turns->lock);
	bool waits = turns->list[index].waits;
	if (!waits)
		append(turns, index);
	pthread_mutex_unlock(&turns->lock);
	if (!waits)
		eventfd_write(turns->counter, 1);
}

bool turns_are_due(struct turns *turns)
{
	return atomic_load(&turns->waiting) > 0 && atomic_fetch_add(&turns->asked, 1) % 2 == 1;
}

bool turns_next(struct turns *turns, uint32_t *index)
{
	eventfd_t one;

	if (eventfd_read(turns->counter, &one) < 0)
		return false;
	/* Each count stands for one that was appended before. */
	pthread_mutex_lock(&turns->lock);
	*index = turns->first;
	turns->list[*index].waits = false;
	turns->first = turns->list[*index].next;
	if (turns->first == NOBODY)
		turns->last = NOBODY;
	atomic_fetch_sub(&turns->waiting, 1);
	pthread_mutex_unlock(&turns->lock);
	return true;
}
