/* Races against the client's destination: folders below it change places with symlinks that lead out, as fast as can be. */
#include "against_client_races.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath.h"
#include "clock.h"
#include "forbid.h"
#include "scratch.h"

/* make check tries a few, make check-hostile a million of each. */
#define ATTEMPTS (getenv("QUICK") ? 10000u : 1000000u)
#define CONTROL_LIMIT (20 * CLOCK_SECOND)

/*
 * in/spot/deep and in/other change places with each other: one is a folder, one a symlink to outside. What lands in in/spot or
 * in/spot/deep may lie in the folder, or nowhere; outside nothing may ever be.
 */
struct race {
	struct scratch scratch;
	int in;
	pthread_t flipper;
	atomic_bool stop;
	unsigned attempts;
	unsigned landed, refused;
};

static void *flip(void *argument)
{
	struct race *race = argument;

	while (!atomic_load(&race->stop)) {
		if (renameat2(race->in, "spot", race->in, "other", RENAME_EXCHANGE) < 0)
			abort();
	}
	return NULL;
}

static bool begin(struct race *race)
{
	static const char *const folders[] = {"in", "in/spot", "in/spot/deep", "outside", "outside/deep"};

	*race = (struct race){.attempts = ATTEMPTS};
	if (scratch_make(&race->scratch) < 0)
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (mkdirat(race->scratch.folder, folders[i], 0755) < 0)
			return false;
	}
	if (symlinkat("../outside", race->scratch.folder, "in/other") < 0)
		return false;
	race->in = openat(race->scratch.folder, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return race->in >= 0 && pthread_create(&race->flipper, NULL, flip, race) == 0;
}

/* Has anything been written outside? */
static bool has_escaped(const struct race *race)
{
	static const char *const names[] = {"outside/file", "outside/.part", "outside/deep/file", "outside/deep/.part", "outside/new"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (faccessat(race->scratch.folder, names[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

static bool end(struct race *race)
{
	atomic_store(&race->stop, true);
	pthread_join(race->flipper, NULL);
	bool escaped = has_escaped(race);
	close(race->in);
	printf("landed %u, refused %u%s\n", race->landed, race->refused, escaped ? ", escaped" : "");
	fflush(stdout);
	return scratch_remove(&race->scratch) == 0 && !escaped;
}

/* As a partial is made and gets its final name, in a folder that is held. Takes FOLDER. */
static enum status land(int folder)
{
	int fd;
	enum status status = beneath_open(folder, ".part", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &fd);

	if (status == STATUS_OK) {
		close(fd);
		status = beneath_rename_name(folder, ".part", "file");
	}
	close(folder);
	return status;
}

/* As the client opens a folder that is there already, by its path below the destination. */
static enum status land_by_path(const struct race *race)
{
	int folder;
	enum status status = beneath_open_folder(race->in, "spot/deep", BENEATH_NO_SYMLINKS, &folder);

	return status == STATUS_OK ? land(folder) : status;
}

/* As the client makes folders, one within the other. */
static enum status land_step_by_step(const struct race *race)
{
	int spot, folder;
	bool made;
	enum status status = beneath_make_folder(race->in, "spot", 0777, &spot, &made);

	if (status != STATUS_OK)
		return status;
	status = beneath_make_folder(spot, "new", 0777, &folder, &made);
	close(spot);
	return status == STATUS_OK ? land(folder) : status;
}

typedef enum status lander(const struct race *race);

/* On a busy machine one side may sleep through many attempts of the other. */
static bool is_raced(const struct race *race)
{
	return race->landed > 0 && race->refused > 0;
}

static bool stays_inside(const void *argument)
{
	lander *const *way = argument;
	int64_t limit = clock_now() + CONTROL_LIMIT;
	struct race race;
	bool odd = false;

	if (!begin(&race))
		return false;
	for (unsigned i = 0; !odd && (i < race.attempts || (!is_raced(&race) && clock_now() < limit)); i++) {
		enum status status = (*way)(&race);
		if (status == STATUS_OK)
			race.landed++;
		else
			race.refused++;
		/* STATUS_BUSY: the kernel saw a race and gave up, which is an answer. */
		odd = status != STATUS_OK && status != STATUS_SYMLINK && status != STATUS_BUSY && status != STATUS_NOT_FOLDER;
	}
	return is_raced(&race) & end(&race) && !odd;
}

static void folders_that_are_opened_never_lead_out(void *stage, const void *argument)
{
	(void)stage;
	(void)argument;
	assert_true(stays_inside(&(lander *){land_by_path}));
}

static void folders_that_are_made_never_lead_out(void *stage, const void *argument)
{
	(void)stage;
	(void)argument;
	assert_true(stays_inside(&(lander *){land_step_by_step}));
}

/* The walk, component by component, that stands in for openat2. */
static void folders_that_are_walked_never_lead_out(void *stage, const void *argument)
{
	(void)stage;
	(void)argument;
	assert_true(forbid_in_child(SYS_openat2, ENOSYS, stays_inside, &(lander *){land_by_path}));
}

static void folders_that_are_made_by_walking_never_lead_out(void *stage, const void *argument)
{
	(void)stage;
	(void)argument;
	assert_true(forbid_in_child(SYS_openat2, ENOSYS, stays_inside, &(lander *){land_step_by_step}));
}

/* Shows that the race is real: who looks first and then writes by path is led out. */
static void who_looks_first_and_writes_by_path_is_led_out(void *stage, const void *argument)
{
	int64_t limit = clock_now() + CONTROL_LIMIT;
	struct race race;
	bool escaped = false;

	(void)stage;
	(void)argument;
	assert_true(begin(&race));
	while (!escaped && clock_now() < limit) {
		struct stat stat;
		if (fstatat(race.in, "spot", &stat, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(stat.st_mode))
			continue;
		int fd = openat(race.in, "spot/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd >= 0)
			close(fd);
		escaped = has_escaped(&race);
	}
	assert_false(end(&race));
	assert_true(escaped);
}

static const struct hostile_case cases[] = {
	HOSTILE(S2, folders_that_are_opened_never_lead_out),
	HOSTILE(S2, folders_that_are_made_never_lead_out),
	HOSTILE(S2, folders_that_are_walked_never_lead_out),
	HOSTILE(S2, folders_that_are_made_by_walking_never_lead_out),
	HOSTILE(S2, who_looks_first_and_writes_by_path_is_led_out),
};

const struct hostile_table race_cases = HOSTILE_TABLE(cases);
