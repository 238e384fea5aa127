/* Finds, opens and hides the folder of the digest index. */
#include "cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "path.h"
#include "private_folder.h"

static enum status open_at(const char *path, const struct settings *settings, struct shares *shares, struct digest_index **index)
{
	struct digest_index_limits limits = {.files = settings->cache_files, .bytes = settings->cache_bytes};
	int fd;
	enum status status = private_folder_open(path, &fd);

	if (status != STATUS_OK)
		return status;
	status = shares_hide(shares, fd);
	if (status == STATUS_OK)
		return digest_index_new(fd, limits, index);
	close(fd);
	return status;
}

const char *cache_reason(enum status status)
{
	return status == STATUS_EXISTS ? "it is what is served, or holds it" : status_text(status);
}

static void say_none(const char *path, const char *why)
{
	char quoted[1024];

	log_line(LOG_WARN, "event=no_cache path=%s reason=\"%s\"", log_quote(quoted, sizeof(quoted), span_of(path)), why);
}

static char *automatic_path(void)
{
	return private_folder_path("XDG_CACHE_HOME", ".cache");
}

static void open_automatic(const struct settings *settings, struct shares *shares, struct digest_index **index)
{
	char *path = automatic_path();
	enum status status = path ? open_at(path, settings, shares, index) : STATUS_NOT_FOUND;

	if (status != STATUS_OK)
		say_none(path ? path : "", path ? cache_reason(status) : "there is no home folder");
	free(path);
}

static enum status open_as_set(const struct settings *settings, struct shares *shares, struct digest_index **index)
{
	if (strcmp(settings->cache, "no") == 0)
		return STATUS_OK;
	if (strcmp(settings->cache, "auto") != 0)
		return open_at(settings->cache, settings, shares, index);
	open_automatic(settings, shares, index);
	return STATUS_OK;
}

/* Other runs keep their cache there. A user who shares that very folder means to: it holds no secrets. */
static enum status hide_automatic(struct shares *shares)
{
	char *path = automatic_path();
	enum status status = path ? shares_hide_path(shares, path) : STATUS_OK;

	free(path);
	return status == STATUS_EXISTS ? STATUS_OK : status;
}

enum status cache_open(const struct settings *settings, struct shares *shares, struct digest_index **index)
{
	*index = NULL;
	enum status status = open_as_set(settings, shares, index);
	if (status != STATUS_OK)
		return status;
	status = hide_automatic(shares);
	if (status != STATUS_OK) {
		digest_index_free(*index);
		*index = NULL;
	}
	return status;
}
