/* Looks for a name in other case, and whether that is another name. */
#include "folding.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"

/* OUT is NAME with the case of its letters swapped; false when that is NAME itself. */
static bool other_case(const char *name, char out[PATH_NAME_MAX + 1])
{
	size_t i;

	for (i = 0; name[i] && i < PATH_NAME_MAX; i++) {
		unsigned char byte = (unsigned char)name[i];
		out[i] = (char)(byte >= 0x80 ? byte : isupper(byte) ? tolower(byte) : toupper(byte));
	}
	out[i] = '\0';
	return strcmp(name, out) != 0;
}

/* Does FOLDER list both names? Then they are two files. */
static enum status lists_both(int folder, const char *one, const char *other, bool *both)
{
	struct dirent *entry;
	unsigned count = 0;
	int fd;
	enum status status = beneath_open_folder(folder, "", BENEATH_NO_SYMLINKS, &fd);

	if (status != STATUS_OK)
		return status;
	DIR *entries = fdopendir(fd);
	if (!entries) {
		close(fd);
		return STATUS_NO_MEMORY;
	}
	while (errno = 0, entry = readdir(entries))
		count += strcmp(entry->d_name, one) == 0 || strcmp(entry->d_name, other) == 0;
	if (errno)
		status = status_from_errno(errno);
	closedir(entries);
	*both = count == 2;
	return status;
}

enum folding folding_probe(int folder, const char *name)
{
	char other[PATH_NAME_MAX + 1];
	struct stat stat;
	bool both;

	if (!other_case(name, other))
		return FOLDING_UNKNOWN;
	enum status status = beneath_stat_name(folder, other, &stat);
	/* A name that has gone meanwhile tells nothing. */
	if (status == STATUS_NOT_FOUND)
		return beneath_stat_name(folder, name, &stat) == STATUS_OK ? FOLDING_NO : FOLDING_UNKNOWN;
	if (status != STATUS_OK || lists_both(folder, name, other, &both) != STATUS_OK)
		return FOLDING_UNKNOWN;
	return both ? FOLDING_NO : FOLDING_YES;
}
