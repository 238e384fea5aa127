/* Remembers one folder by its share and path, and holds it. */
#include "last_folder.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

void last_folder_init(struct last_folder *last)
{
	last->share = NULL;
}

void last_folder_release(struct last_folder *last)
{
	if (!last || !last->share)
		return;
	close(last->fd);
	last->share = NULL;
}

bool last_folder_is(const struct last_folder *last, const struct share *share, size_t confined, struct span path)
{
	return last->share == share && last->confined == confined && last->length == path.length &&
		memcmp(last->path, path.bytes, path.length) == 0;
}

void last_folder_keep(struct last_folder *last, int fd, const struct share *share, size_t confined, struct span path)
{
	assert(path.length <= sizeof(last->path));
	last_folder_release(last);
	last->fd = fd;
	last->share = share;
	last->confined = confined;
	last->length = path.length;
	memcpy(last->path, path.bytes, path.length);
}
