/* A server of a test's own, under the shim: started, asked for its ready line, counted and stopped. */
#include "served.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sockets.h"

#define SECONDS_MAX 120

/* The ready line reads "ready URL". */
static bool read_url(struct served *served)
{
	char line[sizeof served->url + 8];
	size_t length = 0;
	while (length + 1 < sizeof line && read(served->child.out, line + length, 1) == 1 && line[length] != '\n')
		length++;
	line[length] = 0;
	if (strncmp(line, "ready ferry://", 14) != 0 || line[length - 1] != '/')
		return false;
	snprintf(served->url, sizeof served->url, "%.*s", (int)(length - 7), line + 6);
	return true;
}

static bool start(struct served *served, const struct scenario *scenario, const char *listen, const struct plan_page *page,
	struct outcome *outcome)
{
	const char *command[] = {scenario->ferryd, "-c", scenario->settings, "--no-cache", "-l", listen, scenario->share, NULL};
	child_start(&served->child, command, page, scenario->preload);
	if (read_url(served))
		return true;
	child_wait(&served->child, SECONDS_MAX, outcome);
	return false;
}

bool served_start(struct served *served, const struct scenario *scenario, const struct plan_page *page, struct outcome *outcome)
{
	return start(served, scenario, "127.0.0.1:0", page, outcome);
}

bool served_again(struct served *served, const struct scenario *scenario, const struct plan_page *page, struct outcome *outcome)
{
	char listen[sizeof served->url];
	snprintf(listen, sizeof listen, "%s", served->url + strlen("ferry://"));
	return start(served, scenario, listen, page, outcome);
}

unsigned served_descriptors(const struct served *served)
{
	char path[64];
	unsigned count = 0;
	snprintf(path, sizeof path, "/proc/%d/fd", served->child.id);
	DIR *folder = opendir(path);
	if (!folder)
		give_up(path);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/*
 * SIGCONT comes first: one that comes later would take away the SIGSTOP with which LeakSanitizer, at the end of a program,
 * stops its threads, and that waits for ever.
 */
void served_stop(struct served *served, struct outcome *outcome)
{
	child_continue(&served->child);
	kill(served->child.id, SIGTERM);
	while (child_wait(&served->child, SECONDS_MAX, outcome), outcome->end == CHILD_STOPPED)
		child_continue(&served->child);
}
