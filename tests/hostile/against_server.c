/* A raw client that breaks every rule of docs/protocol.md against real servers: each breach has its refusal, and nothing else happens. */
#include "against_server.h"

#include <signal.h>
#include <stdlib.h>

#include "stage.h"

/* usage: against_server [PATTERN]     the cases whose names PATTERN (with * and ?) matches, or all */
int main(int argument_count, char **arguments)
{
	const struct hostile_table tables[] = {
		against_greeting, against_frames, against_order, against_paths,
		against_ranges, against_tokens, against_limits, against_tls, against_certificates,
	};
	struct stage stage;
	struct hostile_suite suite = {
		.title = "against the server",
		.tables = tables,
		.table_count = sizeof(tables) / sizeof(tables[0]),
		.stage = &stage,
		.afterwards = stage_look,
	};

	signal(SIGPIPE, SIG_IGN);
	stage_build(&stage);
	int failed = hostile_run(&suite, argument_count > 1 ? arguments[1] : NULL);
	return stage_strike(&stage) && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
