/* Tests of new rules beside a server that is never idle: who comes after them is judged by them. Threat C17 of docs/security.md. */
#include "access.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "path.h"

#define ENOUGH 1000000u /* judgements by the old rules */

static struct share_settings rule = {.name = (char *)(intptr_t) "docs", .access = SHARE_TOKENS};
static struct share share = {.name = (char *)(intptr_t) "docs"};
static const struct settings tokens_only = {.shares = &rule, .share_count = 1}, closed = {.share_count = 0};
static struct shares shares = {.list = &share, .count = 1};

struct scene {
	struct access *access;
	atomic_bool judging, judged;
	atomic_int renewing; /* the thread that does */
	atomic_int coming;   /* the thread that is judged again and again, until the new rules hold */
	atomic_uint judgements;
};

/* Whoever judges a token asks for the time: here he takes his time. */
static struct scene *scene;

int64_t __real_clock_real(void);
int64_t __wrap_clock_real(void);

int64_t __wrap_clock_real(void)
{
	atomic_store(&scene->judging, true);
	while (!atomic_load(&scene->judged))
		sched_yield();
	return __real_clock_real();
}

static void *judge_slowly(void *argument)
{
	struct claim claim = {.kind = TOKEN_SECRET};
	struct address address;
	size_t confined;

	(void)argument;
	assert_int_equal(address_parse("127.0.0.1", &address), STATUS_OK);
	struct visitor *visitor = visitor_new(&address, NULL);
	assert_int_equal(visitor_claim(visitor, &claim), STATUS_OK);
	assert_int_not_equal(access_judge(scene->access, visitor, 0, span_of(""), &confined), STATUS_OK);
	visitor_free(visitor);
	return NULL;
}

static void *renew(void *argument)
{
	struct tokens none = {.list = NULL};

	(void)argument;
	atomic_store(&scene->renewing, gettid());
	assert_int_equal(access_renew(scene->access, &closed, &shares, &none), STATUS_OK);
	return NULL;
}

static void *come_again(void *argument)
{
	(void)argument;
	atomic_store(&scene->coming, gettid());
	while (access_wants_tokens(scene->access) && atomic_load(&scene->judgements) < ENOUGH)
		atomic_fetch_add(&scene->judgements, 1);
	return NULL;
}

static bool sleeps(int thread)
{
	char name[64], line[512] = "";

	snprintf(name, sizeof(name), "/proc/self/task/%d/stat", thread);
	FILE *file = fopen(name, "re");
	if (!file)
		return false;
	bool read = fgets(line, sizeof(line), file);
	fclose(file);
	const char *end = strrchr(line, ')');
	return read && end && end[1] == ' ' && end[2] == 'S';
}

static void await_sleep(const atomic_int *thread)
{
	while (!sleeps(atomic_load(thread)) && atomic_load(&scene->judgements) < ENOUGH)
		sched_yield();
}

/* Among readers that overlap there is never none: rules that waited for that would wait as long as the server is busy. */
static void new_rules_wait_for_nobody_who_comes_after_them(void **state)
{
	struct scene made = {.judging = false};
	struct tokens tokens = {.list = NULL};
	pthread_t judging, renewing, coming;

	(void)state;
	scene = &made;
	assert_int_equal(access_new(&tokens_only, &shares, &tokens, &scene->access), STATUS_OK);
	assert_int_equal(pthread_create(&judging, NULL, judge_slowly, NULL), 0);
	while (!atomic_load(&scene->judging))
		sched_yield();
	assert_int_equal(pthread_create(&renewing, NULL, renew, NULL), 0);
	await_sleep(&scene->renewing);
	assert_int_equal(pthread_create(&coming, NULL, come_again, NULL), 0);
	await_sleep(&scene->coming);
	atomic_store(&scene->judged, true);
	pthread_join(judging, NULL);
	pthread_join(renewing, NULL);
	pthread_join(coming, NULL);
	assert_true(atomic_load(&scene->judgements) < ENOUGH);
	assert_false(access_wants_tokens(scene->access));
	access_free(scene->access);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_rules_wait_for_nobody_who_comes_after_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
