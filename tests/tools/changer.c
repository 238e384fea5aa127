/* Changes files in a fixed order by the calls that the two programs know: what the tests of the shim are run on. */
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sockets.h"

/* usage: changer FOLDER; prints how many of its calls failed, then the nanoseconds of the day, then a file's time. */
static int failures;

static void count(long result)
{
	failures += result < 0;
}

/* The way of a file that is fetched: made, filled, brought to the disk, renamed. */
static void fetch(int folder)
{
	const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000, .tv_nsec = 123456789}};
	char bytes[8192];
	memset(bytes, 'a', sizeof bytes);
	int fd = openat(folder, ".a.part", O_RDWR | O_CREAT | O_NOFOLLOW, 0666);
	count(fd);
	count(pwrite(fd, bytes, sizeof bytes, 4096));
	count(pwrite(fd, bytes, 4096, 0));
	count(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE));
	count(ftruncate(fd, 10000));
	count(fchmod(fd, 0640));
	count(futimens(fd, times));
	count(fsync(fd));
	count(renameat(folder, ".a.part", folder, "a"));
	count(fsync(folder));
	close(fd);
}

static void meet_the_rest(int folder)
{
	struct open_how how = {.flags = O_WRONLY | O_CREAT | O_EXCL, .mode = 0600, .resolve = RESOLVE_BENEATH};
	count(mkdirat(folder, "sub", 0777));
	int fd = (int)syscall(SYS_openat2, folder, "sub/b", &how, sizeof how);
	count(fd);
	count(write(fd, "hello", 5));
	count(fdatasync(fd));
	count(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 65536));
	int a = openat(folder, "a", O_RDONLY);
	count(ioctl(fd, FICLONE, a));
	count(linkat(folder, "sub/b", folder, "c", 0));
	count(renameat2(folder, "sub/b", folder, "b", RENAME_NOREPLACE));
	count(unlinkat(folder, "c", 0));
	count(unlinkat(folder, "sub", AT_REMOVEDIR));
	close(a);
	close(fd);
}

/* None of these is a change. */
static void look(int folder)
{
	struct timespec now;
	struct stat stat = {0};
	char byte;
	int fd = openat(folder, "a", O_RDONLY);
	count(read(fd, &byte, 1));
	count(pread(fd, &byte, 1, 1));
	count(fstat(fd, &stat));
	count(lseek(fd, 0, SEEK_END));
	close(fd);
	clock_gettime(CLOCK_REALTIME, &now);
	printf("%d failed\nnow %ld.%09ld\nof %09ld\n", failures, now.tv_sec, now.tv_nsec, stat.st_mtim.tv_nsec);
}

int main(int argument_count, char **arguments)
{
	if (argument_count != 2)
		return 2;
	int folder = open(arguments[1], O_RDONLY | O_DIRECTORY);
	if (folder < 0)
		give_up(arguments[1]);
	fetch(folder);
	meet_the_rest(folder);
	look(folder);
	close(folder);
	return failures > 0;
}
