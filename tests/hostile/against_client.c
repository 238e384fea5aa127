/* A hostile server against the real ferry: every attack is tried, several at a time, and each is a case of the suite. */
#include <fnmatch.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "against_client.h"
#include "against_client_races.h"
#include "case.h"
#include "sockets.h"

#define THREADS 10 /* most attacks wait for something */

static const struct attack_table *const tables[] = {
	/* Who waits longest begins. */
	&time_attacks, &error_attacks, &tls_attacks, &certificate_attacks, &greeting_attacks, &field_attacks, &order_attacks,
	&listing_attacks, &piece_attacks, &place_attacks,
};
#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

/* What became of one attack. */
struct verdict {
	const struct attack *attack;
	bool over;
	size_t runs;
	char complaint[COMPLAINT_SIZE];
};

struct suite {
	struct verdict *verdicts;
	size_t count;
	const char *filter;
	pthread_t threads[THREADS];
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock; so is over in every verdict */
	size_t next;
};

static bool is_chosen(const struct suite *suite, const struct attack *attack)
{
	char name[200];

	snprintf(name, sizeof(name), "%s_%s", attack->threat, attack->name);
	return !suite->filter || fnmatch(suite->filter, name, 0) == 0;
}

static void *attack(void *argument)
{
	struct suite *suite = argument;

	pthread_mutex_lock(&suite->lock);
	while (suite->next < suite->count) {
		struct verdict *verdict = &suite->verdicts[suite->next++];
		pthread_mutex_unlock(&suite->lock);
		if (is_chosen(suite, verdict->attack))
			verdict->runs = trial_run(verdict->attack, verdict->complaint);
		pthread_mutex_lock(&suite->lock);
		verdict->over = true;
		pthread_cond_broadcast(&suite->changed);
	}
	pthread_mutex_unlock(&suite->lock);
	return NULL;
}

/* Not before the first case of this kind: the races fork, which a process of many threads had better not. */
static void start_threads(struct suite *suite)
{
	for (size_t i = 0; i < THREADS && !suite->started; i++) {
		if (pthread_create(&suite->threads[i], NULL, attack, suite) != 0)
			give_up("pthread_create");
	}
	suite->started = true;
}

static void join_threads(struct suite *suite)
{
	for (size_t i = 0; i < THREADS && suite->started; i++)
		pthread_join(suite->threads[i], NULL);
}

/* The case: waits for the verdict on its attack. */
static void hear_verdict(void *stage, const void *argument)
{
	struct suite *suite = stage;
	const struct verdict *verdict = argument;

	start_threads(suite);
	pthread_mutex_lock(&suite->lock);
	while (!verdict->over)
		pthread_cond_wait(&suite->changed, &suite->lock);
	pthread_mutex_unlock(&suite->lock);
	if (verdict->complaint[0])
		fail_msg("%s", verdict->complaint);
}

/* Lists the attacks, and counts them. */
static void fill(struct suite *suite, struct hostile_case *cases)
{
	size_t count = 0;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		for (size_t j = 0; j < tables[i]->count; j++) {
			const struct attack *next = &tables[i]->attacks[j];
			if (next->is_long && getenv("QUICK"))
				continue;
			suite->verdicts[count].attack = next;
			cases[count] = (struct hostile_case){next->threat, next->name, hear_verdict, &suite->verdicts[count]};
			count++;
		}
	}
	suite->count = count;
}

static void make_room(struct suite *suite)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		suite->count += tables[i]->count;
	suite->verdicts = calloc(suite->count, sizeof(suite->verdicts[0]));
	if (!suite->verdicts)
		give_up("calloc");
}

static int perform(struct suite *suite, const struct hostile_case *cases)
{
	const struct hostile_table stories[] = {race_cases, {cases, suite->count}};
	size_t runs = 0;

	int failed = hostile_run(&(struct hostile_suite){.title = "against the client", .tables = stories, .table_count = 2, .stage = suite},
		suite->filter);
	join_threads(suite);
	for (size_t i = 0; i < suite->count; i++)
		runs += suite->verdicts[i].runs;
	printf("%zu runs of ferry\n", runs);
	return failed;
}

/* A thousand little places are made and removed: in memory, where there is room, unless TMPDIR says otherwise. */
static void choose_place(void)
{
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK | X_OK) == 0 && setenv("TMPDIR", "/dev/shm", 0) < 0)
		give_up("setenv");
}

/* usage: against_client [FILTER]; BUILD names the folder in which ferry is */
int main(int count, char **arguments)
{
	struct suite suite = {.filter = count > 1 ? arguments[1] : NULL, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

	signal(SIGPIPE, SIG_IGN);
	choose_place();
	offer_prepare();
	make_room(&suite);
	struct hostile_case *cases = calloc(suite.count, sizeof(cases[0]));
	if (!cases)
		give_up("calloc");
	fill(&suite, cases);
	int failed = perform(&suite, cases);
	free(cases);
	free(suite.verdicts);
	return failed != 0;
}
