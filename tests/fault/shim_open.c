/* The shim's openings: every libc name that opens a file, and syscall(2), which openat2 goes through. */
#include "shim.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool changes(unsigned flags)
{
	return !(flags & O_PATH) && ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC) || (flags & O_TMPFILE) == O_TMPFILE);
}

static struct attempt attempt_to_open(long system_call, int folder, const char *path, unsigned flags)
{
	return (struct attempt){
		.call = changes(flags) ? CALL_OPEN : CALL_OPEN_TO_READ,
		.system_call = system_call,
		.fd = -1,
		.folder = folder,
		.path = path,
		.flags = flags,
	};
}

static int open_file(int folder, const char *path, int flags, mode_t mode)
{
	struct attempt attempt = attempt_to_open(SYS_openat, folder, path, (unsigned)flags);
	if (!attempt_begin(&attempt))
		return -1;
	return (int)attempt_end(&attempt, kernel(SYS_openat, folder, path, flags, mode));
}

static long open_by_how(int folder, const char *path, const struct open_how *how, size_t size)
{
	struct attempt attempt = attempt_to_open(SYS_openat2, folder, path, (unsigned)how->flags);
	if (!attempt_begin(&attempt))
		return -1;
	return attempt_end(&attempt, kernel(SYS_openat2, folder, path, how, size));
}

int openat(int folder, const char *path, int flags, ...)
{
	va_list list;
	va_start(list, flags);
	mode_t mode = va_arg(list, mode_t);
	va_end(list);
	return open_file(folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list list;
	va_start(list, flags);
	mode_t mode = va_arg(list, mode_t);
	va_end(list);
	return open_file(AT_FDCWD, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What -D_FORTIFY_SOURCE makes of the calls without a mode. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open_file(AT_FDCWD, path, flags, 0);
}

int __openat_2(int folder, const char *path, int flags);
int __openat_2(int folder, const char *path, int flags)
{
	return open_file(folder, path, flags, 0);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));
int creat64(const char *path, mode_t mode) __attribute__((alias("creat")));
int __open64_2(const char *path, int flags) __attribute__((alias("__open_2")));
int __openat64_2(int folder, const char *path, int flags) __attribute__((alias("__openat_2")));

long syscall(long number, ...)
{
	va_list list;
	long a[6];

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_openat2)
		return open_by_how((int)a[0], (const char *)a[1], (const struct open_how *)a[2], (size_t)a[3]);
	return kernel(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
