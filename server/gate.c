/* Counts the connections and threads inside, and moves from serving to draining to cutting. */
#include "gate.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum status gate_init(struct gate *gate)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return status_from_errno(errno);
	gate->empty_fd = fd;
	atomic_init(&gate->inside, 1);
	atomic_init(&gate->stage, GATE_SERVING);
	return STATUS_OK;
}

void gate_release(struct gate *gate)
{
	close(gate->empty_fd);
}

void gate_enter(struct gate *gate)
{
	atomic_fetch_add(&gate->inside, 1);
}

void gate_leave(struct gate *gate)
{
	/* The accept thread lets nobody in once it has left: zero is final. */
	if (atomic_fetch_sub(&gate->inside, 1) == 1)
		eventfd_write(gate->empty_fd, 1);
}

enum gate_stage gate_stage(const struct gate *gate)
{
	return (enum gate_stage)atomic_load(&gate->stage);
}

void gate_advance(struct gate *gate, enum gate_stage stage)
{
	int current = atomic_load(&gate->stage);

	while (current < (int)stage && !atomic_compare_exchange_weak(&gate->stage, &current, (int)stage))
		;
}
