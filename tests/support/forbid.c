/* Takes from a child process what its kernel, or its user, would allow. */
#include "forbid.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that hangs goes with the test that is ended for it. */
static bool end_with_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

static bool install_filter(int number, int error)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(rules) / sizeof(rules[0]), .filter = rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return false;
	errno = 0;
	return syscall(number, -1, NULL, NULL, 0, 0) == -1 && errno == error;
}

bool forbid_in_child(int number, int error, bool (*story)(const void *argument), const void *argument)
{
	int outcome;

	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(end_with_parent() && install_filter(number, error) && story(argument) ? 0 : 1);
	return child > 0 && waitpid(child, &outcome, 0) == child && WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
}

int forbid_ignoring_permissions(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, sets) < 0)
		return -1;
	sets[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
	return (int)syscall(SYS_capset, &header, sets);
}
