/* The list of allowed system calls, as a filter that libseccomp makes of it. */
#include "sandbox_calls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <linux/sockios.h>
#include <unistd.h>

/* A sanitizer maps, traces and looks at its own process, and its names for memory come by calls of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

static const int allowed[] = {
	/* connections */
	SCMP_SYS(accept4), SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
	SCMP_SYS(sendfile), SCMP_SYS(sendmsg), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
	/* waiting */
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_wait), SCMP_SYS(eventfd2), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall),
	/* files: which ones is Landlock's and beneath's business */
	SCMP_SYS(close), SCMP_SYS(fadvise64), SCMP_SYS(fcntl), SCMP_SYS(flock),
	SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(fsync), SCMP_SYS(getdents64), SCMP_SYS(lseek),
	SCMP_SYS(newfstatat), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(preadv2), SCMP_SYS(pwrite64),
	SCMP_SYS(read), SCMP_SYS(readahead), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(readv), SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(stat), SCMP_SYS(statx), SCMP_SYS(unlinkat), SCMP_SYS(write), SCMP_SYS(writev),
	/* memory and threads */
	SCMP_SYS(brk), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(get_robust_list), SCMP_SYS(madvise),
	SCMP_SYS(membarrier), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
	SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_yield), SCMP_SYS(set_robust_list), SCMP_SYS(sigaltstack), SCMP_SYS(ioprio_set),
	/* looks at the process itself and at the machine */
	SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(getcpu), SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getpid), SCMP_SYS(getrandom), SCMP_SYS(getrlimit), SCMP_SYS(gettid), SCMP_SYS(gettimeofday),
	SCMP_SYS(getuid), SCMP_SYS(sysinfo), SCMP_SYS(time), SCMP_SYS(uname),
};

/* Of use to sanitizers only; nothing that ferry itself does is in this list. */
static const int sanitizers_need[] = {
	SCMP_SYS(clone), SCMP_SYS(getppid), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(personality), SCMP_SYS(prctl), SCMP_SYS(ptrace),
	SCMP_SYS(set_tid_address), SCMP_SYS(wait4), SCMP_SYS(process_vm_readv), SCMP_SYS(pipe2), SCMP_SYS(pipe), SCMP_SYS(tgkill), SCMP_SYS(open),
	SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(access), SCMP_SYS(getdents), SCMP_SYS(tkill), SCMP_SYS(kill), SCMP_SYS(msync), SCMP_SYS(mincore),
};

/* These depend on one argument: the call is allowed where argument & mask == value. */
struct condition {
	int call;
	unsigned argument;
	uint64_t mask;
	uint64_t value;
};

static const struct condition conditions[] = {
	{SCMP_SYS(mmap), 2, PROT_EXEC, 0},
	{SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
	{SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD},
	{SCMP_SYS(prctl), 0, UINT64_MAX, PR_SET_NAME},
	{SCMP_SYS(prctl), 0, UINT64_MAX, PR_GET_NAME},
	{SCMP_SYS(prctl), 0, UINT64_MAX, PR_SET_VMA},
	{SCMP_SYS(ioctl), 1, UINT32_MAX, SIOCOUTQ},
	{SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD},
	{SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS},
	{SCMP_SYS(prlimit64), 0, UINT64_MAX, 0},
	/* Of an open file, not of a path. */
	{SCMP_SYS(utimensat), 1, UINT64_MAX, 0},
	/* To the peer that it is connected to, and to nobody else. */
	{SCMP_SYS(sendto), 4, UINT64_MAX, 0},
};

static const struct {
	int call, error;
} refused[] = {
	/* Its flags lie in memory, where no filter sees them: libc then uses clone. */
	{SCMP_SYS(clone3), ENOSYS},
	/* libc looks for the name of an IPv6 zone by a socket, and does without. */
	{SCMP_SYS(socket), EACCES},
};

/* In the C library an abort is a signal to itself. */
static int allow_own_signals(scmp_filter_ctx filter)
{
	if (SANITIZED)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return result;
}

static int allow_conditions(scmp_filter_ctx filter)
{
	int result = 0;

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]) && result == 0; i++) {
		const struct condition *only = &conditions[i];
		struct scmp_arg_cmp match = SCMP_CMP64(only->argument, SCMP_CMP_MASKED_EQ, only->mask, only->value);
		result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, only->call, 1, &match);
	}
	return result;
}

static int refuse(scmp_filter_ctx filter)
{
	int result = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) && result == 0; i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)refused[i].error), refused[i].call, 0);
	return result;
}

static int fill(scmp_filter_ctx filter)
{
	int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (result == 0)
		result = allow_all(filter, allowed, sizeof(allowed) / sizeof(allowed[0]));
	if (result == 0 && SANITIZED)
		result = allow_all(filter, sanitizers_need, sizeof(sanitizers_need) / sizeof(sanitizers_need[0]));
	if (result == 0)
		result = allow_conditions(filter);
	if (result == 0)
		result = refuse(filter);
	return result == 0 ? allow_own_signals(filter) : result;
}

enum status sandbox_calls_confine(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!filter)
		return STATUS_NO_MEMORY;
	int result = fill(filter);
	if (result == 0)
		result = seccomp_load(filter);
	seccomp_release(filter);
	if (result == 0)
		return STATUS_OK;
	return result == -EINVAL || result == -ENOSYS ? STATUS_UNSUPPORTED : status_from_errno(-result);
}
