/* Holds a piece back until it is proven, then writes it. */
#include "outlet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "all_bytes.h"
#include "own_stream.h"

struct outlet {
	int fd;
	enum outlet_close closing;
	bool keeps; /* else its bytes go nowhere */
	struct flat *flat; /* NULL: no sum is wanted */
	uint64_t next;
	unsigned char piece[PIECE_SIZE];
};

/* Not the /dev/null that main() opens in place of a closed standard stream: writing to that has to fail. */
static bool is_null_device(int fd)
{
	struct stat stat;

	return own_stream_is_writable(fd) && fstat(fd, &stat) == 0 && S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(1, 3);
}

enum status outlet_new(int fd, enum outlet_close closing, struct outlet **outlet)
{
	struct outlet *made = malloc(sizeof(*made));

	if (!made) {
		if (closing == OUTLET_CLOSES)
			close(fd);
		return STATUS_NO_MEMORY;
	}
	made->fd = fd;
	made->closing = closing;
	made->keeps = !is_null_device(fd);
	made->flat = NULL;
	made->next = 0;
	*outlet = made;
	return STATUS_OK;
}

void outlet_free(struct outlet *outlet)
{
	if (!outlet)
		return;
	if (outlet->closing == OUTLET_CLOSES)
		close(outlet->fd);
	flat_free(outlet->flat);
	free(outlet);
}

bool outlet_is_ordered(const struct outlet *outlet)
{
	return outlet->keeps || outlet->flat;
}

enum status outlet_want_sum(struct outlet *outlet)
{
	return flat_new(&outlet->flat);
}

void outlet_sum(struct outlet *outlet, struct digest *sum)
{
	flat_finish(outlet->flat, sum);
}

uint64_t outlet_next(const struct outlet *outlet)
{
	return outlet->next;
}

void outlet_gather(struct outlet *outlet, size_t offset, const void *bytes, size_t length)
{
	assert(offset + length <= sizeof(outlet->piece));
	if (outlet_is_ordered(outlet))
		memcpy(outlet->piece + offset, bytes, length);
}

enum status outlet_release(struct outlet *outlet, size_t length)
{
	if (!outlet_is_ordered(outlet))
		return STATUS_OK;
	outlet->next++;
	if (outlet->flat)
		flat_add(outlet->flat, outlet->piece, length);
	if (!outlet->keeps)
		return STATUS_OK;
	return all_bytes_write(outlet->fd, outlet->piece, length);
}
