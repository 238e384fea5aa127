/* Starts, counts and stops a server. */
#include "victim.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "sockets.h"

#define LET_GO_MAX (10 * CLOCK_SECOND)

static void become_server(const struct victim *victim, const char *settings, int out)
{
	const char *build = getenv("BUILD");
	char program[PATH_MAX];
	int log = open(victim->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	snprintf(program, sizeof(program), "%s/ferryd", build ? build : "build");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (log < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(1);
	close(log);
	execl(program, program, "-c", settings, "--no-cache", "-l", "127.0.0.1:0", (char *)NULL);
	_exit(1);
}

/* The ready line ends in ":PORT/"; false where there is none. */
static bool read_port(int in, uint16_t *port)
{
	char line[256] = "";
	size_t length = 0;

	while (length + 1 < sizeof(line) && read(in, line + length, 1) == 1 && line[length] != '\n')
		length++;
	line[length] = '\0';
	const char *colon = strrchr(line, ':');
	if (!colon || strncmp(line, "ready ", 6) != 0)
		return false;
	*port = (uint16_t)atoi(colon + 1);
	return true;
}

static void print_log(const struct victim *victim)
{
	char line[1024];
	FILE *file = fopen(victim->log, "r");

	while (file && fgets(line, sizeof(line), file))
		fputs(line, stderr);
	if (file)
		fclose(file);
}

void victim_start(struct victim *victim, const char *folder, const char *name)
{
	char settings[PATH_MAX];
	int pipe[2];

	snprintf(settings, sizeof(settings), "%s/%s.conf", folder, name);
	snprintf(victim->log, sizeof(victim->log), "%s/%s.log", folder, name);
	if (pipe2(pipe, O_CLOEXEC) < 0 || (victim->id = fork()) < 0)
		give_up(name);
	if (victim->id == 0)
		become_server(victim, settings, pipe[1]);
	close(pipe[1]);
	bool ready = read_port(pipe[0], &victim->port);
	close(pipe[0]);
	if (!ready) {
		print_log(victim);
		give_up("no ready line");
	}
	victim->descriptors = victim_descriptors(victim);
}

unsigned victim_descriptors(const struct victim *victim)
{
	char path[64];
	unsigned count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", victim->id);
	DIR *folder = opendir(path);
	if (!folder)
		give_up(path);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

bool victim_let_go(const struct victim *victim)
{
	const struct timespec pause = {.tv_nsec = 5 * CLOCK_MS};
	int64_t limit = clock_now() + LET_GO_MAX;

	/* Nothing tells when another process closes a descriptor. */
	while (victim_descriptors(victim) > victim->descriptors) {
		if (clock_now() > limit)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

bool victim_stop(struct victim *victim)
{
	bool let_go = victim_let_go(victim);
	int status;

	if (!let_go)
		fprintf(stderr, "%u descriptors are open, %u were when it was ready\n", victim_descriptors(victim), victim->descriptors);
	kill(victim->id, SIGTERM);
	if (waitpid(victim->id, &status, 0) == victim->id && WIFEXITED(status) && WEXITSTATUS(status) == 0 && let_go)
		return true;
	fprintf(stderr, "%s: ended with status %x\n", victim->log, status);
	print_log(victim);
	return false;
}
