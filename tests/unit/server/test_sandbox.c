/* Tests of the sandbox (threats C3 and C19): from a worker's thread, each of these acts is refused, and serving is not. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "acts.h"
#include "sandbox_calls.h"
#include "scratch.h"
#include "threads.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A share with a file, a cache, and beside them a file and a folder that are nobody's business. */
struct fixture {
	struct scratch scratch;
	struct settings settings;
	struct act_place place;
	struct share share;
	struct shares shares;
	int version; /* of Landlock, for those that ask for an older one */
	/* What the child is to do, and how it ends: 0 where the act succeeded, else the errno. */
	int (*act)(const struct act_place *place);
	int result;
};

static int open_folder(const struct scratch *scratch, const char *name)
{
	return mkdirat(scratch->folder, name, 0755) == 0 ? openat(scratch->folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

static int listen_at(struct fixture *fixture)
{
	socklen_t length = sizeof(fixture->place.address);

	fixture->place.address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	fixture->place.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fixture->place.listener, (struct sockaddr *)&fixture->place.address, length) < 0)
		return -1;
	if (listen(fixture->place.listener, 8) < 0)
		return -1;
	return getsockname(fixture->place.listener, (struct sockaddr *)&fixture->place.address, &length);
}

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0 || listen_at(fixture) < 0)
		return -1;
	fixture->place.share = open_folder(&fixture->scratch, "share");
	fixture->share.folder = fixture->place.share;
	fixture->place.cache = open_folder(&fixture->scratch, "cache");
	fixture->place.outside = open_folder(&fixture->scratch, "outside");
	fixture->shares = (struct shares){.list = &fixture->share, .count = 1};
	fixture->place.path = fixture->scratch.path;
	fixture->settings.sandbox = SANDBOX_REQUIRED;
	fixture->version = sandbox_files_version();
	snprintf(fixture->place.outside_path, sizeof(fixture->place.outside_path), "%s/outside/file", fixture->scratch.path);
	if (scratch_write(fixture->share.folder, "file", "shared") < 0 || scratch_write(fixture->place.cache, "file", "cached") < 0)
		return -1;
	if (symlinkat("../outside/file", fixture->share.folder, "link") < 0)
		return -1;
	return scratch_write(fixture->place.outside, "file", "secret");
}

static int release_fixture(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->share.folder);
	close(fixture->place.cache);
	close(fixture->place.outside);
	close(fixture->place.listener);
	int result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

/* --- Children, which enter the sandbox and act from a thread of their own -------------------------------------------- */

static void *run_act(void *argument)
{
	struct fixture *fixture = argument;

	errno = 0;
	fixture->result = fixture->act(&fixture->place) < 0 ? (errno ? errno : EIO) : 0;
	return NULL;
}

#define NEVER_STARTED 250

static void act_in_thread(struct fixture *fixture)
{
	pthread_t thread;

	if (thread_start(&thread, "worker", run_act, fixture) != STATUS_OK)
		_exit(NEVER_STARTED);
	pthread_join(thread, NULL);
	_exit(fixture->result);
}

static void enter_all(struct fixture *fixture)
{
	struct complaint complaint;
	struct sandbox sandbox = {.settings = &fixture->settings, .shares = &fixture->shares, .cache = fixture->place.cache, .state = -1};

	if (sandbox_enter(&sandbox, &complaint) != STATUS_OK)
		_exit(NEVER_STARTED);
}

static void enter_files_only(struct fixture *fixture)
{
	const struct sandbox_place places[] = {{fixture->share.folder, SANDBOX_LIST}, {fixture->place.cache, SANDBOX_KEEP}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    sandbox_files_confine(places, COUNT(places), fixture->version) != STATUS_OK)
		_exit(NEVER_STARTED);
}

/* What waitpid tells of a child that enters by ENTER and then does ACT. */
static int outcome(struct fixture *fixture, void (*enter)(struct fixture *fixture), int (*act)(const struct act_place *place))
{
	int outcome = 0;

	fixture->act = act;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit no_core = {0, 0};
		setrlimit(RLIMIT_CORE, &no_core);
		if (enter)
			enter(fixture);
		act_in_thread(fixture);
	}
	assert_int_equal(waitpid(child, &outcome, 0), child);
	assert_false(WIFEXITED(outcome) && WEXITSTATUS(outcome) == NEVER_STARTED);
	return outcome;
}

struct act {
	const char *name;
	int (*act)(const struct act_place *place);
	int error; /* what it is refused with; 0: the process is killed */
};
#define ACT(act, error) {#act, act_##act, error}

static const struct act forbidden[] = {
	ACT(open_by_path, EACCES), ACT(open_by_dots, EACCES), ACT(open_by_link, EACCES), ACT(open_by_openat2, EACCES),
	ACT(open_by_held_folder, EACCES), ACT(list_outside, EACCES), ACT(open_passwords, EACCES), ACT(open_device, EACCES),
	ACT(write_in_share, EACCES), ACT(make_in_share, EACCES), ACT(empty_in_share, EACCES), ACT(remove_in_share, EACCES),
	ACT(rename_into_share, EACCES), ACT(rename_in_share, EACCES), ACT(write_outside, EACCES), ACT(connect_out, EACCES),
	ACT(bind_port, EACCES), ACT(make_local_socket, EACCES), ACT(make_packet_socket, EACCES),
	ACT(make_folder_in_cache, 0), ACT(link_in_cache, 0), ACT(execute, 0), ACT(connect_what_is_open, 0), ACT(set_up_ring, 0),
	ACT(change_user, 0), ACT(change_root, 0), ACT(change_folder, 0), ACT(leave_namespace, 0), ACT(load_program, 0),
	ACT(change_owner, 0), ACT(limit_parent, 0),
};

/* A sanitizer does these itself. */
static const struct act forbidden_unless_sanitized[] = {
	ACT(start_process, 0), ACT(trace, 0), ACT(map_code, 0), ACT(make_code, 0), ACT(signal_parent, 0), ACT(read_memory_of_parent, 0),
};

/* What one act changed without a sandbox, the next must find as it was. */
static void restore(struct fixture *fixture)
{
	renameat(fixture->share.folder, "moved", fixture->share.folder, "file");
	unlinkat(fixture->share.folder, "new", 0);
	assert_int_equal(scratch_write(fixture->share.folder, "file", "shared"), 0);
	assert_int_equal(scratch_write(fixture->place.cache, "file", "cached"), 0);
}

static void assert_refused(struct fixture *fixture, const struct act *act)
{
	restore(fixture);
	int free_outcome = act->error ? outcome(fixture, NULL, act->act) : 0;
	restore(fixture);
	int found = outcome(fixture, enter_all, act->act);
	bool killed = WIFSIGNALED(found) && WTERMSIG(found) == SIGSYS;
	bool refused = WIFEXITED(found) && act->error != 0 && WEXITSTATUS(found) == act->error;

	/* An act that fails anyway shows nothing. */
	if (free_outcome != 0)
		fail_msg("%s does not work without a sandbox: 0x%x", act->name, free_outcome);
	if (act->error == 0 ? !killed : !refused)
		fail_msg("%s: 0x%x", act->name, found);
}

static void forbidden_acts_are_refused_on_a_workers_thread(void **state)
{
	struct fixture *fixture = *state;

	assert_true(COUNT(forbidden) >= 25);
	for (size_t i = 0; i < COUNT(forbidden); i++)
		assert_refused(fixture, &forbidden[i]);
}

static void acts_that_only_a_sanitizer_needs_kill(void **state)
{
	struct fixture *fixture = *state;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
	for (size_t i = 0; i < COUNT(forbidden_unless_sanitized); i++)
		assert_refused(fixture, &forbidden_unless_sanitized[i]);
}

/* --- What stays possible --------------------------------------------------------------------------------------------- */

static int serve_a_file(const struct act_place *place)
{
	int fd, result = -1;
	struct stat stat;
	char bytes[16];

	if (beneath_open_file(place->share, "file", BENEATH_NO_SYMLINKS, &fd, &stat) != STATUS_OK)
		return -1;
	if (stat.st_size == 6 && pread(fd, bytes, sizeof(bytes), 0) == 6 && memcmp(bytes, "shared", 6) == 0)
		result = 0;
	close(fd);
	return result;
}

static int list_share(const struct act_place *place)
{
	int fd;
	char bytes[1024];

	if (beneath_open_folder(place->share, "", BENEATH_NO_SYMLINKS, &fd) != STATUS_OK)
		return -1;
	long got = syscall(SYS_getdents64, fd, bytes, sizeof(bytes));
	close(fd);
	return got > 0 ? 0 : -1;
}

static int keep_in_cache(const struct act_place *place)
{
	if (scratch_write(place->cache, "new", "text") < 0 || renameat(place->cache, "new", place->cache, "file") < 0)
		return -1;
	return unlinkat(place->cache, "file", 0);
}

static int accept_and_answer(const struct act_place *place)
{
	int fd = accept4(place->listener, NULL, NULL, SOCK_CLOEXEC);
	char byte;

	if (fd < 0 || recv(fd, &byte, 1, 0) != 1 || send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
		return -1;
	close(fd);
	return 0;
}

static void serving_stays_possible(void **state)
{
	struct fixture *fixture = *state;
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte = 'x';

	assert_int_equal(outcome(fixture, enter_all, serve_a_file), 0);
	assert_int_equal(outcome(fixture, enter_all, list_share), 0);
	assert_int_equal(outcome(fixture, enter_all, keep_in_cache), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&fixture->place.address, sizeof(fixture->place.address)), 0);
	assert_int_equal(send(client, &byte, 1, MSG_NOSIGNAL), 1);
	assert_int_equal(outcome(fixture, enter_all, accept_and_answer), 0);
	assert_int_equal(recv(client, &byte, 1, 0), 1);
	close(client);
}

/* --- Landlock alone, as older kernels have it ------------------------------------------------------------------------ */

static int errno_of(int outcome)
{
	return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : -1;
}

static void every_version_of_landlock_keeps_files_apart(void **state)
{
	struct fixture *fixture = *state;
	int newest = sandbox_files_version();

	assert_true(newest > 0);
	for (fixture->version = 1; fixture->version <= newest; fixture->version++) {
		restore(fixture);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, serve_a_file)), 0);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, list_share)), 0);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, keep_in_cache)), 0);
		restore(fixture);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_open_by_dots)), EACCES);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_list_outside)), EACCES);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_write_in_share)), EACCES);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_remove_in_share)), EACCES);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_link_in_cache)), EACCES);
		assert_int_equal(errno_of(outcome(fixture, enter_files_only, act_execute)), EACCES);
	}
}

static void newer_versions_of_landlock_forbid_more(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		int since;
		int (*act)(const struct act_place *place);
		int error;
	} cases[] = {{3, act_empty_in_share, EACCES}, {4, act_connect_out, EACCES}, {4, act_bind_port, EACCES}, {6, act_signal_parent, EPERM}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (fixture->version = 1; fixture->version <= sandbox_files_version(); fixture->version++) {
			int expected = fixture->version < cases[i].since ? 0 : cases[i].error;
			restore(fixture);
			assert_int_equal(errno_of(outcome(fixture, enter_files_only, cases[i].act)), expected);
		}
	}
}

/* --- The setting ----------------------------------------------------------------------------------------------------- */

static void off_confines_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture->settings.sandbox = SANDBOX_OFF;
	assert_int_equal(outcome(fixture, enter_all, act_open_by_path), 0);
	assert_int_equal(outcome(fixture, enter_all, act_write_in_share), 0);
	assert_int_equal(outcome(fixture, enter_all, act_make_local_socket), 0);
}

/* With a rule for a descriptor that is none, Landlock can't be had. */
static void enter_without_share(struct fixture *fixture)
{
	struct complaint complaint;
	struct share lost = {.folder = fixture->scratch.folder + 1000};
	struct shares shares = {.list = &lost, .count = 1};
	struct sandbox sandbox = {.settings = &fixture->settings, .shares = &shares, .cache = -1, .state = -1};

	if (sandbox_enter(&sandbox, &complaint) != STATUS_OK)
		_exit(strstr(complaint.text, "ferryd: sandbox = required: landlock: ") ? ENOTSUP : EIO);
}

static void required_fails_where_a_part_is_missing_and_best_goes_on(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(errno_of(outcome(fixture, enter_without_share, list_share)), ENOTSUP);
	fixture->settings.sandbox = SANDBOX_BEST;
	assert_int_equal(errno_of(outcome(fixture, enter_without_share, act_open_by_path)), 0);
	assert_true(WIFSIGNALED(outcome(fixture, enter_without_share, act_execute)));
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(forbidden_acts_are_refused_on_a_workers_thread),
		WITH_FILES(acts_that_only_a_sanitizer_needs_kill),
		WITH_FILES(serving_stays_possible),
		WITH_FILES(every_version_of_landlock_keeps_files_apart),
		WITH_FILES(newer_versions_of_landlock_forbid_more),
		WITH_FILES(off_confines_nothing),
		WITH_FILES(required_fails_where_a_part_is_missing_and_best_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
