/* Tests of the server's identity: made once, kept private, renewed, or taken from files of one's own. */
#include "identity.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "credentials.h"
#include "log.h"
#include "scratch.h"

static int begin(void **state)
{
	log_set_level(LOG_WARN);
	return scratch_setup(state);
}

static enum status open_identity(const struct settings *settings, int state, struct pin *pin, struct complaint *complaint)
{
	struct identity *identity;
	enum status status = identity_open(settings, state, TLS_CLIENTS_UNASKED, &identity, complaint);

	if (status != STATUS_OK)
		return status;
	*pin = identity_pin(identity);
	identity_free(identity);
	return STATUS_OK;
}

static const struct settings own = {.cert = NULL};

static void it_is_made_once_and_is_its_owners_alone(void **state)
{
	struct scratch *scratch = *state;
	struct complaint complaint;
	struct pin first, second;
	struct stat stat;

	umask(0);
	assert_int_equal(open_identity(&own, scratch->folder, &first, &complaint), STATUS_OK);
	assert_int_equal(fstatat(scratch->folder, IDENTITY_FILE, &stat, 0), 0);
	assert_int_equal(stat.st_mode, S_IFREG | 0600);
	assert_int_equal(open_identity(&own, scratch->folder, &second, &complaint), STATUS_OK);
	assert_true(pin_equal(&first, &second));
}

struct race {
	pthread_t thread;
	int state;
	struct pin pin;
	enum status status;
};

static void *open_one(void *argument)
{
	struct race *race = argument;
	struct complaint complaint;

	race->status = open_identity(&own, race->state, &race->pin, &complaint);
	return NULL;
}

static void servers_that_begin_at_once_make_one(void **state)
{
	struct scratch *scratch = *state;
	struct race races[4];

	for (int i = 0; i < 4; i++) {
		races[i].state = scratch->folder;
		assert_int_equal(pthread_create(&races[i].thread, NULL, open_one, &races[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(races[i].thread, NULL), 0);
		assert_int_equal(races[i].status, STATUS_OK);
		assert_true(pin_equal(&races[i].pin, &races[0].pin));
	}
}

static void one_that_others_may_read_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct complaint complaint;
	struct pin pin;

	assert_int_equal(open_identity(&own, scratch->folder, &pin, &complaint), STATUS_OK);
	assert_int_equal(fchmodat(scratch->folder, IDENTITY_FILE, 0640, 0), 0);
	assert_int_equal(open_identity(&own, scratch->folder, &pin, &complaint), STATUS_REFUSED);
	assert_non_null(strstr(complaint.text, "chmod 600"));
}

static void a_damaged_one_is_neither_used_nor_replaced(void **state)
{
	struct scratch *scratch = *state;
	struct complaint complaint;
	struct pin pin;
	struct stat before, after;

	umask(077);
	assert_int_equal(scratch_write(scratch->folder, IDENTITY_FILE, "-----BEGIN PRIVATE KEY-----\nx\n"), 0);
	assert_int_equal(fstatat(scratch->folder, IDENTITY_FILE, &before, 0), 0);
	assert_int_equal(open_identity(&own, scratch->folder, &pin, &complaint), STATUS_INVALID);
	assert_non_null(strstr(complaint.text, "damaged"));
	assert_int_equal(fstatat(scratch->folder, IDENTITY_FILE, &after, 0), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static char *path_of(const struct scratch *scratch, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", scratch->path, name) > 0);
	return path;
}

static void make_pem(const struct scratch *scratch, const char *name)
{
	char *text;
	size_t length;

	assert_int_equal(credentials_make("named", &text, &length), STATUS_OK);
	assert_int_equal(scratch_write(scratch->folder, name, text), 0);
	free(text);
}

static void files_of_ones_own_need_no_state(void **state)
{
	struct scratch *scratch = *state;
	struct settings settings = {.cert = path_of(scratch, "one.pem")};
	struct complaint complaint;
	struct pin pin;

	make_pem(scratch, "one.pem");
	make_pem(scratch, "two.pem");
	assert_int_equal(open_identity(&settings, -1, &pin, &complaint), STATUS_OK);
	settings.key = path_of(scratch, "two.pem");
	assert_int_equal(open_identity(&settings, -1, &pin, &complaint), STATUS_MISMATCH);
	assert_non_null(strstr(complaint.text, "two.pem"));
	free(settings.key);
	settings.key = path_of(scratch, "none.pem");
	assert_int_equal(open_identity(&settings, -1, &pin, &complaint), STATUS_NOT_FOUND);
	assert_non_null(strstr(complaint.text, "none.pem"));
	free(settings.cert);
	free(settings.key);
}

static void a_failed_renewal_leaves_it_as_it_was(void **state)
{
	struct scratch *scratch = *state;
	struct settings settings = {.cert = path_of(scratch, "pem")};
	struct identity *identity;
	struct complaint complaint;

	make_pem(scratch, "pem");
	assert_int_equal(identity_open(&settings, -1, TLS_CLIENTS_UNASKED, &identity, &complaint), STATUS_OK);
	struct pin first = identity_pin(identity);
	assert_int_equal(scratch_write(scratch->folder, "pem", "nothing"), 0);
	assert_int_equal(identity_renew(identity, &settings, -1, TLS_CLIENTS_UNASKED, &complaint), STATUS_INVALID);
	struct pin second = identity_pin(identity);
	assert_true(pin_equal(&first, &second));
	make_pem(scratch, "pem");
	assert_int_equal(identity_renew(identity, &settings, -1, TLS_CLIENTS_ASKED, &complaint), STATUS_OK);
	second = identity_pin(identity);
	assert_false(pin_equal(&first, &second));
	identity_free(identity);
	free(settings.cert);
}

static void a_renewal_makes_none(void **state)
{
	struct scratch *scratch = *state;
	struct identity *identity;
	struct complaint complaint;

	assert_int_equal(identity_open(&own, scratch->folder, TLS_CLIENTS_UNASKED, &identity, &complaint), STATUS_OK);
	struct pin first = identity_pin(identity);
	assert_int_equal(identity_renew(identity, &own, scratch->folder, TLS_CLIENTS_UNASKED, &complaint), STATUS_OK);
	assert_int_equal(unlinkat(scratch->folder, IDENTITY_FILE, 0), 0);
	assert_int_equal(unlinkat(scratch->folder, "." IDENTITY_FILE ".lock", 0), 0);
	assert_int_equal(identity_renew(identity, &own, scratch->folder, TLS_CLIENTS_UNASKED, &complaint), STATUS_NOT_FOUND);
	assert_non_null(strstr(complaint.text, "restart"));
	struct pin second = identity_pin(identity);
	assert_true(pin_equal(&first, &second));
	assert_int_equal(faccessat(scratch->folder, IDENTITY_FILE, F_OK, 0), -1);
	assert_int_equal(faccessat(scratch->folder, "." IDENTITY_FILE ".lock", F_OK, 0), -1);
	identity_free(identity);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, scratch_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(it_is_made_once_and_is_its_owners_alone),
		CASE(servers_that_begin_at_once_make_one),
		CASE(one_that_others_may_read_is_refused),
		CASE(a_damaged_one_is_neither_used_nor_replaced),
		CASE(files_of_ones_own_need_no_state),
		CASE(a_failed_renewal_leaves_it_as_it_was),
		CASE(a_renewal_makes_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
