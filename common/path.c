/* Which names and paths are legal; nothing is ever cleaned, only refused. */
#include "path.h"

#include <assert.h>
#include <string.h>

static const struct span empty = {.bytes = (const unsigned char *)"", .length = 0};

static bool is_text(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.bytes, text, span.length) == 0;
}

bool path_name_legal(struct span name)
{
	if (name.length == 0 || name.length > PATH_NAME_MAX || is_text(name, ".") || is_text(name, ".."))
		return false;
	return !memchr(name.bytes, '/', name.length) && !memchr(name.bytes, '\0', name.length);
}

enum status path_check(struct span path)
{
	size_t depth = 0;

	if (path.length > PATH_LENGTH_MAX)
		return STATUS_NAME_TOO_LONG;
	/* path_first() would swallow a slash at the end, and with it the empty component behind it. */
	if (path.length > 0 && path.bytes[path.length - 1] == '/')
		return STATUS_INVALID;
	while (path.length > 0) {
		struct span name = path_first(&path);
		if (name.length > PATH_NAME_MAX)
			return STATUS_NAME_TOO_LONG;
		if (!path_name_legal(name))
			return STATUS_INVALID;
		if (++depth > PATH_DEPTH_MAX)
			return STATUS_LIMIT;
	}
	return STATUS_OK;
}

size_t path_depth(struct span path)
{
	size_t depth = 0;

	while (path.length > 0) {
		path_first(&path);
		depth++;
	}
	return depth;
}

struct span path_first(struct span *path)
{
	struct span name = *path;

	if (path->length == 0)
		return empty;
	const unsigned char *slash = memchr(path->bytes, '/', path->length);
	if (slash)
		name.length = (size_t)(slash - path->bytes);
	size_t taken = name.length + (slash ? 1 : 0);
	path->bytes += taken;
	path->length -= taken;
	return name;
}

struct span path_last(struct span path)
{
	if (path.length == 0)
		return empty;
	const unsigned char *slash = memrchr(path.bytes, '/', path.length);
	if (!slash)
		return path;
	return (struct span){.bytes = slash + 1, .length = path.length - (size_t)(slash + 1 - path.bytes)};
}

struct span path_folder(struct span path)
{
	if (path.length == 0)
		return empty;
	const unsigned char *slash = memrchr(path.bytes, '/', path.length);
	if (!slash)
		return empty;
	return (struct span){.bytes = path.bytes, .length = (size_t)(slash - path.bytes)};
}

void path_copy(char *out, struct span path)
{
	assert(path.length <= PATH_LENGTH_MAX);
	if (path.length > 0)
		memcpy(out, path.bytes, path.length);
	out[path.length] = '\0';
}

enum status path_join(char out[PATH_LENGTH_MAX + 1], struct span folder, struct span name)
{
	size_t slash = folder.length > 0 && name.length > 0;

	if (folder.length > PATH_LENGTH_MAX || name.length > PATH_LENGTH_MAX - slash ||
		folder.length + slash > PATH_LENGTH_MAX - name.length)
		return STATUS_NAME_TOO_LONG;
	path_copy(out, folder);
	if (slash)
		out[folder.length] = '/';
	path_copy(out + folder.length + slash, name);
	return STATUS_OK;
}

struct span span_of(const char *text)
{
	return (struct span){.bytes = (const unsigned char *)text, .length = strlen(text)};
}
