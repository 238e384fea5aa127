/* Settings that tests read from files. */
#ifndef SETTINGS_FILE_FIXTURE_H
#define SETTINGS_FILE_FIXTURE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "complaint.h"
#include "scratch.h"
#include "settings_file.h"
#include "settings_table.h"

struct fixture {
	struct scratch scratch;
	char path[PATH_MAX + 16];
	struct settings settings;
	struct complaint complaint;
};

static inline int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	snprintf(fixture->path, sizeof(fixture->path), "%s/conf", fixture->scratch.path);
	return 0;
}

static inline int release_fixture(void **state)
{
	struct fixture *fixture = *state;
	int result;

	settings_release(&fixture->settings);
	result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

static inline enum status read_path(struct fixture *fixture, const char *path)
{
	settings_release(&fixture->settings);
	assert_int_equal(settings_set_defaults(&fixture->settings), STATUS_OK);
	return settings_file_read(path, &fixture->settings, &fixture->complaint);
}

#endif
