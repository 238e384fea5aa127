/* A folder of its own for a test, removed with all that is in it. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <limits.h>

struct scratch {
	char path[PATH_MAX];
	int folder; /* a descriptor of it */
};

/* 0, or -1 with errno. */
int scratch_make(struct scratch *scratch);
int scratch_remove(struct scratch *scratch);

/* A scratch for each test: *STATE is one of its own. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* Makes the file PATH below FOLDER with TEXT in it; 0, or -1 with errno. */
int scratch_write(int folder, const char *path, const char *text);

/* The number that the next descriptor of this process will have: unchanged after a call that leaks none. */
int scratch_next_descriptor(void);

#endif
