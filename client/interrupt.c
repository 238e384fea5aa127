/* Turns the signals that end a run into a descriptor that stays readable, and back. */
#include "interrupt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

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

enum status interrupt_open(struct interrupt *interrupt)
{
	sigset_t set = wanted_signals();
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	if (fd < 0)
		return status_from_errno(errno);
	int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (error) {
		close(fd);
		return status_from_errno(error);
	}
	interrupt->fd = fd;
	return STATUS_OK;
}

int interrupt_fd(const struct interrupt *interrupt)
{
	return interrupt->fd;
}

void interrupt_close(struct interrupt *interrupt)
{
	sigset_t set = wanted_signals();

	if (interrupt->fd < 0)
		return;
	close(interrupt->fd);
	interrupt->fd = -1;
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
