/* Calls that must not compile: the build includes this before every source of common, server and client. */
#ifndef BANNED_H
#define BANNED_H

/* Their own headers come first, so that no header included later uses one that is already banned. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Declares FUNCTION once more, now with a reason not to use it; a member or a struct of that name stays what it is. */
#if __has_attribute(unavailable)
#define BANNED(function, reason) extern __typeof__(function) function __attribute__((unavailable(reason)))
#else
#define BANNED(function, reason) extern __typeof__(function) function __attribute__((deprecated(reason)))
#endif

/* clang bans nothing that libc has defined inline, and would complain about each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"

BANNED(strcpy, "no bound: snprintf, memcpy");
BANNED(strcat, "no bound: snprintf, memcpy");
BANNED(stpcpy, "no bound: snprintf, memcpy");
BANNED(sprintf, "no bound: snprintf");
BANNED(vsprintf, "no bound: vsnprintf");
BANNED(strncpy, "may leave no NUL: snprintf, memcpy");
BANNED(strncat, "its bound is not the buffer's: snprintf, memcpy");
#undef alloca
#define alloca(size) alloca_is_banned_it_has_no_bound

BANNED(strtok, "state that threads share: strtok_r, strchr");
BANNED(gmtime, "state that threads share: gmtime_r");
BANNED(localtime, "state that threads share: localtime_r");
BANNED(ctime, "state that threads share: strftime");
BANNED(asctime, "state that threads share: strftime");

BANNED(atoi, "says nothing about errors: strtol and a look at its end");
BANNED(atol, "says nothing about errors: strtol and a look at its end");
BANNED(atoll, "says nothing about errors: strtoll and a look at its end");

BANNED(sleep, "wait for an event, not for time to pass");
BANNED(usleep, "wait for an event, not for time to pass");
BANNED(nanosleep, "wait for an event, not for time to pass");
BANNED(signal, "sigaction says what it means");

BANNED(mmap, "a mapped file that shrinks kills its reader: pread");
BANNED(select, "descriptors beyond 1,023 have no place in its sets: poll");
BANNED(pselect, "descriptors beyond 1,023 have no place in its sets: ppoll");

/* A deadline that counts on the real time jumps with it. The build allows these to common/clock.c alone. */
#ifndef BANNED_ALLOW_CLOCKS
BANNED(clock_gettime, "which clock is clock.h's business");
BANNED(gettimeofday, "which clock is clock.h's business");
BANNED(time, "which clock is clock.h's business");
#endif

BANNED(mktemp, "others can foresee the name: beneath.h");
BANNED(tmpnam, "others can foresee the name: beneath.h");
BANNED(tempnam, "others can foresee the name: beneath.h");

/* A path handed to the kernel: beneath.h and trusted.h are the ways. The build allows these to common/beneath.c and trusted.c. */
#ifndef BANNED_ALLOW_PATHS
#define BANNED_PATH(function) BANNED(function, "paths go through beneath.h, the user's own through trusted.h")
BANNED_PATH(open);
BANNED_PATH(openat);
BANNED_PATH(creat);
BANNED_PATH(fopen);
BANNED_PATH(freopen);
BANNED_PATH(stat);
BANNED_PATH(lstat);
BANNED_PATH(fstatat);
BANNED_PATH(statx);
BANNED_PATH(access);
BANNED_PATH(faccessat);
BANNED_PATH(readlink);
BANNED_PATH(readlinkat);
BANNED_PATH(realpath);
BANNED_PATH(opendir);
BANNED_PATH(scandir);
BANNED_PATH(scandirat);
BANNED_PATH(chdir);
BANNED_PATH(mkdir);
BANNED_PATH(mkdirat);
BANNED_PATH(rmdir);
BANNED_PATH(unlink);
BANNED_PATH(unlinkat);
BANNED_PATH(remove);
BANNED_PATH(rename);
BANNED_PATH(renameat);
BANNED_PATH(renameat2);
BANNED_PATH(link);
BANNED_PATH(linkat);
BANNED_PATH(symlink);
BANNED_PATH(symlinkat);
BANNED_PATH(truncate);
BANNED_PATH(chmod);
BANNED_PATH(fchmodat);
BANNED_PATH(chown);
BANNED_PATH(lchown);
BANNED_PATH(fchownat);
BANNED_PATH(utimensat);
#endif

#pragma GCC diagnostic pop

#endif
