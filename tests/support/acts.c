/* What a server that was taken over would try: one function for each act. */
#include "acts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd;
}

int act_open_by_path(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, AT_FDCWD, place->outside_path, O_RDONLY | O_CLOEXEC));
}

int act_open_by_dots(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->share, "../outside/file", O_RDONLY | O_CLOEXEC));
}

int act_open_by_link(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->share, "link", O_RDONLY | O_CLOEXEC));
}

int act_open_by_openat2(const struct act_place *place)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};

	return opened((int)syscall(SYS_openat2, place->share, "../outside/file", &how, sizeof(how)));
}

int act_open_by_held_folder(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->outside, "file", O_RDONLY | O_CLOEXEC));
}

int act_list_outside(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->outside, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int act_open_passwords(const struct act_place *place)
{
	(void)place;
	return opened((int)syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC));
}

int act_open_device(const struct act_place *place)
{
	(void)place;
	return opened((int)syscall(SYS_openat, AT_FDCWD, "/dev/zero", O_RDONLY | O_CLOEXEC));
}

int act_write_in_share(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->share, "file", O_WRONLY | O_CLOEXEC));
}

int act_make_in_share(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->share, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

int act_empty_in_share(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->share, "file", O_RDONLY | O_TRUNC | O_CLOEXEC));
}

int act_remove_in_share(const struct act_place *place)
{
	return unlinkat(place->share, "file", 0);
}

int act_rename_into_share(const struct act_place *place)
{
	return renameat(place->cache, "file", place->share, "moved");
}

int act_rename_in_share(const struct act_place *place)
{
	return renameat(place->share, "file", place->share, "moved");
}

int act_write_outside(const struct act_place *place)
{
	return opened((int)syscall(SYS_openat, place->outside, "file", O_WRONLY | O_CLOEXEC));
}

int act_make_folder_in_cache(const struct act_place *place)
{
	return mkdirat(place->cache, "folder", 0700);
}

int act_link_in_cache(const struct act_place *place)
{
	return symlinkat("/etc/passwd", place->cache, "link");
}

int act_execute(const struct act_place *place)
{
	char *const nothing[] = {NULL};

	(void)place;
	return execve("/bin/true", nothing, nothing);
}

int act_start_process(const struct act_place *place)
{
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	(void)place;
	if (child == 0)
		_exit(0);
	return child;
}

int act_trace(const struct act_place *place)
{
	(void)place;
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

int act_connect_out(const struct act_place *place)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? fd : connect(fd, (const struct sockaddr *)&place->address, sizeof(place->address));
}

/* A socket that is open anyway must not do either. */
int act_connect_what_is_open(const struct act_place *place)
{
	return connect(place->listener, (const struct sockaddr *)&place->address, sizeof(place->address));
}

int act_bind_port(const struct act_place *place)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};

	(void)place;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? fd : bind(fd, (const struct sockaddr *)&any, sizeof(any));
}

int act_make_local_socket(const struct act_place *place)
{
	(void)place;
	return opened(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int act_make_packet_socket(const struct act_place *place)
{
	(void)place;
	return opened(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

int act_set_up_ring(const struct act_place *place)
{
	unsigned char parameters[120] = {0};

	(void)place;
	return (int)syscall(SYS_io_uring_setup, 1, parameters);
}

int act_map_code(const struct act_place *place)
{
	(void)place;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

int act_make_code(const struct act_place *place)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)place;
	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

int act_signal_parent(const struct act_place *place)
{
	(void)place;
	return kill(getppid(), 0);
}

int act_change_user(const struct act_place *place)
{
	(void)place;
	return (int)syscall(SYS_setuid, getuid());
}

int act_change_root(const struct act_place *place)
{
	return chroot(place->path);
}

int act_change_folder(const struct act_place *place)
{
	return chdir(place->path);
}

int act_leave_namespace(const struct act_place *place)
{
	(void)place;
	return unshare(CLONE_NEWUSER);
}

int act_load_program(const struct act_place *place)
{
	(void)place;
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

int act_read_memory_of_parent(const struct act_place *place)
{
	(void)place;
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

int act_change_owner(const struct act_place *place)
{
	return fchownat(place->cache, "file", getuid(), getgid(), 0);
}

int act_limit_parent(const struct act_place *place)
{
	struct rlimit limit;

	(void)place;
	return prlimit(getppid(), RLIMIT_CORE, NULL, &limit);
}
