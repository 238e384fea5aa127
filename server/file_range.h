/* A range of a file: whether it lies in memory, and how it gets there. */
#ifndef FILE_RANGE_H
#define FILE_RANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_range {
	int fd;
	uint64_t offset;
	uint32_t length;
	bool in_memory;           /* known to lie in a file system that is all memory; otherwise it may */
	_Atomic int64_t *cold_at; /* when a read of the file last had to wait; NULL: not kept */
};

/* Room for bytes that are read and not looked at. */
struct file_range_room {
	void *bytes;
	size_t size;
};

/*
 * Would reading it return at once? Never waits. A few bytes tell, since the kernel reads and drops in runs; but parts of a
 * file that was waited for a moment ago are still on their way, in no order: then all of it is read to know. Where the kernel
 * can't tell, only tmpfs counts as memory. A part that can't be read counts as hot: a read fails at once, too.
 */
bool file_range_is_hot(const struct file_range *range, struct file_range_room room);

/* Asks for it, and for as much again behind it; waits for neither. */
void file_range_ask(const struct file_range *range);

/* Asks, and waits until all of it is there. */
void file_range_warm(const struct file_range *range, struct file_range_room room);

/* Reads it whole where that needs no waiting; false otherwise. */
bool file_range_read_hot(const struct file_range *range, void *bytes);

#endif
