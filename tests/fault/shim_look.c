/* The shim's looks: reading, describing, listing, locking, sending, closing, and the time of day. */
#include "shim.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* --- Reading --------------------------------------------------------------------------------------------------------- */

ssize_t read(int fd, void *bytes, size_t length)
{
	struct attempt attempt = {.call = CALL_READ, .fd = fd, .length = length};
	if (!on_disk(fd))
		return kernel(SYS_read, fd, bytes, length);
	return attempt_begin(&attempt) ? kernel(SYS_read, fd, bytes, attempt.length) : -1;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	struct attempt attempt = {.call = CALL_READ, .fd = fd, .length = length};
	return attempt_begin(&attempt) ? kernel(SYS_pread64, fd, bytes, attempt.length, offset) : -1;
}

/* No plan cuts this one short. */
ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
	struct attempt attempt = {.call = CALL_READ, .fd = fd};
	return attempt_begin(&attempt) ? kernel(SYS_preadv2, fd, parts, (long)count, offset, 0L, (long)flags) : -1;
}

/* What -D_FORTIFY_SOURCE makes of them where it can't see that the buffer suffices. */
ssize_t __read_chk(int fd, void *bytes, size_t length, size_t capacity);
ssize_t __read_chk(int fd, void *bytes, size_t length, size_t capacity)
{
	return read(fd, bytes, length < capacity ? length : capacity);
}

ssize_t __pread_chk(int fd, void *bytes, size_t length, off_t offset, size_t capacity);
ssize_t __pread_chk(int fd, void *bytes, size_t length, off_t offset, size_t capacity)
{
	return pread(fd, bytes, length < capacity ? length : capacity, offset);
}

ssize_t preadv64v2(int fd, const struct iovec *parts, int count, off_t offset, int flags) __attribute__((alias("preadv2")));
ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) __attribute__((alias("pread")));
ssize_t __pread64_chk(int fd, void *bytes, size_t length, off_t offset, size_t capacity) __attribute__((alias("__pread_chk")));

ssize_t sendfile(int to, int from, off_t *offset, size_t length)
{
	struct attempt attempt = {.call = CALL_SEND, .fd = from, .length = length};
	return attempt_begin(&attempt) ? kernel(SYS_sendfile, to, from, offset, attempt.length) : -1;
}

ssize_t sendfile64(int to, int from, off_t *offset, size_t length) __attribute__((alias("sendfile")));

/* --- Describing ------------------------------------------------------------------------------------------------------ */

static void coarsen(struct timespec *time, const struct plan *plan)
{
	if (plan->tick > 0)
		time->tv_nsec -= time->tv_nsec % plan->tick;
}

static int described(long result, struct stat *stat)
{
	const struct plan *plan = shim_plan();
	if (result == 0 && plan) {
		if (plan->one_time)
			stat->st_ctim = stat->st_mtim;
		coarsen(&stat->st_mtim, plan);
		coarsen(&stat->st_ctim, plan);
	}
	return (int)result;
}

int fstat(int fd, struct stat *stat)
{
	struct attempt attempt = {.call = CALL_STAT, .fd = fd};
	if (!on_disk(fd))
		return (int)kernel(SYS_fstat, fd, stat);
	return attempt_begin(&attempt) ? described(kernel(SYS_fstat, fd, stat), stat) : -1;
}

int fstatat(int folder, const char *path, struct stat *stat, int flags)
{
	struct attempt attempt = {.call = CALL_STAT, .fd = folder};
	return attempt_begin(&attempt) ? described(kernel(SYS_newfstatat, folder, path, stat, flags), stat) : -1;
}

off_t lseek(int fd, off_t offset, int whence)
{
	struct attempt attempt = {.call = CALL_SEEK, .fd = fd};
	return attempt_begin(&attempt) ? kernel(SYS_lseek, fd, offset, whence) : -1;
}

int fstat64(int fd, struct stat64 *stat) __attribute__((alias("fstat")));
int fstatat64(int folder, const char *path, struct stat64 *stat, int flags) __attribute__((alias("fstatat")));
off_t lseek64(int fd, off_t offset, int whence) __attribute__((alias("lseek")));

/* --- Locking and closing ---------------------------------------------------------------------------------------------- */

int flock(int fd, int operation)
{
	struct attempt attempt = {.call = CALL_LOCK, .fd = fd};
	return attempt_begin(&attempt) ? (int)kernel(SYS_flock, fd, operation) : -1;
}

/* As the kernel has it: the descriptor is gone also when close fails. */
int close(int fd)
{
	struct attempt attempt = {.call = CALL_CLOSE, .fd = fd};
	if (!on_disk(fd) || attempt_begin(&attempt))
		return (int)kernel(SYS_close, fd);
	int error = errno;
	kernel(SYS_close, fd);
	errno = error;
	return -1;
}

/* --- Listing ----------------------------------------------------------------------------------------------------------- */

/* libc reads folders without any call that could be seen here: its own function stands in for getdents64. */
struct dirent *readdir(DIR *folder)
{
	static struct dirent *(*real)(DIR *);
	struct attempt attempt = {.call = CALL_LIST, .fd = dirfd(folder)};
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "readdir");
	return attempt_begin(&attempt) ? real(folder) : NULL;
}

struct dirent64 *readdir64(DIR *folder) __attribute__((alias("readdir")));

/* --- The time of day --------------------------------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *time)
{
	const struct plan *plan = shim_plan();
	int64_t planned = plan && clock == CLOCK_REALTIME ? plan->clock : 0;
	if (planned == 0)
		return (int)kernel(SYS_clock_gettime, clock, time);
	*time = (struct timespec){.tv_sec = planned / 1000000000, .tv_nsec = planned % 1000000000};
	return 0;
}
