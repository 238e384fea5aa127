/* The shim's changes: bytes, sizes, names, times, modes, and what brings them to the disk. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- Bytes and sizes ------------------------------------------------------------------------------------------------ */

ssize_t write(int fd, const void *bytes, size_t length)
{
	struct attempt attempt = {.call = CALL_WRITE, .system_call = SYS_write, .fd = fd, .length = length, .data = bytes};
	if (!on_disk(fd))
		return kernel(SYS_write, fd, bytes, length);
	attempt.offset = (uint64_t)kernel(SYS_lseek, fd, 0, SEEK_CUR);
	if (!attempt_begin(&attempt))
		return -1;
	return attempt_end(&attempt, kernel(SYS_write, fd, bytes, attempt.length));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	struct attempt attempt = {.call = CALL_WRITE,
		.system_call = SYS_pwrite64,
		.fd = fd,
		.offset = (uint64_t)offset,
		.length = length,
		.data = bytes};
	if (!attempt_begin(&attempt))
		return -1;
	return attempt_end(&attempt, kernel(SYS_pwrite64, fd, bytes, attempt.length, offset));
}

int ftruncate(int fd, off_t size)
{
	struct attempt attempt = {.call = CALL_TRUNCATE, .system_call = SYS_ftruncate, .fd = fd, .offset = (uint64_t)size};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_ftruncate, fd, size));
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	struct attempt attempt = {.call = CALL_ALLOCATE,
		.system_call = SYS_fallocate,
		.fd = fd,
		.offset = (uint64_t)offset,
		.length = (uint64_t)length,
		.flags = (unsigned)mode};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_fallocate, fd, mode, offset, length));
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) __attribute__((alias("pwrite")));
int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));
int fallocate64(int fd, int mode, off_t offset, off_t length) __attribute__((alias("fallocate")));

/* --- Clones ---------------------------------------------------------------------------------------------------------- */

/* What FICLONE does, on a file system that has none. */
static long play_clone(int to, const void *bytes, size_t length)
{
	if (kernel(SYS_ftruncate, to, 0) < 0)
		return -1;
	return length == 0 || kernel(SYS_pwrite64, to, bytes, length, 0) == (long)length ? 0 : -1;
}

static int clone_file(int to, int from)
{
	struct stat stat;
	if (fstat(from, &stat) < 0)
		return -1;
	size_t length = (size_t)stat.st_size;
	void *bytes = length > 0 ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, from, 0) : NULL;
	struct attempt attempt = {.call = CALL_CLONE, .system_call = SYS_ioctl, .fd = to, .length = length, .data = bytes};
	if (bytes == MAP_FAILED)
		return -1;
	long result = -1;
	if (attempt_begin(&attempt)) {
		struct plan *plan = shim_plan();
		result = plan && plan->clones ? play_clone(to, bytes, length) : kernel(SYS_ioctl, to, FICLONE, from);
		attempt_end(&attempt, result);
	}
	if (bytes)
		munmap(bytes, length);
	return (int)result;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	va_start(list, request);
	long argument = va_arg(list, long);
	va_end(list);
	return request == FICLONE ? clone_file(fd, (int)argument) : (int)kernel(SYS_ioctl, fd, request, argument);
}

/* --- What brings them to the disk ------------------------------------------------------------------------------------ */

static int sync_by(enum call call, long system_call, int fd)
{
	struct attempt attempt = {.call = call, .system_call = system_call, .fd = fd};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(system_call, fd));
}

int fsync(int fd)
{
	return sync_by(CALL_SYNC, SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_by(CALL_SYNC, SYS_fdatasync, fd);
}

int syncfs(int fd)
{
	return sync_by(CALL_SYNC_ALL, SYS_syncfs, fd);
}

int sync_file_range(int fd, off_t offset, off_t length, unsigned flags)
{
	struct attempt attempt = {.call = CALL_WRITE_BACK,
		.system_call = SYS_sync_file_range,
		.fd = fd,
		.offset = (uint64_t)offset,
		.length = (uint64_t)length,
		.flags = flags};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_sync_file_range, fd, offset, length, flags));
}

/* --- Names ----------------------------------------------------------------------------------------------------------- */

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	struct attempt attempt = {.call = CALL_RENAME,
		.system_call = SYS_renameat2,
		.fd = -1,
		.folder = from_folder,
		.path = from,
		.other_folder = to_folder,
		.other = to,
		.flags = flags};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return renameat2(from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	struct attempt attempt = {.call = CALL_LINK,
		.system_call = SYS_linkat,
		.fd = -1,
		.folder = from_folder,
		.path = from,
		.other_folder = to_folder,
		.other = to,
		.flags = (unsigned)flags};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_linkat, from_folder, from, to_folder, to, flags));
}

static int work_on_name(enum call call, long system_call, int folder, const char *path, unsigned argument)
{
	struct attempt attempt = {
		.call = call, .system_call = system_call, .fd = -1, .folder = folder, .path = path, .flags = argument};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(system_call, folder, path, argument));
}

int unlinkat(int folder, const char *path, int flags)
{
	return work_on_name(CALL_UNLINK, SYS_unlinkat, folder, path, (unsigned)flags);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
	return work_on_name(CALL_MAKE_FOLDER, SYS_mkdirat, folder, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

/* --- Times and modes ------------------------------------------------------------------------------------------------- */

int futimens(int fd, const struct timespec times[2])
{
	struct attempt attempt = {
		.call = CALL_TIMES, .system_call = SYS_utimensat, .fd = fd, .length = 2 * sizeof *times, .data = times};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_utimensat, fd, NULL, times, 0));
}

int fchmod(int fd, mode_t mode)
{
	struct attempt attempt = {.call = CALL_MODE, .system_call = SYS_fchmod, .fd = fd, .flags = mode};
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_fchmod, fd, mode));
}
