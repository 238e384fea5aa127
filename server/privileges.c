/* Becomes another user, and makes sure that there is no way back. */
#include "privileges.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"

static const struct passwd *find_user(const char *user)
{
	char *end;
	unsigned long number = strtoul(user, &end, 10);
	const struct passwd *found = getpwnam(user);

	return !found && end != user && *end == '\0' ? getpwuid((uid_t)number) : found;
}

bool privileges_know(const char *user)
{
	return find_user(user) != NULL;
}

static enum status give_file(int folder, const char *name, const struct passwd *user)
{
	int fd;
	enum status status = beneath_open(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd);

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	if (fchown(fd, user->pw_uid, user->pw_gid) < 0)
		status = status_from_errno(errno);
	close(fd);
	return status;
}

static enum status give(int folder, DIR *stream, const struct passwd *user)
{
	enum status status = STATUS_OK;

	for (struct dirent *entry = readdir(stream); entry && status == STATUS_OK; entry = readdir(stream)) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			status = give_file(folder, entry->d_name, user);
	}
	if (status == STATUS_OK && fchown(folder, user->pw_uid, user->pw_gid) < 0)
		status = status_from_errno(errno);
	return status;
}

/* Where anybody but root may write, a name could be a link to something that is not to be given away. */
static bool is_roots_alone(int folder)
{
	struct stat stat;

	return fstat(folder, &stat) == 0 && stat.st_uid == 0 && (stat.st_mode & 022) == 0;
}

static enum status give_folder(int folder, const struct passwd *user)
{
	int opened;

	if (folder < 0 || !is_roots_alone(folder))
		return STATUS_OK;
	enum status status = beneath_open_folder(folder, "", BENEATH_NO_SYMLINKS, &opened);
	if (status != STATUS_OK)
		return status;
	DIR *stream = fdopendir(opened);
	if (!stream) {
		close(opened);
		return STATUS_NO_MEMORY;
	}
	status = give(folder, stream, user);
	closedir(stream);
	return status;
}

/* Afterwards all three identities are the user's, and taking root's back fails. */
static enum status become(const struct passwd *user)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (initgroups(user->pw_name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
		return status_from_errno(errno);
	if (getresuid(&real, &effective, &saved) < 0 || getresgid(&real_group, &effective_group, &saved_group) < 0)
		return status_from_errno(errno);
	bool users = real == user->pw_uid && effective == real && saved == real;
	bool groups = real_group == user->pw_gid && effective_group == real_group && saved_group == real_group;
	if (!users || !groups || (user->pw_uid != 0 && setuid(0) == 0))
		return STATUS_REFUSED;
	return STATUS_OK;
}

enum status privileges_drop(const char *user, const int *folders, size_t folder_count, struct complaint *complaint)
{
	enum status status = STATUS_OK;

	if (!user)
		return STATUS_OK;
	const struct passwd *found = find_user(user);
	if (!found)
		return complain(complaint, STATUS_NOT_FOUND, "ferryd: user = %s: there is no such user", user);
	if (geteuid() != 0) {
		bool already = getuid() == found->pw_uid && geteuid() == found->pw_uid;
		return already ? STATUS_OK : complain(complaint, STATUS_REFUSED, "ferryd: user = %s: only root can become another user", user);
	}
	for (size_t i = 0; i < folder_count && status == STATUS_OK; i++)
		status = give_folder(folders[i], found);
	if (status == STATUS_OK)
		status = become(found);
	return status == STATUS_OK ? status : complain(complaint, status, "ferryd: user = %s: %s", user, status_text(status));
}
