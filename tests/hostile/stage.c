/* Builds the world that is attacked, and looks after it. */
#include "stage.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "snapshot.h"
#include "sockets.h"

#define GOOD "good\n"

/* Longer than a raw client waits: where a connection ends, it does not end for these. */
static const char patient[] =
	"greeting_deadline = 1h\nframe_deadline = 1h\nidle_deadline = 1h\nrate_window = 1h\ndrain_deadline = 2s\n";

static void write_text(const struct stage *stage, const char *path, const char *text)
{
	if (scratch_write(stage->scratch.folder, path, text) < 0)
		give_up(path);
}

static void make_folder(const struct stage *stage, const char *path)
{
	if (mkdirat(stage->scratch.folder, path, 0755) < 0)
		give_up(path);
}

static FILE *make_file(const struct stage *stage, const char *path)
{
	int fd = openat(stage->scratch.folder, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		give_up(path);
	return file;
}

/* Byte number i is i mod 251. */
static void write_bytes(const struct stage *stage, const char *path, size_t length)
{
	FILE *file = make_file(stage, path);

	for (size_t i = 0; i < length; i++)
		fputc((int)(i % 251), file);
	if (fclose(file) != 0)
		give_up(path);
}

static void build_world(const struct stage *stage)
{
	make_folder(stage, "world");
	make_folder(stage, "world/public");
	make_folder(stage, "world/public/folder");
	write_text(stage, "world/public/small", GOOD);
	write_text(stage, "world/public/empty", "");
	write_text(stage, "world/public/folder/inside", "inside\n");
	write_bytes(stage, "world/public/large", 2 * PIECE_SIZE + 1);
}

static void write_settings(const struct stage *stage)
{
	FILE *file = make_file(stage, "plain.conf");

	fprintf(file, "[server]\n%s[share public]\npath = %s/world/public\n", patient, stage->scratch.path);
	if (fclose(file) != 0)
		give_up("plain.conf");
}

static char *snapshot_world(const struct stage *stage)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/world", stage->scratch.path);
	return snapshot_take(path);
}

void stage_build(struct stage *stage)
{
	*stage = (struct stage){.raw = RAW_CLOSED, .good = RAW_CLOSED};
	if (scratch_make(&stage->scratch) < 0)
		give_up("scratch");
	build_world(stage);
	write_settings(stage);
	victim_start(&stage->plain, stage->scratch.path, "plain");
	stage->before = snapshot_world(stage);
}

bool stage_strike(struct stage *stage)
{
	raw_release(&stage->raw);
	raw_release(&stage->good);
	free(stage->before);
	bool ended_well = victim_stop(&stage->plain);
	if (scratch_remove(&stage->scratch) < 0)
		give_up(stage->scratch.path);
	return ended_well;
}

static void assert_served(struct raw *good, uint16_t port)
{
	raw_greet(good, port);
	raw_ask(good, FRAME_READ, span_of("public/small"));
	assert_int_equal(raw_expect_file(good).size, strlen(GOOD));
	struct span data = raw_expect(good, FRAME_DATA, good->number).payload;
	assert_int_equal(data.length, strlen(GOOD) + DATA_TRAILER_SIZE);
	assert_memory_equal(data.bytes, GOOD, strlen(GOOD));
	raw_goodbye(good);
	raw_half_close(good);
	raw_expect_end(good);
	raw_close(good);
}

void stage_look(void *argument)
{
	struct stage *stage = argument;

	raw_close(&stage->raw);
	assert_served(&stage->good, stage->plain.port);
	char *after = snapshot_world(stage);
	snapshot_assert_same(stage->before, after);
	free(after);
}
