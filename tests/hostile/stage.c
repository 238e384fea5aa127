/* Builds the world that is attacked, and looks after it. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "snapshot.h"
#include "sockets.h"
#include "stage_world.h"

static char *snapshot_world(const struct stage *stage)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/world", stage->scratch.path);
	return snapshot_take(path);
}

void stage_build(struct stage *stage)
{
	*stage = (struct stage){.before = NULL};
	if (scratch_make(&stage->scratch) < 0)
		give_up("scratch");
	world_build(&stage->scratch);
	victim_start(&stage->secure, stage->scratch.path, "secure");
	victim_start(&stage->plain, stage->scratch.path, "plain");
	victim_start(&stage->narrow, stage->scratch.path, "narrow");
	victim_start(&stage->hasty, stage->scratch.path, "hasty");
	stage->before = snapshot_world(stage);
}

static void close_attackers(struct stage *stage)
{
	raw_release(&stage->raw);
	for (size_t i = 0; i < sizeof(stage->others) / sizeof(stage->others[0]); i++)
		raw_release(&stage->others[i]);
}

bool stage_strike(struct stage *stage)
{
	struct victim *victims[] = {&stage->plain, &stage->secure, &stage->narrow, &stage->hasty};
	bool ended_well = true;

	close_attackers(stage);
	raw_release(&stage->good);
	free(stage->before);
	for (size_t i = 0; i < sizeof(victims) / sizeof(victims[0]); i++)
		ended_well &= victim_stop(victims[i]);
	if (scratch_remove(&stage->scratch) < 0)
		give_up(stage->scratch.path);
	return ended_well;
}

void stage_look(void *argument)
{
	struct stage *stage = argument;

	close_attackers(stage);
	raw_open(&stage->good, stage->plain.port);
	raw_visit(&stage->good, "public/small", STAGE_SMALL);
	raw_open(&stage->good, stage->secure.port);
	raw_secure(&stage->good);
	raw_visit(&stage->good, "public/small", STAGE_SMALL);
	char *after = snapshot_world(stage);
	snapshot_assert_same(stage->before, after);
	free(after);
}

struct raw *stage_greet(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);

	raw_greet(raw);
	return raw;
}

struct raw *stage_connect(struct stage *stage)
{
	raw_open(&stage->raw, stage->plain.port);
	return &stage->raw;
}

void stage_play(void *stage, const void *attack)
{
	((const struct attack *)attack)->play(stage);
}
