/* Tests of the ready contract: the line, its descriptor, the port file and the service manager's socket. */
#include "ready.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "log.h"
#include "scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct fixture {
	struct scratch scratch;
	char port_file[PATH_MAX + 16];
	struct address addresses[2];
	struct complaint complaint;
	char printed[CAPTURE_MAX]; /* stdout */
	char logged[CAPTURE_MAX];  /* stderr */
};
#define LINE "ready ferry://127.0.0.1:81/ ferry://[::1]:82/\n"

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	snprintf(fixture->port_file, sizeof(fixture->port_file), "%s/ports", fixture->scratch.path);
	unsetenv("NOTIFY_SOCKET");
	if (address_parse("127.0.0.1:81", &fixture->addresses[0]) != STATUS_OK)
		return -1;
	return address_parse("[::1]:82", &fixture->addresses[1]) == STATUS_OK ? 0 : -1;
}

static int release_fixture(void **state)
{
	struct fixture *fixture = *state;
	int result = scratch_remove(&fixture->scratch);

	free(fixture);
	return result;
}

static enum status announce(struct fixture *fixture, const struct ready *wanted)
{
	struct ready ready = *wanted;
	struct capture out, err;

	capture_start(&out, STDOUT_FILENO);
	capture_start(&err, STDERR_FILENO);
	enum status status = ready_prepare(&ready, fixture->addresses, 2, &fixture->complaint);
	if (status == STATUS_OK)
		status = ready_announce(&ready, fixture->addresses, 2, &fixture->complaint);
	ready_release(&ready);
	log_flush();
	snprintf(fixture->logged, sizeof(fixture->logged), "%s", capture_end(&err));
	snprintf(fixture->printed, sizeof(fixture->printed), "%s", capture_end(&out));
	return status;
}

static void assert_file(const struct fixture *fixture, const char *text)
{
	char found[256] = "";
	int fd = openat(fixture->scratch.folder, "ports", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	ssize_t length = read(fd, found, sizeof(found) - 1);
	assert_true(length >= 0);
	close(fd);
	assert_string_equal(found, text);
}

static void the_line_has_a_url_that_can_be_reached_for_each_address(void **state)
{
	static const struct {
		const char *address, *line;
	} cases[] = {
		{"127.0.0.1:40123", "ready ferry://127.0.0.1:40123/\n"},
		{"192.0.2.7", "ready ferry://192.0.2.7:7440/\n"},
		{"0.0.0.0:5", "ready ferry://127.0.0.1:5/\n"},
		{"[::1]:6", "ready ferry://[::1]:6/\n"},
		{":7", "ready ferry://[::1]:7/\n"},
		{"[2001:db8::1]:8", "ready ferry://[2001:db8::1]:8/\n"},
		{"[fe80::1%lo]:9", "ready ferry://[fe80::1%25lo]:9/\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address address;
		assert_int_equal(address_parse(cases[i].address, &address), STATUS_OK);
		char *line = ready_line(&(struct ready){.tls = false}, &address, 1);
		assert_string_equal(line, cases[i].line);
		free(line);
	}
}

static void stdout_gets_one_line_for_all_addresses(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(announce(fixture, &(struct ready){.fd = -1}), STATUS_OK);
	assert_string_equal(fixture->printed, LINE);
	assert_string_equal(fixture->logged, "");
}

static void the_ready_descriptor_gets_the_same_line_and_its_end(void **state)
{
	struct fixture *fixture = *state;
	char found[256];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(ready_check_fd(ends[1], &fixture->complaint), STATUS_OK);
	assert_int_equal(announce(fixture, &(struct ready){.fd = ends[1]}), STATUS_OK);
	assert_int_equal(read(ends[0], found, sizeof(found)), strlen(LINE));
	assert_memory_equal(found, LINE, strlen(LINE));
	assert_int_equal(read(ends[0], found, sizeof(found)), 0);
	close(ends[0]);
}

static void a_descriptor_that_cannot_take_the_line_is_refused(void **state)
{
	struct fixture *fixture = *state;
	int read_only = open("/dev/null", O_RDONLY | O_CLOEXEC), closed = scratch_next_descriptor();

	assert_int_equal(ready_check_fd(closed, &fixture->complaint), STATUS_INVALID);
	assert_non_null(strstr(fixture->complaint.text, "not an open descriptor"));
	assert_int_equal(ready_check_fd(read_only, &fixture->complaint), STATUS_INVALID);
	assert_non_null(strstr(fixture->complaint.text, "not open for writing"));
	close(read_only);
}

static void a_reader_that_went_away_is_a_log_line(void **state)
{
	struct fixture *fixture = *state;
	int ends[2];

	assert_int_equal(sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(announce(fixture, &(struct ready){.fd = ends[1]}), STATUS_OK);
	assert_string_equal(fixture->printed, LINE);
	assert_non_null(strstr(fixture->logged, "level=warn event=ready to=ready-fd"));
}

static void the_port_file_has_a_port_a_line_and_nothing_beside_it(void **state)
{
	struct fixture *fixture = *state;
	struct ready ready = {.fd = -1, .port_file = fixture->port_file};

	assert_int_equal(announce(fixture, &ready), STATUS_OK);
	assert_file(fixture, "81\n82\n");
	assert_int_equal(announce(fixture, &ready), STATUS_OK);
	assert_int_equal(unlinkat(fixture->scratch.folder, "ports", 0), 0);
	assert_int_equal(rmdir(fixture->scratch.path), 0); /* thus empty */
	assert_int_equal(mkdir(fixture->scratch.path, 0700), 0);
}

static void a_port_file_without_a_folder_lands_here(void **state)
{
	struct fixture *fixture = *state;
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(fchdir(fixture->scratch.folder), 0);
	enum status status = announce(fixture, &(struct ready){.fd = -1, .port_file = "ports"});
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_int_equal(status, STATUS_OK);
	assert_file(fixture, "81\n82\n");
}

static void an_old_port_file_is_removed_before_the_start(void **state)
{
	struct fixture *fixture = *state;
	struct ready ready = {.fd = -1, .port_file = fixture->port_file};

	assert_int_equal(scratch_write(fixture->scratch.folder, "ports", "9\n"), 0);
	assert_int_equal(ready_clear(&ready, &fixture->complaint), STATUS_OK);
	assert_int_equal(faccessat(fixture->scratch.folder, "ports", F_OK, 0), -1);
	assert_int_equal(ready_clear(&ready, &fixture->complaint), STATUS_OK);
	assert_int_equal(ready_clear(&(struct ready){.fd = -1}, &fixture->complaint), STATUS_OK);
}

static void only_a_regular_file_is_removed(void **state)
{
	struct fixture *fixture = *state;
	struct ready ready = {.fd = -1, .port_file = fixture->port_file};

	assert_int_equal(mkfifoat(fixture->scratch.folder, "ports", 0600), 0);
	assert_int_equal(ready_clear(&ready, &fixture->complaint), STATUS_NOT_REGULAR);
	assert_non_null(strstr(fixture->complaint.text, fixture->port_file));
	assert_int_equal(unlinkat(fixture->scratch.folder, "ports", 0), 0);
	assert_int_equal(mkdirat(fixture->scratch.folder, "ports", 0700), 0);
	assert_int_equal(ready_clear(&ready, &fixture->complaint), STATUS_NOT_REGULAR);
}

static void a_port_file_that_cannot_be_written_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct ready ready = {.fd = -1, .port_file = "/nonexistent/folder/ports"};

	assert_int_equal(ready_clear(&ready, &fixture->complaint), STATUS_NOT_FOUND);
	assert_int_equal(announce(fixture, &ready), STATUS_NOT_FOUND);
	assert_non_null(strstr(fixture->complaint.text, "--port-file /nonexistent/folder/ports: not found"));
	assert_string_equal(fixture->printed, "");
}

/* A service manager's socket; ADDRESS is where it was bound. */
static int listen_for_notices(const struct sockaddr_un *address, size_t name_length)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_length);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)address, length), 0);
	return fd;
}

static void assert_notified(struct fixture *fixture, int fd)
{
	char notice[64];

	struct ready ready = {.fd = -1};

	assert_int_equal(ready_prepare(&ready, fixture->addresses, 2, &fixture->complaint), STATUS_OK);
	assert_int_equal(ready_announce(&ready, fixture->addresses, 2, &fixture->complaint), STATUS_OK);
	assert_int_equal(recv(fd, notice, sizeof(notice), MSG_DONTWAIT), strlen("READY=1"));
	assert_memory_equal(notice, "READY=1", strlen("READY=1"));
	ready_stopping(&ready);
	ready_release(&ready);
	assert_int_equal(recv(fd, notice, sizeof(notice), MSG_DONTWAIT), strlen("STOPPING=1"));
	assert_memory_equal(notice, "STOPPING=1", strlen("STOPPING=1"));
	close(fd);
}

static void a_service_manager_is_told_at_its_path(void **state)
{
	struct fixture *fixture = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	assert_true(snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", fixture->scratch.path) <
	            (int)sizeof(address.sun_path));
	int fd = listen_for_notices(&address, strlen(address.sun_path));
	assert_int_equal(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
	assert_notified(fixture, fd);
}

static void a_service_manager_is_told_at_its_abstract_name(void **state)
{
	struct fixture *fixture = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char name[sizeof(address.sun_path)];

	snprintf(name, sizeof(name), "@ferry-test-%ld", (long)getpid());
	memcpy(address.sun_path, name, strlen(name));
	address.sun_path[0] = '\0';
	int fd = listen_for_notices(&address, strlen(name));
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	assert_notified(fixture, fd);
}

static void a_service_manager_that_cannot_be_told_is_a_log_line(void **state)
{
	struct fixture *fixture = *state;
	char too_long[300];
	memset(too_long, '/', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	const char *const places[] = {"/nonexistent/notify", "relative", "vsock:2:5", too_long, "@nobody-listens-here"};

	for (size_t i = 0; i < COUNT(places); i++) {
		assert_int_equal(setenv("NOTIFY_SOCKET", places[i], 1), 0);
		assert_int_equal(announce(fixture, &(struct ready){.fd = -1}), STATUS_OK);
		assert_string_equal(fixture->printed, LINE);
		assert_non_null(strstr(fixture->logged, "level=warn event=ready to=notify"));
	}
	assert_int_equal(setenv("NOTIFY_SOCKET", "", 1), 0);
	assert_int_equal(announce(fixture, &(struct ready){.fd = -1}), STATUS_OK);
	assert_string_equal(fixture->logged, "");
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_has_a_url_that_can_be_reached_for_each_address),
		WITH_FILES(stdout_gets_one_line_for_all_addresses),
		WITH_FILES(the_ready_descriptor_gets_the_same_line_and_its_end),
		WITH_FILES(a_descriptor_that_cannot_take_the_line_is_refused),
		WITH_FILES(a_reader_that_went_away_is_a_log_line),
		WITH_FILES(the_port_file_has_a_port_a_line_and_nothing_beside_it),
		WITH_FILES(a_port_file_without_a_folder_lands_here),
		WITH_FILES(an_old_port_file_is_removed_before_the_start),
		WITH_FILES(only_a_regular_file_is_removed),
		WITH_FILES(a_port_file_that_cannot_be_written_is_an_error),
		WITH_FILES(a_service_manager_is_told_at_its_path),
		WITH_FILES(a_service_manager_is_told_at_its_abstract_name),
		WITH_FILES(a_service_manager_that_cannot_be_told_is_a_log_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
