/* Tests of the listening sockets: ports, the loopback pair, wildcards, machines without IPv6, and failures. */
#include "endpoints.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "log.h"
#include "scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct address parsed(const char *text)
{
	struct address address;

	assert_int_equal(address_parse(text, &address), STATUS_OK);
	return address;
}

static struct address at_port(const char *text, uint16_t port)
{
	struct address address = parsed(text);

	address_set_port(&address, port);
	return address;
}

static bool can_connect(const char *text, uint16_t port)
{
	struct address address = at_port(text, port);
	int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected = fd >= 0 && connect(fd, (struct sockaddr *)&address.storage, address.length) == 0;

	if (fd >= 0)
		close(fd);
	return connected;
}

static bool has_ipv6(void)
{
	struct address address = at_port("[::1]", 0);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&address.storage, address.length) == 0;

	if (fd >= 0)
		close(fd);
	return bound;
}

static void a_free_port_is_found_and_told(void **state)
{
	struct address wanted[] = {parsed("127.0.0.1:0"), parsed("127.0.0.1:0")};
	struct endpoints endpoints;
	struct endpoints_failure failure;
	int before = scratch_next_descriptor();

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, wanted, 2, &failure), STATUS_OK);
	assert_int_equal(endpoints.count, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_not_equal(address_port(&endpoints.addresses[i]), 0);
		assert_true(can_connect("127.0.0.1", address_port(&endpoints.addresses[i])));
	}
	assert_int_not_equal(address_port(&endpoints.addresses[0]), address_port(&endpoints.addresses[1]));
	endpoints_release(&endpoints);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void sockets_do_not_block(void **state)
{
	struct address wanted = parsed("127.0.0.1:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_OK);
	assert_int_equal(accept(endpoints.fds[0], NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	endpoints_release(&endpoints);
}

static void the_loopback_pair_shares_a_free_port(void **state)
{
	struct address wanted[] = {parsed("127.0.0.1:0"), parsed("[::1]:0")};
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	if (!has_ipv6())
		skip();
	for (int i = 0; i < 20; i++) {
		assert_int_equal(endpoints_open(&endpoints, wanted, 2, &failure), STATUS_OK);
		assert_int_equal(endpoints.count, 2);
		assert_int_equal(address_port(&endpoints.addresses[0]), address_port(&endpoints.addresses[1]));
		assert_true(can_connect("[::1]", address_port(&endpoints.addresses[0])));
		endpoints_release(&endpoints);
	}
}

static void a_port_that_is_taken_is_a_failure_that_names_the_address(void **state)
{
	struct address first = parsed("127.0.0.1:0");
	struct endpoints endpoints, none;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &first, 1, &failure), STATUS_OK);
	struct address wanted[] = {parsed("127.0.0.1:0"), endpoints.addresses[0]};
	int before = scratch_next_descriptor();
	assert_int_equal(endpoints_open(&none, wanted, 2, &failure), STATUS_ADDRESS_IN_USE);
	assert_int_equal(failure.error, EADDRINUSE);
	assert_int_equal(address_port(&failure.address), address_port(&endpoints.addresses[0]));
	assert_int_equal(scratch_next_descriptor(), before);
	endpoints_release(&endpoints);
}

static void half_of_a_fixed_pair_is_not_enough_where_the_other_half_is_taken(void **state)
{
	struct address wanted[] = {parsed("127.0.0.1:0"), parsed("[::1]:0")};
	struct endpoints endpoints, none;
	struct endpoints_failure failure;

	(void)state;
	if (!has_ipv6())
		skip();
	assert_int_equal(endpoints_open(&endpoints, wanted, 2, &failure), STATUS_OK);
	int ipv6 = endpoints.fds[1];
	close(endpoints.fds[0]);
	assert_int_equal(endpoints_open(&none, endpoints.addresses, 2, &failure), STATUS_ADDRESS_IN_USE);
	assert_false(failure.address.storage.ss_family == AF_INET);
	endpoints_hand_over(&endpoints);
	endpoints_release(&endpoints);
	close(ipv6);
}

static void an_address_of_another_machine_is_a_failure(void **state)
{
	struct address wanted = parsed("192.0.2.1:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_ADDRESS_IN_USE);
	assert_int_equal(failure.error, EADDRNOTAVAIL);
}

static void the_ipv6_wildcard_takes_ipv4_too(void **state)
{
	struct address wanted = parsed(":0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_OK);
	assert_true(can_connect("127.0.0.1", address_port(&endpoints.addresses[0])));
	endpoints_release(&endpoints);
}

static bool open_both_wildcards(uint16_t port, struct endpoints *endpoints)
{
	struct address wanted[] = {at_port("[::]", port), at_port("0.0.0.0", port)};
	struct endpoints_failure failure;

	return endpoints_open(endpoints, wanted, 2, &failure) == STATUS_OK;
}

static void both_wildcards_can_have_one_port(void **state)
{
	struct address any = parsed("0.0.0.0:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;
	bool opened = false;

	(void)state;
	if (!has_ipv6())
		skip();
	/* What is free for IPv4 may be in use for IPv6, but not always. */
	for (int i = 0; i < 20 && !opened; i++) {
		assert_int_equal(endpoints_open(&endpoints, &any, 1, &failure), STATUS_OK);
		uint16_t port = address_port(&endpoints.addresses[0]);
		endpoints_release(&endpoints);
		opened = open_both_wildcards(port, &endpoints);
	}
	assert_true(opened);
	assert_int_equal(endpoints.count, 2);
	endpoints_release(&endpoints);
}

/* From here on this process lives on a machine whose socket(AF_INET6) fails as a kernel without IPv6 has it. */
static bool lose_ipv6(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = COUNT(rules), .filter = rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool runs_without_ipv6(bool (*story)(void))
{
	int outcome;

	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(lose_ipv6() && story() ? 0 : 1);
	return waitpid(child, &outcome, 0) == child && WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
}

static bool pair_is_one_and_a_log_line(void)
{
	struct address wanted[] = {parsed("127.0.0.1:0"), parsed("[::1]:0")};
	struct endpoints endpoints;
	struct endpoints_failure failure;
	struct capture logged;

	capture_start(&logged, STDERR_FILENO);
	enum status status = endpoints_open(&endpoints, wanted, 2, &failure);
	log_flush();
	return status == STATUS_OK && endpoints.count == 1 && can_connect("127.0.0.1", address_port(&endpoints.addresses[0])) &&
	       strstr(capture_end(&logged), "event=listen address=[::1]:") && strstr(logged.text, "instead=none");
}

static void a_missing_ipv6_loopback_is_a_log_line(void **state)
{
	(void)state;
	assert_true(runs_without_ipv6(pair_is_one_and_a_log_line));
}

static bool wildcard_becomes_that_of_ipv4(void)
{
	struct address wanted = parsed(":0");
	struct endpoints endpoints;
	struct endpoints_failure failure;
	struct capture logged;

	capture_start(&logged, STDERR_FILENO);
	enum status status = endpoints_open(&endpoints, &wanted, 1, &failure);
	log_flush();
	return status == STATUS_OK && endpoints.addresses[0].storage.ss_family == AF_INET &&
	       can_connect("127.0.0.1", address_port(&endpoints.addresses[0])) &&
	       strstr(capture_end(&logged), "instead=0.0.0.0");
}

static void without_ipv6_the_wildcard_is_that_of_ipv4(void **state)
{
	(void)state;
	assert_true(runs_without_ipv6(wildcard_becomes_that_of_ipv4));
}

static bool lone_ipv6_address_fails(void)
{
	struct address wanted = parsed("[::1]:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	return endpoints_open(&endpoints, &wanted, 1, &failure) != STATUS_OK && failure.error == EAFNOSUPPORT;
}

static void without_ipv6_an_ipv6_address_is_a_failure(void **state)
{
	(void)state;
	assert_true(runs_without_ipv6(lone_ipv6_address_fails));
}

static void sockets_that_were_handed_over_stay_open(void **state)
{
	struct address wanted = parsed("127.0.0.1:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_OK);
	int fd = endpoints.fds[0];
	uint16_t port = address_port(&endpoints.addresses[0]);
	endpoints_hand_over(&endpoints);
	assert_int_equal(address_port(&endpoints.addresses[0]), port);
	endpoints_release(&endpoints);
	assert_true(can_connect("127.0.0.1", port));
	close(fd);
	assert_false(can_connect("127.0.0.1", port));
}

static void a_port_can_be_taken_again_at_once(void **state)
{
	struct address wanted = parsed("127.0.0.1:0");
	struct endpoints endpoints;
	struct endpoints_failure failure;

	(void)state;
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_OK);
	wanted = endpoints.addresses[0];
	/* The server's side closes first, which leaves a connection in TIME_WAIT at this port. */
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&wanted.storage, wanted.length), 0);
	int server = accept(endpoints.fds[0], NULL, NULL);
	assert_true(server >= 0);
	close(server);
	char end;
	assert_int_equal(read(client, &end, 1), 0);
	close(client);
	endpoints_release(&endpoints);
	assert_int_equal(endpoints_open(&endpoints, &wanted, 1, &failure), STATUS_OK);
	endpoints_release(&endpoints);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_free_port_is_found_and_told),
		cmocka_unit_test(sockets_do_not_block),
		cmocka_unit_test(the_loopback_pair_shares_a_free_port),
		cmocka_unit_test(a_port_that_is_taken_is_a_failure_that_names_the_address),
		cmocka_unit_test(half_of_a_fixed_pair_is_not_enough_where_the_other_half_is_taken),
		cmocka_unit_test(an_address_of_another_machine_is_a_failure),
		cmocka_unit_test(the_ipv6_wildcard_takes_ipv4_too),
		cmocka_unit_test(both_wildcards_can_have_one_port),
		cmocka_unit_test(a_missing_ipv6_loopback_is_a_log_line),
		cmocka_unit_test(without_ipv6_the_wildcard_is_that_of_ipv4),
		cmocka_unit_test(without_ipv6_an_ipv6_address_is_a_failure),
		cmocka_unit_test(sockets_that_were_handed_over_stay_open),
		cmocka_unit_test(a_port_can_be_taken_again_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
