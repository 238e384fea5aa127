/* A case of the hostile suites: one thing that a hostile peer does, the refusal that it has to meet, and the threat that it proves. */
#ifndef CASE_H
#define CASE_H

#include <stddef.h>

/*
 * static void a_greeting_that_never_ends_is_cut_off(void *stage, const void *argument) { ... }
 * static const struct hostile_case cases[] = {HOSTILE(C7, a_greeting_that_never_ends_is_cut_off)};
 * static const struct hostile_table tables[] = {HOSTILE_TABLE(cases)};
 * return hostile_run(&(struct hostile_suite){.title = "against the server", .tables = tables, ...}, filter);
 *
 * A case counts once: it is a distinct refusal, however many values lead to it in a loop. Its name is a sentence of its own; its
 * threat is the number of a row of docs/security.md. Cases assert with cmocka, which prints them as THREAT_NAME.
 */
struct hostile_case {
	const char *threat;
	const char *name;
	void (*attack)(void *stage, const void *argument);
	const void *argument;
};
#define HOSTILE(threat, attack) {#threat, #attack, attack, NULL}
/* One attack with several arguments is several cases, each with a name of its own. */
#define HOSTILE_WITH(threat, name, attack, argument) {#threat, #name, attack, argument}

struct hostile_table {
	const struct hostile_case *cases;
	size_t count;
};
#define HOSTILE_TABLE(cases) {cases, sizeof(cases) / sizeof((cases)[0])}

struct hostile_suite {
	const char *title;
	const struct hostile_table *tables;
	size_t table_count;
	void *stage;                     /* what every case plays on; the caller makes it and takes it down */
	void (*afterwards)(void *stage); /* asserts what has to be true after every case, also after one that failed */
};

/*
 * Runs the cases in their order and prints how many there are for each threat. FILTER, with * and ?, chooses cases by what is
 * printed for them; NULL: all. Returns how many failed; -1 for two cases of one name, or a threat that docs/security.md does not know.
 */
int hostile_run(const struct hostile_suite *suite, const char *filter);

#endif
