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
 * partial_flush(&partial)                             of many, before the first is synced
 * partial_sync(&partial)                              fsync(2)
 * partial_rename(&partial, PARTIAL_REPLACES)          the final name is replaced atomically
 * partial_close(&partial)                             gives up the lock
 *
 * FOLDER is borrowed and must stay open. Whoever holds the lock knows that the name leads to this very file: the lock of
 * one that was renamed meanwhile is given back and the name opened anew.
 */
struct partial {
	int fd;
	int folder;
	const char *final; /* borrowed */
	dev_t device;      /* what it lies on; 0 for an unnamed one, of which nobody asks that */
	uint64_t found;    /* its size when it was opened */
	bool unnamed;
};

/* ".NAME.ferry-part"; a NAME that gets too long by that is cut and told apart by a hash. */
#define PARTIAL_NAME_SIZE 256
char *partial_name(const char *final, char out[PARTIAL_NAME_SIZE]);

/* Could NAME be the partial of some file? A final name of that kind would be taken for one, now or by a later run. */
bool partial_is_name(const char *name);

/*
 * STATUS_BUSY when another process holds the lock, whatever the file's mode. STATUS_NOT_REGULAR or STATUS_REFUSED for
 * something under its name that is no plain file of this user with one name; STATUS_SYMLINK for a symlink. What the file
 * holds is left as it is; one that is made gets MODE.
 */
MUST_CHECK enum status partial_open(int folder, const char *final, mode_t mode, struct partial *partial);
/*
 * For what is written in one go: a file that gets its first and final name by partial_rename and has no other before, so that
 * nobody can meet it, and nothing of it is left when it is closed earlier. It has its final MODE from the start.
 * STATUS_UNSUPPORTED where FOLDER's file system has no such files.
 */
MUST_CHECK enum status partial_open_unnamed(int folder, const char *final, mode_t mode, struct partial *partial);
/*
 * Waits until the lock that kept partial_open from success may be free, at most until DEADLINE (a clock_now()):
 * STATUS_TIMEOUT then, STATUS_INTERRUPTED once STOP_FD is readable.
 */
MUST_CHECK enum status partial_await(int folder, const char *final, int stop_fd, int64_t deadline);
/* Closing a partial that is not open does nothing. */
void partial_close(struct partial *partial);
bool partial_is_open(const struct partial *partial);
#define PARTIAL_CLOSED ((struct partial){.fd = -1})

MUST_CHECK enum status partial_size(const struct partial *partial, uint64_t *size);
MUST_CHECK enum status partial_cut(const struct partial *partial, uint64_t size);

/* Makes a partial that holds nothing share all blocks of FD (FICLONE); STATUS_UNSUPPORTED where the file system cannot. */
MUST_CHECK enum status partial_clone(const struct partial *partial, int fd);

/* Asks for the blocks of a range beforehand where the file system can do so cheaply; never changes what is there. */
MUST_CHECK enum status partial_reserve(const struct partial *partial, uint64_t offset, uint64_t length);
MUST_CHECK enum status partial_write(const struct partial *partial, const void *bytes, size_t length, uint64_t offset);

/* How many bytes are still to be found for a file of SIZE bytes, and how many are free. */
struct partial_shortage {
	uint64_t missing;
	uint64_t free;
};
MUST_CHECK enum status partial_shortage(const struct partial *partial, uint64_t size, struct partial_shortage *shortage);

MUST_CHECK enum status partial_finish(const struct partial *partial, uint64_t size, mode_t mode, const struct file_time *mtime);
/* Begins to write to the disk what partial_sync will wait for; whether it could is for partial_sync to say. */
void partial_flush(const struct partial *partial);
MUST_CHECK enum status partial_sync(const struct partial *partial);
/*
 * Gives it MODE once more, and tells so, where it has another: who found it to be unreadable has made it readable, to see whether
 * it is locked.
 */
MUST_CHECK enum status partial_keep_mode(const struct partial *partial, mode_t mode, bool *restored);

enum partial_clobber {
	PARTIAL_REPLACES,
	PARTIAL_YIELDS, /* STATUS_EXISTS where anything has the final name */
};
/*
 * STATUS_IS_FOLDER when a folder has the final name. STATUS_CHANGED when its name leads to another file by now, or to none, here
 * and in partial_remove: it stays as it is. An unnamed one that replaces what has got the final name meanwhile needs the name of
 * a partial for that: one that nobody holds makes room, what partial_open would not open is in the way with the same status, and
 * STATUS_BUSY tells that another process holds it.
 */
MUST_CHECK enum status partial_rename(struct partial *partial, enum partial_clobber clobber);
/* Removes the name, not the lock. */
MUST_CHECK enum status partial_remove(const struct partial *partial);

#endif
