/* All bytes or an error: reads and writes that go on where a signal or the kernel cut them short. */
#ifndef ALL_BYTES_H
#define ALL_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

/*
 * STATUS_IO where the kernel takes no more and does not say why. A standard stream may have been made non-blocking by another
 * process that shares it: all_bytes_write() waits for room, the others are for descriptors that block.
 */
MUST_CHECK enum status all_bytes_write(int fd, const void *bytes, size_t length);
MUST_CHECK enum status all_bytes_write_at(int fd, const void *bytes, size_t length, uint64_t offset);

/* *GOT is less than CAPACITY only where the file, or the pipe, ends. */
MUST_CHECK enum status all_bytes_read(int fd, void *bytes, size_t capacity, size_t *got);
MUST_CHECK enum status all_bytes_read_at(int fd, void *bytes, size_t capacity, uint64_t offset, size_t *got);

#endif
