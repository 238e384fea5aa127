/* The preloaded shim: numbers the file calls of a program, logs them, and kills, stops or fails at the one that was planned. */
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct plan *plan;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* held from begin to end of every change */

long kernel(long number, ...)
{
	static long (*real)(long, ...);
	va_list list;
	long argument[6];

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(list, long);
	va_end(list);
	return real(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}

/* Nothing of what a program sees of its descriptors changes: the plan is mapped, its descriptor closed. */
__attribute__((constructor)) static void start(void)
{
	const char *descriptor = getenv(PLAN_VARIABLE);
	if (!descriptor)
		return;
	int fd = (int)strtol(descriptor, NULL, 10);
	void *mapped = mmap(NULL, PLAN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		abort();
	kernel(SYS_close, fd);
	plan = mapped;
}

struct plan *shim_plan(void)
{
	return plan;
}

bool on_disk(int fd)
{
	struct stat stat;
	int error = errno;
	bool yes = kernel(SYS_fstat, fd, &stat) == 0 && (S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode));
	errno = error;
	return yes;
}

/* --- The log ------------------------------------------------------------------------------------------------------- */

/* Where the descriptor FD leads; at most PATH_MAX bytes. */
static size_t path_of(char *out, int fd)
{
	char link[64];
	snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
	long length = kernel(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
	out[length > 0 ? length : 0] = 0;
	return strlen(out);
}

/* PATH as seen from FOLDER, absolute. */
static void absolute(char out[2 * PATH_MAX], int folder, const char *path)
{
	size_t length = path[0] == '/' ? 0 : path_of(out, folder);
	snprintf(out + length, PATH_MAX, length > 0 ? "/%s" : "%s", path);
}

static uint64_t inode(int fd)
{
	struct stat stat;
	return kernel(SYS_fstat, fd, &stat) == 0 ? stat.st_ino : 0;
}

static char *append(char *to, const void *bytes, size_t length)
{
	memcpy(to, bytes, length);
	to[length] = 0;
	return to + length + 1;
}

/* caller holds lock */
static void log_record(struct record *record, const char *path, const char *other, const void *data)
{
	uint64_t used = plan->log_length;
	size_t size = sizeof *record + record->path_length + record->other_length + record->data_length + 3;

	record->size = (uint32_t)((size + 7) / 8 * 8);
	if (PLAN_LOG_OFFSET + used + record->size > PLAN_SIZE) {
		plan->overflow = true;
		return;
	}
	char *next = (char *)plan + PLAN_LOG_OFFSET + used;
	memcpy(next, record, sizeof *record);
	next = append(next + sizeof *record, path, record->path_length);
	next = append(next, other, record->other_length);
	append(next, data ? data : "", record->data_length);
	plan->log_length = used + record->size;
}

static size_t data_length(const struct attempt *attempt, long result)
{
	if (!attempt->data || result < 0 || plan->log != PLAN_LOG_DATA)
		return 0;
	return attempt->call == CALL_WRITE ? (size_t)result : attempt->length;
}

/* caller holds lock */
static void log_attempt(const struct attempt *attempt, long result)
{
	char path[2 * PATH_MAX] = "", other[2 * PATH_MAX] = "";
	struct record record = {
		.call = (uint16_t)attempt->call,
		.made = attempt->makes && result >= 0,
		.system_call = (int32_t)attempt->system_call,
		.result = result < 0 ? -errno : result,
		.number = attempt->number,
		.offset = attempt->offset,
		.length = attempt->length,
		.flags = attempt->flags,
		.data_length = (uint32_t)data_length(attempt, result),
	};

	record.file = inode(attempt->call == CALL_OPEN ? (int)result : attempt->fd);
	if (attempt->path)
		absolute(path, attempt->folder, attempt->path);
	else
		path_of(path, attempt->fd);
	if (attempt->other)
		absolute(other, attempt->other_folder, attempt->other);
	record.path_length = (uint32_t)strlen(path);
	record.other_length = (uint32_t)strlen(other);
	log_record(&record, path, other, attempt->data);
}

/* --- The plan ------------------------------------------------------------------------------------------------------ */

static bool counted(const struct attempt *attempt)
{
	return attempt->call < CALL_CHANGES || plan->numbers == PLAN_NUMBER_ALL;
}

static bool can_be_short(enum call call)
{
	return call == CALL_WRITE || call == CALL_READ || call == CALL_SEND;
}

/* Of the others no manual page says that a signal may interrupt them. */
static bool can_be_interrupted(enum call call)
{
	return call == CALL_OPEN || call == CALL_OPEN_TO_READ || call == CALL_READ || call == CALL_WRITE || call == CALL_TRUNCATE ||
	       call == CALL_ALLOCATE || call == CALL_SYNC || call == CALL_LOCK || call == CALL_SEND || call == CALL_CLOSE;
}

/* Does the plan mean this call? caller holds lock */
static bool planned(const struct attempt *attempt)
{
	if (plan->at == 0 || attempt->number < plan->at)
		return false;
	if (plan->act == PLAN_FAIL && plan->error == EINTR && !can_be_interrupted(attempt->call))
		return false;
	if (attempt->number == plan->at)
		plan->met = attempt->call;
	else if (!plan->lasting || attempt->call != plan->met)
		return false;
	/* A signal that interrupts a call does not keep the next try from working. */
	if (attempt->number > plan->at && plan->error == EINTR && (attempt->number - plan->at) % 2 == 1)
		return false;
	return true;
}

static void send_signal(int number)
{
	kernel(SYS_kill, (long)getpid(), (long)number);
}

/* Returns false when the call shall fail. caller holds lock */
static bool act_before(struct attempt *attempt)
{
	plan->hits++;
	switch (plan->act) {
	case PLAN_KILL_BEFORE:
		send_signal(SIGKILL);
		break;
	case PLAN_STOP_BEFORE:
		send_signal(SIGSTOP);
		break;
	case PLAN_SHORTEN:
		if (can_be_short(attempt->call) && attempt->length > 1)
			attempt->length /= 2;
		break;
	case PLAN_FAIL:
		errno = plan->error;
		return false;
	case PLAN_WATCH:
	case PLAN_KILL_AFTER:
		break;
	}
	return true;
}

static bool exists(int folder, const char *path)
{
	struct stat stat;
	int error = errno;
	bool yes = kernel(SYS_newfstatat, folder, path, &stat, AT_SYMLINK_NOFOLLOW) == 0;
	errno = error;
	return yes;
}

bool attempt_begin(struct attempt *attempt)
{
	if (!plan || !counted(attempt))
		return true;
	pthread_mutex_lock(&lock);
	attempt->number = ++plan->count;
	bool goes_on = !planned(attempt) || act_before(attempt);
	if (attempt->call == CALL_OPEN && attempt->flags & O_CREAT)
		attempt->makes = !exists(attempt->folder, attempt->path);
	if (!goes_on && attempt->call < CALL_CHANGES && plan->log != PLAN_LOG_NOTHING)
		log_attempt(attempt, -1);
	if (!goes_on || attempt->call >= CALL_CHANGES)
		pthread_mutex_unlock(&lock);
	return goes_on;
}

long attempt_end(struct attempt *attempt, long result)
{
	if (!plan || attempt->number == 0 || attempt->call >= CALL_CHANGES)
		return result;
	int error = errno;
	if (plan->log != PLAN_LOG_NOTHING)
		log_attempt(attempt, result);
	if (plan->act == PLAN_KILL_AFTER && attempt->number == plan->at)
		send_signal(SIGKILL);
	pthread_mutex_unlock(&lock);
	errno = error;
	return result;
}
