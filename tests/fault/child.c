/* A program under test: started with or without the shim, stopped, continued, awaited, and what it said. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sockets.h"

#define SECOND INT64_C(1000000000)

void plan_open(struct plan_page *page)
{
	page->fd = memfd_create("plan", 0);
	if (page->fd < 0 || ftruncate(page->fd, (off_t)PLAN_SIZE) < 0)
		give_up("memfd_create");
	page->plan = mmap(NULL, PLAN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, page->fd, 0);
	if (page->plan == MAP_FAILED)
		give_up("mmap");
}

void plan_close(struct plan_page *page)
{
	munmap(page->plan, PLAN_SIZE);
	close(page->fd);
}

void plan_set(const struct plan_page *page, struct plan plan)
{
	*page->plan = plan;
}

/* SIGCHLD is blocked so that child_wait can wait for it, with a deadline. */
static void block_child_signal(int how)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(how, &set, NULL);
}

static void pipe_open(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		give_up("pipe2");
	fcntl(ends[1], F_SETPIPE_SZ, (int)CHILD_SAID_MAX);
}

/* AddressSanitizer wants to be the first library; for the calls that the shim takes it need not be. */
static bool prepare(const struct plan_page *page, const char *preload)
{
	const char *set = getenv("ASAN_OPTIONS");
	char number[16], options[256];
	snprintf(number, sizeof number, "%d", page->fd);
	snprintf(options, sizeof options, "%s:verify_asan_link_order=0", set ? set : "");
	return !setenv("LD_PRELOAD", preload, 1) && !setenv(PLAN_VARIABLE, number, 1) && !setenv("ASAN_OPTIONS", options, 1);
}

static void become(const char *const *command, const struct plan_page *page, const char *preload, int out, int err)
{
	if (page && !prepare(page, preload))
		_exit(126);
	block_child_signal(SIG_UNBLOCK);
	if (dup2(open("/dev/null", O_RDONLY), STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	execvp(command[0], (char *const *)(uintptr_t)command);
	_exit(127);
}

void child_start(struct child *child, const char *const *command, const struct plan_page *page, const char *preload)
{
	int out[2], err[2];
	block_child_signal(SIG_BLOCK);
	pipe_open(out);
	pipe_open(err);
	child->id = fork();
	if (child->id < 0)
		give_up("fork");
	if (child->id == 0)
		become(command, page, preload, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	child->out = out[0];
	child->err = err[0];
}

static char *read_all(int fd)
{
	char *text = malloc(CHILD_SAID_MAX + 1);
	size_t length = 0;
	ssize_t got;
	if (!text)
		give_up("malloc");
	while (length < CHILD_SAID_MAX && (got = read(fd, text + length, CHILD_SAID_MAX - length)) > 0)
		length += (size_t)got;
	text[length] = 0;
	close(fd);
	return text;
}

static struct timespec until(const struct timespec *deadline)
{
	struct timespec now, left;
	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (struct timespec){deadline->tv_sec - now.tv_sec, deadline->tv_nsec - now.tv_nsec};
	if (left.tv_nsec < 0) {
		left.tv_sec--;
		left.tv_nsec += 1000000000;
	}
	return left.tv_sec < 0 ? (struct timespec){0} : left;
}

/* The first of COUNT children to which something happens; NULL when nothing does by the deadline. */
static struct child *await_change(struct child *const *children, size_t count, const struct timespec *deadline, int *status)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		struct timespec left = until(deadline);
		for (size_t i = 0; i < count; i++)
			if (waitpid(children[i]->id, status, WNOHANG | WUNTRACED) > 0)
				return children[i];
		if (left.tv_sec == 0 && left.tv_nsec == 0)
			return NULL;
		if (sigtimedwait(&set, NULL, &left) < 0 && errno != EAGAIN && errno != EINTR)
			give_up("sigtimedwait");
	}
}

static void take_outcome(const struct child *child, int status, struct outcome *outcome)
{
	outcome->end = WIFEXITED(status) ? CHILD_EXITED : CHILD_KILLED;
	outcome->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	outcome->out = read_all(child->out);
	outcome->err = read_all(child->err);
}

static struct child *await_for(struct child *const *children, size_t count, int64_t nanoseconds, struct outcome *outcome)
{
	struct timespec deadline;
	int status = 0;
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	nanoseconds += deadline.tv_nsec;
	deadline.tv_sec += nanoseconds / SECOND;
	deadline.tv_nsec = nanoseconds % SECOND;
	*outcome = (struct outcome){0};
	struct child *child = await_change(children, count, &deadline, &status);
	if (child && WIFSTOPPED(status))
		outcome->end = CHILD_STOPPED;
	else if (child)
		take_outcome(child, status, outcome);
	return child;
}

static struct child *await(struct child *const *children, size_t count, int seconds, struct outcome *outcome)
{
	struct child *child = await_for(children, count, seconds * SECOND, outcome);
	if (child)
		return child;
	child_kill(children[0], outcome);
	outcome->end = CHILD_HUNG;
	return children[0];
}

void child_kill(const struct child *child, struct outcome *outcome)
{
	int status = 0;
	kill(child->id, SIGKILL);
	waitpid(child->id, &status, 0);
	take_outcome(child, status, outcome);
}

void child_wait(struct child *child, int seconds, struct outcome *outcome)
{
	await(&child, 1, seconds, outcome);
}

struct child *child_wait_either(struct child *first, struct child *second, int seconds, struct outcome *outcome)
{
	return await((struct child *const[]){first, second}, 2, seconds, outcome);
}

struct child *child_wait_for(struct child *first, struct child *second, int64_t nanoseconds, struct outcome *outcome)
{
	return await_for((struct child *const[]){first, second}, 2, nanoseconds, outcome);
}

void child_continue(const struct child *child)
{
	kill(child->id, SIGCONT);
}

void outcome_release(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
	*outcome = (struct outcome){0};
}

void child_run(const char *const *command, const struct plan_page *page, const char *preload, int seconds, struct outcome *outcome)
{
	struct child child;
	child_start(&child, command, page, preload);
	child_wait(&child, seconds, outcome);
}
