/* Turns the signals that end a run into a descriptor that stays readable, and back. */
#include "interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "patience.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static sigset_t wanted_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (!is_ignored(signals[i]))
			sigaddset(&set, signals[i]);
	}
	return set;
}

static void unblock(void)
{
	sigset_t set = wanted_signals();

	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* The thread that unblocks the signals when interrupt_close() does not come in time after the first one. */
static void *insist(void *argument)
{
	const struct interrupt *interrupt = argument;

	if (patience_wait(interrupt->fd, POLLIN, interrupt->closed, CLOCK_NEVER) != STATUS_OK)
		return NULL;
	if (patience_wait(-1, 0, interrupt->closed, clock_now() + interrupt->patience) == STATUS_TIMEOUT)
		unblock();
	return NULL;
}

static void release(struct interrupt *interrupt)
{
	if (interrupt->fd >= 0)
		close(interrupt->fd);
	if (interrupt->closed >= 0)
		close(interrupt->closed);
	interrupt->fd = -1;
	unblock();
}

enum status interrupt_open(struct interrupt *interrupt, int64_t patience)
{
	sigset_t set = wanted_signals();

	pthread_sigmask(SIG_BLOCK, &set, NULL);
	*interrupt = (struct interrupt){
		.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
		.closed = eventfd(0, EFD_CLOEXEC),
		.patience = patience,
	};
	enum status status = interrupt->fd < 0 || interrupt->closed < 0 ? status_from_errno(errno) : STATUS_OK;
	if (status == STATUS_OK)
		status = status_from_thread(pthread_create(&interrupt->thread, NULL, insist, interrupt));
	if (status != STATUS_OK)
		release(interrupt);
	return status;
}

int interrupt_fd(const struct interrupt *interrupt)
{
	return interrupt->fd;
}

void interrupt_close(struct interrupt *interrupt)
{
	if (interrupt->fd < 0)
		return;
	/* This is the event's first and only write: it cannot fail. */
	if (eventfd_write(interrupt->closed, 1) == 0)
		pthread_join(interrupt->thread, NULL);
	release(interrupt);
}
