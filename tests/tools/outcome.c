/* Runs a command and says how it ended: by which signal, with which code, after how much memory and processor time. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sockets.h"

/*
 * usage: outcome COMMAND... 3>REPORT
 * Writes to descriptor 3: "pid N" at once, "exit N" or "signal N", "memory_kib N" and "cpu_ms N" at the end. Signals that a
 * shell had ignored for its background jobs reach the command as from a keyboard.
 */
#define REPORT 3

static void run(char **command)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	close(REPORT);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static long milliseconds(struct timeval time)
{
	return time.tv_sec * 1000 + time.tv_usec / 1000;
}

int main(int count, char **arguments)
{
	struct rusage usage;
	int status;
	if (count < 2)
		return 2;
	pid_t child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0)
		run(arguments + 1);
	dprintf(REPORT, "pid %d\n", child);
	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			give_up("wait4");
	if (WIFSIGNALED(status))
		dprintf(REPORT, "signal %d\n", WTERMSIG(status));
	else
		dprintf(REPORT, "exit %d\n", WEXITSTATUS(status));
	dprintf(REPORT, "memory_kib %ld\n", usage.ru_maxrss);
	dprintf(REPORT, "cpu_ms %ld\n", milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
	return 0;
}
