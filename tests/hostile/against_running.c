/* Races against running programs: folders change places with symlinks that lead out while whole trees are fetched and listed. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "case.h"
#include "clock.h"
#include "forbid.h"
#include "scratch.h"
#include "snapshot.h"
#include "sockets.h"
#include "victim.h"

/* make check tries a few, make check-hostile thousands. */
#define RUNS (getenv("QUICK") ? 10u : 1500u)
#define LIMIT (20 * CLOCK_SECOND) /* for what has to come about by chance */
#define PATIENCE_MS 60000
#define FILES 40u
#define TREES 2u
#define SECRET "the secret\n"
#define SECRET_LENGTH 11

/*
 * source/tree0, source/tree1   what is served; the same names, but other bytes: who fetches one after the other writes every file anew
 * in                           a destination
 * outside                      the same names again, and one that nobody else has: no bytes of it may come in, none may change
 * In source/tree0 and in "in", "spot" changes places with "other", a symlink to outside.
 */
struct race {
	struct scratch scratch;
	struct victim server;
	char *outside;     /* a snapshot */
	int racing;        /* the folder that has spot and other */
	bool plants;       /* symlinks under the names of files and partials, too */
	pthread_t swapper;
	atomic_bool stop;
	unsigned clean, hindered; /* runs that met no symlink, and others */
};

/* --- The place --------------------------------------------------------------------------------------------------------- */

static void make_folder(int top, const char *path)
{
	if (mkdirat(top, path, 0755) < 0)
		give_up(path);
}

static void fill(int top, const char *folder, const char *text)
{
	char path[64];

	make_folder(top, folder);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/f%02u", folder, i);
		if (scratch_write(top, path, text) < 0)
			give_up(path);
	}
}

static void build(struct race *race, const char *symlinks)
{
	char settings[PATH_MAX + 128], outside[PATH_MAX + 16];

	*race = (struct race){.racing = -1};
	if (scratch_make(&race->scratch) < 0)
		give_up("scratch");
	int top = race->scratch.folder;
	make_folder(top, "source");
	fill(top, "source/tree0", "true\n");
	fill(top, "source/tree0/spot", "true\n");
	fill(top, "source/tree0/spot/deep", "true\n");
	fill(top, "source/tree1", "as true\n");
	fill(top, "source/tree1/spot", "as true\n");
	fill(top, "source/tree1/spot/deep", "as true\n");
	fill(top, "outside", SECRET);
	fill(top, "outside/deep", SECRET);
	make_folder(top, "in");
	make_folder(top, "in/spot");
	if (symlinkat("../outside", top, "in/other") < 0 || symlinkat("../../outside", top, "source/tree0/other") < 0 ||
	    scratch_write(top, "outside/only-here", SECRET) < 0)
		give_up("other");
	/* Without the sandbox, which would not let the resolver's mistakes out. */
	snprintf(settings, sizeof(settings), "[server]\nsandbox = off\n[share s]\npath = %s/source\nsymlinks = %s\n", race->scratch.path,
		symlinks);
	if (scratch_write(top, "race.conf", settings) < 0)
		give_up("race.conf");
	snprintf(outside, sizeof(outside), "%s/outside", race->scratch.path);
	race->outside = snapshot_take(outside);
}

/* --- The swapper ------------------------------------------------------------------------------------------------------- */

static void plant(int folder, const char *name, const char *target)
{
	if (symlinkat(target, folder, "lure") < 0 || renameat(folder, "lure", folder, name) < 0)
		abort();
}

static void *swap(void *argument)
{
	struct race *race = argument;

	while (!atomic_load(&race->stop)) {
		if (renameat2(race->racing, "spot", race->racing, "other", RENAME_EXCHANGE) < 0)
			abort();
		if (!race->plants)
			continue;
		plant(race->racing, "f01", "../outside/f01");
		plant(race->racing, ".f00.ferry-part", "../outside/f00");
		unlinkat(race->racing, ".f00.ferry-part", 0);
	}
	return NULL;
}

static void begin(struct race *race, const char *folder, bool plants)
{
	race->plants = plants;
	race->racing = openat(race->scratch.folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (race->racing < 0 || pthread_create(&race->swapper, NULL, swap, race) != 0)
		give_up(folder);
}

/* True where nothing outside has changed. */
static bool is_whole_outside(const struct race *race)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/outside", race->scratch.path);
	char *now = snapshot_take(path);
	bool whole = now && strcmp(now, race->outside) == 0;
	free(now);
	return whole;
}

static void end(struct race *race)
{
	atomic_store(&race->stop, true);
	pthread_join(race->swapper, NULL);
	close(race->racing);
	free(race->outside);
	printf("runs %u clean, %u hindered\n", race->clean, race->hindered);
	fflush(stdout);
	if (scratch_remove(&race->scratch) < 0)
		give_up("scratch");
}

/* --- Running ----------------------------------------------------------------------------------------------------------- */

/* The exit code; -1 for who was killed, or does not end. What it says goes to the file "said". */
static int run(const struct race *race, char *const *words)
{
	char said[PATH_MAX + 8], home[PATH_MAX + 8], *environment[] = {home, NULL};
	posix_spawn_file_actions_t actions;
	struct pollfd ended = {.events = POLLIN};
	int status;
	pid_t child;

	snprintf(said, sizeof(said), "%s/said", race->scratch.path);
	snprintf(home, sizeof(home), "HOME=%s", race->scratch.path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, words[0], &actions, NULL, words, environment) != 0)
		give_up(words[0]);
	posix_spawn_file_actions_destroy(&actions);
	ended.fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (ended.fd < 0)
		give_up("pidfd_open");
	if (poll(&ended, 1, PATIENCE_MS) != 1)
		kill(child, SIGKILL);
	close(ended.fd);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ferry VERB -r URL..., into FOLDER where that is not NULL; true where it ended by itself. */
static bool ferry(struct race *race, const char *verb, unsigned tree, const char *folder)
{
	const char *build = getenv("BUILD");
	char program[PATH_MAX], url[64], place[PATH_MAX + 16], action[8], recursive[] = "-r", into[] = "-d", quick[] = "--no-sync";
	char *words[] = {program, action, recursive, url, folder ? into : NULL, place, quick, NULL};

	snprintf(program, sizeof(program), "%s/ferry", build ? build : "build");
	snprintf(action, sizeof(action), "%s", verb);
	snprintf(url, sizeof(url), "ferry://127.0.0.1:%u/s/tree%u/", race->server.port, tree);
	snprintf(place, sizeof(place), "%s/%s", race->scratch.path, folder ? folder : "");
	int code = run(race, words);
	if (code == 0)
		race->clean++;
	else
		race->hindered++;
	return code >= 0;
}

/* Has anything come from outside: a size that only files there have, or the name? */
static bool has_secret(const struct race *race, const char *folder)
{
	char path[PATH_MAX + 16], *places[] = {path, NULL};
	bool found = false;

	snprintf(path, sizeof(path), "%s/%s", race->scratch.path, folder);
	FTS *walk = fts_open(places, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!walk)
		give_up(path);
	for (FTSENT *next = fts_read(walk); next; next = fts_read(walk)) {
		found |= next->fts_info == FTS_F && next->fts_statp->st_size == SECRET_LENGTH;
		found |= strcmp(next->fts_name, "only-here") == 0;
	}
	fts_close(walk);
	return found;
}

static bool said_secret(const struct race *race)
{
	char line[256];
	int fd = openat(race->scratch.folder, "said", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	bool found = false;

	if (!file)
		give_up("said");
	while (fgets(line, sizeof(line), file))
		found |= strstr(line, "only-here") != NULL;
	fclose(file);
	return found;
}

static void remove_folder(const struct race *race, const char *folder)
{
	char path[PATH_MAX + 16], remover[] = "rm", flags[] = "-rf", *words[] = {remover, flags, path, NULL};

	snprintf(path, sizeof(path), "%s/%s", race->scratch.path, folder);
	if (run(race, words) != 0)
		give_up(path);
}

/* --- Stories ----------------------------------------------------------------------------------------------------------- */

static bool goes_on(const struct race *race, unsigned done, int64_t limit)
{
	bool raced = race->clean > 0 && race->hindered > 0;

	return done < RUNS || (!raced && clock_now() < limit);
}

/* Gets fetch the trees in turn into a destination that is never what it was. */
static bool gets_stay_inside(const void *argument)
{
	int64_t limit = clock_now() + LIMIT;
	struct race race;
	bool sound = true;

	(void)argument;
	build(&race, "no");
	victim_start(&race.server, race.scratch.path, "race");
	begin(&race, "in", true);
	for (unsigned i = 0; sound && goes_on(&race, i, limit); i++)
		sound = ferry(&race, "get", i % TREES, "in") && is_whole_outside(&race);
	sound &= race.hindered > 0 && victim_stop(&race.server);
	end(&race);
	return sound;
}

/* Gets and listings of a share that is never what it was. */
static bool server_stays_inside(const void *symlinks)
{
	int64_t limit = clock_now() + LIMIT;
	struct race race;
	bool sound = true;

	build(&race, symlinks);
	victim_start(&race.server, race.scratch.path, "race");
	begin(&race, "source/tree0", false);
	for (unsigned i = 0; sound && goes_on(&race, i, limit); i++) {
		sound = ferry(&race, "get", 0, "fetched") && !has_secret(&race, "fetched");
		sound = sound && ferry(&race, "ls", 0, NULL) && !said_secret(&race);
		remove_folder(&race, "fetched");
	}
	sound &= race.clean > 0 && is_whole_outside(&race) && victim_stop(&race.server);
	end(&race);
	return sound;
}

static void a_running_get_never_writes_outside(void *stage, const void *argument)
{
	(void)stage;
	assert_true(gets_stay_inside(argument));
}

static void a_running_get_without_openat2_never_writes_outside(void *stage, const void *argument)
{
	(void)stage;
	assert_true(forbid_in_child(SYS_openat2, ENOSYS, gets_stay_inside, argument));
}

static void a_running_server_never_reads_outside(void *stage, const void *argument)
{
	(void)stage;
	assert_true(server_stays_inside(argument));
}

static void a_running_server_without_openat2_never_reads_outside(void *stage, const void *argument)
{
	(void)stage;
	assert_true(forbid_in_child(SYS_openat2, ENOSYS, server_stays_inside, argument));
}

/* --- Controls: who goes by path is led out by the very same races --------------------------------------------------- */

/* cp -r FROM/. TO */
static void copy(const struct race *race, const char *from, const char *to)
{
	char source[PATH_MAX + 32], target[PATH_MAX + 16], program[] = "cp", flags[] = "-r", *words[] = {program, flags, source, target, NULL};

	snprintf(source, sizeof(source), "%s/%s/.", race->scratch.path, from);
	snprintf(target, sizeof(target), "%s/%s", race->scratch.path, to);
	run(race, words);
}

static void who_copies_into_it_writes_outside(void *stage, const void *argument)
{
	int64_t limit = clock_now() + LIMIT;
	struct race race;
	bool whole = true;

	(void)stage;
	(void)argument;
	build(&race, "no");
	begin(&race, "in", false);
	while (whole && clock_now() < limit) {
		copy(&race, "source/tree1", "in");
		whole = is_whole_outside(&race);
	}
	end(&race);
	assert_false(whole);
}

static void who_copies_from_it_reads_outside(void *stage, const void *argument)
{
	int64_t limit = clock_now() + LIMIT;
	struct race race;
	bool secret = false;

	(void)stage;
	(void)argument;
	build(&race, "no");
	begin(&race, "source/tree0", false);
	while (!secret && clock_now() < limit) {
		make_folder(race.scratch.folder, "fetched");
		copy(&race, "source/tree0", "fetched");
		secret = has_secret(&race, "fetched");
		remove_folder(&race, "fetched");
	}
	end(&race);
	assert_true(secret);
}

static const struct hostile_case cases[] = {
	HOSTILE(S2, a_running_get_never_writes_outside),
	HOSTILE(S2, a_running_get_without_openat2_never_writes_outside),
	HOSTILE(S2, who_copies_into_it_writes_outside),
	HOSTILE_WITH(C2, a_running_server_never_reads_outside, a_running_server_never_reads_outside, "no"),
	HOSTILE_WITH(C2, a_running_server_that_follows_links_never_reads_outside, a_running_server_never_reads_outside, "beneath"),
	HOSTILE_WITH(C2, a_running_server_without_openat2_never_reads_outside, a_running_server_without_openat2_never_reads_outside, "no"),
	HOSTILE_WITH(C2, a_running_server_that_walks_links_never_reads_outside, a_running_server_without_openat2_never_reads_outside, "beneath"),
	HOSTILE(C2, who_copies_from_it_reads_outside),
};

/* usage: against_running [PATTERN]; BUILD names the folder in which the programs are */
int main(int count, char **arguments)
{
	const struct hostile_table tables[] = {HOSTILE_TABLE(cases)};
	const struct hostile_suite suite = {.title = "against running programs", .tables = tables, .table_count = 1};

	return hostile_run(&suite, count > 1 ? arguments[1] : NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
