/* The local file under construction: `.NAME.ferry-part` beside its final name, locked from its opening to its renaming. */
#ifndef PARTIAL_H
#define PARTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "message.h"
#include "status.h"

/*
 * partial_open(folder, "name", 0600, &partial)
 * partial_reserve, partial_write                      any thread, any order
 * partial_finish(&partial, size, mode, mtime)         cut to size; mode and time
 * partial_flush(&partial)                             for many, before the first is synced
 * partial_sync(&partial)                              fsync(2)
 * partial_rename(&partial, PARTIAL_REPLACES)          the final name is replaced atomically
 * partial_close(&partial)                             gives up the lock
 *
 * FOLDER is borrowed and must stay open. When partial_open() returns, the name leads to the locked file: a file that was renamed
 * before it was locked is closed again, and the name opened anew.
 */
struct partial {
	int fd;
	int folder;
	const char *final; /* borrowed */
	dev_t device;      /* its file system; 0 for an unnamed one, for which it is not needed */
	uint64_t found;    /* its size when it was opened */
	bool unnamed;
};

/* ".NAME.ferry-part"; a NAME that gets too long by that is cut, and made unique by a hash. */
#define PARTIAL_NAME_SIZE 256
char *partial_name(const char *final, char out[PARTIAL_NAME_SIZE]);

/* Could NAME be the partial of some file? A final name of that kind would be taken for one, now or by a later run. */
bool partial_is_name(const char *name);

/*
 * STATUS_BUSY when another process holds the lock, whatever the file's mode. STATUS_NOT_REGULAR or STATUS_REFUSED when
 * the name is taken by anything but a plain file of this user with one link; STATUS_SYMLINK for a symlink. The content of an
 * existing file is left as it is; a new file gets MODE.
 */
MUST_CHECK enum status partial_open(int folder, const char *final, mode_t mode, struct partial *partial);
/*
 * For a file that is written in one go: it has no name before partial_rename gives it the final one, so nobody can see it, and
 * nothing of it is left if it is closed earlier. It has its final MODE from the start. STATUS_UNSUPPORTED if FOLDER's file system
 * has no such files.
 */
MUST_CHECK enum status partial_open_unnamed(int folder, const char *final, mode_t mode, struct partial *partial);
/*
 * Waits until the lock that made partial_open() fail may be free, at most until DEADLINE (a clock_now()): then STATUS_TIMEOUT.
 * STATUS_INTERRUPTED once STOP_FD is readable.
 */
MUST_CHECK enum status partial_await(int folder, const char *final, int stop_fd, int64_t deadline);
/* Closing a partial that is not open does nothing. */
void partial_close(struct partial *partial);
bool partial_is_open(const struct partial *partial);
#define PARTIAL_CLOSED ((struct partial){.fd = -1})

MUST_CHECK enum status partial_size(const struct partial *partial, uint64_t *size);
MUST_CHECK enum status partial_cut(const struct partial *partial, uint64_t size);

/* Makes an empty partial share all blocks of FD (FICLONE); STATUS_UNSUPPORTED if the file system cannot. */
MUST_CHECK enum status partial_clone(const struct partial *partial, int fd);

/* Allocates the blocks of a range in advance if the file system can do so cheaply; never changes bytes that are there. */
MUST_CHECK enum status partial_reserve(const struct partial *partial, uint64_t offset, uint64_t length);
MUST_CHECK enum status partial_write(const struct partial *partial, const void *bytes, size_t length, uint64_t offset);

/* How many bytes of disk space a file of SIZE bytes still needs, and how many are free. */
struct partial_shortage {
	uint64_t missing;
	uint64_t free;
};
MUST_CHECK enum status partial_shortage(const struct partial *partial, uint64_t size, struct partial_shortage *shortage);

MUST_CHECK enum status partial_finish(const struct partial *partial, uint64_t size, mode_t mode, const struct file_time *mtime);
/* Starts the writeback that partial_sync will wait for; partial_sync reports its failures, too. */
void partial_flush(const struct partial *partial);
MUST_CHECK enum status partial_sync(const struct partial *partial);
/*
 * Gives it MODE again if it has another one by now, and sets RESTORED: another ferry that could not read it has made it readable,
 * to find out whether it is locked.
 */
MUST_CHECK enum status partial_keep_mode(const struct partial *partial, mode_t mode, bool *restored);

enum partial_clobber {
	PARTIAL_REPLACES,
	PARTIAL_YIELDS, /* STATUS_EXISTS if anything has the final name */
};
/*
 * STATUS_IS_FOLDER when a folder has the final name. STATUS_CHANGED, here and in partial_remove, when the partial's name leads to
 * another file by now, or to none: nothing is done then. An unnamed partial that has to replace a file needs a partial's name
 * first: an old partial that nobody holds is removed for that; one that another process holds is STATUS_BUSY, and anything that
 * partial_open() would refuse fails with the same status.
 */
MUST_CHECK enum status partial_rename(struct partial *partial, enum partial_clobber clobber);
/* Removes the name, not the lock. */
MUST_CHECK enum status partial_remove(const struct partial *partial);

#endif
