/* A file system whose folders take names for one that differ in case alone, and give each way to write a name an inode of its own. */
#define FUSE_USE_VERSION 31
#include <fuse.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What it is given lies here, under names of small letters: ASCII's, and those of Latin-1, as UTF-8 has them. */
static const char *below;

struct place {
	char path[2 * PATH_MAX];
};

static struct place find(const char *path)
{
	struct place place;
	int start = snprintf(place.path, sizeof place.path, "%s", below);

	snprintf(place.path + start, sizeof place.path - (size_t)start, "%s", path);
	for (char *at = place.path + start; *at; at++) {
		unsigned char byte = (unsigned char)*at;
		*at = (char)(at[-1] == '\xc3' && byte >= 0x80 && byte <= 0x9e ? byte + 0x20 : byte < 0x80 ? tolower(byte) : byte);
	}
	return place;
}

static int result_of(int result)
{
	return result < 0 ? -errno : 0;
}

/* --- Names --------------------------------------------------------------------------------------------------------- */

static int fold_look(const char *path, struct stat *stat, struct fuse_file_info *file)
{
	(void)file;
	return result_of(lstat(find(path).path, stat));
}

static int fold_make_folder(const char *path, mode_t mode)
{
	return result_of(mkdir(find(path).path, mode));
}

static int fold_remove(const char *path)
{
	return result_of(unlink(find(path).path));
}

static int fold_rename(const char *from, const char *to, unsigned flags)
{
	return result_of(renameat2(AT_FDCWD, find(from).path, AT_FDCWD, find(to).path, flags));
}

static int fold_set_mode(const char *path, mode_t mode, struct fuse_file_info *file)
{
	(void)file;
	return result_of(chmod(find(path).path, mode));
}

static int fold_set_size(const char *path, off_t size, struct fuse_file_info *file)
{
	(void)file;
	return result_of(truncate(find(path).path, size));
}

static int fold_set_times(const char *path, const struct timespec times[2], struct fuse_file_info *file)
{
	(void)file;
	return result_of(utimensat(AT_FDCWD, find(path).path, times, AT_SYMLINK_NOFOLLOW));
}

static int fold_list(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
	enum fuse_readdir_flags flags)
{
	DIR *folder = opendir(find(path).path);
	struct dirent *entry;

	(void)offset, (void)file, (void)flags;
	if (!folder)
		return -errno;
	while ((entry = readdir(folder)))
		fill(buffer, entry->d_name, NULL, 0, 0);
	closedir(folder);
	return 0;
}

/* --- Bytes --------------------------------------------------------------------------------------------------------- */

static int open_as(const char *path, int flags, mode_t mode, struct fuse_file_info *file)
{
	int fd = open(find(path).path, flags, mode);

	if (fd < 0)
		return -errno;
	file->fh = (uint64_t)fd;
	return 0;
}

static int fold_open(const char *path, struct fuse_file_info *file)
{
	return open_as(path, file->flags, 0, file);
}

static int fold_create(const char *path, mode_t mode, struct fuse_file_info *file)
{
	return open_as(path, file->flags | O_CREAT, mode, file);
}

static int fold_read(const char *path, char *bytes, size_t length, off_t offset, struct fuse_file_info *file)
{
	ssize_t count = pread((int)file->fh, bytes, length, offset);

	(void)path;
	return count < 0 ? -errno : (int)count;
}

static int fold_write(const char *path, const char *bytes, size_t length, off_t offset, struct fuse_file_info *file)
{
	ssize_t count = pwrite((int)file->fh, bytes, length, offset);

	(void)path;
	return count < 0 ? -errno : (int)count;
}

static int fold_sync(const char *path, int data_only, struct fuse_file_info *file)
{
	(void)path, (void)data_only;
	return result_of(fsync((int)file->fh));
}

static int fold_close(const char *path, struct fuse_file_info *file)
{
	(void)path;
	return result_of(close((int)file->fh));
}

/* --- The file system ----------------------------------------------------------------------------------------------- */

/* Prints "mounted"; the kernel remembers nothing, as what has one name changes under the other. */
static void *begin(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	puts("mounted");
	fflush(stdout);
	return NULL;
}

/* usage: casefold FOLDER PLACE     FOLDER begins with a slash; until it is unmounted or killed */
int main(int count, char **arguments)
{
	static const struct fuse_operations operations = {
		.init = begin,
		.getattr = fold_look,
		.mkdir = fold_make_folder,
		.unlink = fold_remove,
		.rename = fold_rename,
		.chmod = fold_set_mode,
		.truncate = fold_set_size,
		.utimens = fold_set_times,
		.readdir = fold_list,
		.open = fold_open,
		.create = fold_create,
		.read = fold_read,
		.write = fold_write,
		.fsync = fold_sync,
		.release = fold_close,
	};

	char foreground[] = "-f", single[] = "-s";
	if (count != 3)
		return 2;
	below = arguments[1];
	return fuse_main(4, ((char *[]){arguments[0], arguments[2], foreground, single, NULL}), &operations, NULL);
}
