/* Attacks by time: silence, trickles, work that never gets done, and ends that never come. */
#include <poll.h>
#include <stdio.h>

#include "against_client.h"
#include "path.h"

#define BROKE "broke the ferry protocol"
#define SHORT " --timeout 0.3"
#define GET_SHORT "get URL/file --retry 0" SHORT "\n"
#define TREE_SHORT "get -r URL/folder --retry 0" SHORT "\n"
#define FILES_SHORT GET_SHORT "stat URL/file" SHORT "\nsum URL/file" SHORT "\nverify URL/file kept" SHORT "\n" TREE_SHORT
#define TREES_SHORT TREE_SHORT "ls -r URL/folder" SHORT "\nsum -r URL/folder" SHORT "\nverify URL/folder ." SHORT "\n"

static void play_silence(struct visit *visit)
{
	visit_hold(visit);
}

#define REPORTS 4096

/* So many at once that the client never has to wait for the next one. */
static void flood(struct visit *visit, uint64_t done)
{
	static const size_t size = FRAME_HEADER_SIZE + 8;
	struct writer writer;

	writer_init(&writer, visit->frame, REPORTS * size);
	for (size_t i = 0; i < REPORTS; i++)
		progress_report_encode(&writer, visit->number, &(struct progress_report){done});
	while (!visit->over)
		visit_say(visit, visit->frame, writer_length(&writer));
}

static void say_progress(struct visit *visit, uint64_t done)
{
	SAY(visit, progress_report_encode, visit->number, &(struct progress_report){done});
}

/* Takes the first request and works on it for ever: as fast as the client listens. */
static void play_standstill(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (visit_hear(visit, &frame, &payload))
		flood(visit, visit->value);
}

/* The same, but in peace. */
static void play_slow_standstill(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (!visit_hear(visit, &frame, &payload))
		return;
	while (!visit->over) {
		say_progress(visit, visit->value);
		poll(NULL, 0, 50);
	}
}

static void play_going_back(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (!visit_hear(visit, &frame, &payload))
		return;
	for (uint64_t done = UINT64_MAX; !visit->over; done--) {
		say_progress(visit, done);
		poll(NULL, 0, 20);
	}
}

static void play_progress_of_another(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (!visit_hear(visit, &frame, &payload))
		return;
	visit->number++;
	say_progress(visit, 1);
	visit_hold(visit);
}

/* Of VALUE bytes. */
static void play_odd_progress(struct visit *visit)
{
	unsigned char bytes[FRAME_HEADER_SIZE + 64] = {0, 0, 0, (unsigned char)visit->value, FRAME_PROGRESS, 0, 0, 1};
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (visit_hear(visit, &frame, &payload))
		visit_say(visit, bytes, FRAME_HEADER_SIZE + (size_t)visit->value);
	visit_hold(visit);
}

/* One byte of the answer at a time. */
static bool trickle(struct visit *visit, unsigned char *frame, size_t length)
{
	if (frame[4] != FRAME_FILE)
		return false;
	for (size_t i = 0; i < length; i++) {
		visit_say(visit, frame + i, 1);
		poll(NULL, 0, 5);
	}
	return true;
}

/* Answers, and hears the farewell, but never ends its own direction. */
static void play_no_end(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload)) {
		if (frame.type != FRAME_GOODBYE)
			visit_answer(visit, &frame, payload);
	}
}

/* Talks on behind the farewell. */
static void play_last_word(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload) && frame.type != FRAME_GOODBYE)
		visit_answer(visit, &frame, payload);
	for (unsigned i = 0; i < 1000 && !visit->over; i++)
		say_progress(visit, i);
}

/* Lists symlinks until nobody listens any more. */
/* Up to the request for a listing. */
static void lead_to_listing(struct visit *visit)
{
	const struct file folder = visit_file(offer_find("folder"));
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload) && frame.type != FRAME_LIST)
		SAY(visit, file_encode, frame.number, &folder);
}

/* Each name is another one, and as long as can be. */
static void play_long_names(struct visit *visit)
{
	char name[PATH_NAME_MAX + 1];
	struct writer writer;

	lead_to_listing(visit);
	for (unsigned number = 0; !visit->over;) {
		writer_init(&writer, visit->frame, FRAME_HEADER_SIZE + FRAME_ANSWER_MAX);
		unsigned char *mark = entries_begin(&writer, visit->number);
		for (; writer_left(&writer) > ENTRY_FIXED_SIZE + PATH_NAME_MAX; number++) {
			snprintf(name, sizeof(name), "%0*u", PATH_NAME_MAX, number);
			entry_encode(&writer, &(struct entry){.kind = ENTRY_FILE, .mode = 0644, .name = span_of(name)});
		}
		frame_end(&writer, mark);
		visit_say(visit, visit->frame, writer_length(&writer));
	}
}

static void play_endless_listing(struct visit *visit)
{
	struct writer writer;

	lead_to_listing(visit);
	writer_init(&writer, visit->frame, FRAME_HEADER_SIZE + FRAME_ANSWER_MAX);
	unsigned char *mark = entries_begin(&writer, visit->number);
	while (writer_left(&writer) > ENTRY_FIXED_SIZE + 2)
		entry_encode(&writer, &(struct entry){.kind = ENTRY_SYMLINK, .name = span_of("s")});
	frame_end(&writer, mark);
	while (!visit->over)
		visit_say(visit, visit->frame, writer_length(&writer));
}

static const struct attack attacks[] = {
	{"S9", "a_listing_without_end", "get -q -r URL/folder --timeout 20 --retry 0\nsum -r URL/folder --timeout 20\n", 9,
		"limit reached", .play = play_endless_listing, .may = "folder/", .is_long = true, .seconds = 600},
	{"S9", "names_without_end", "get -q -r URL/folder --dry-run --timeout 20 --retry 0\n", 9, "limit reached", .play = play_long_names,
		.is_long = true, .seconds = 600},
	{"S12", "silence_from_the_beginning", "get URL/file --retry 0" SHORT "\nget URL/file --retry 1" SHORT "\nls URL/folder"
		SHORT "\nstat URL/file" SHORT "\nsum URL/file" SHORT "\nverify URL/file kept" SHORT "\nping URL -c 1" SHORT "\n", 5,
		"timed out", .play = play_silence},
	{"S12", "silence_within_the_greeting", GET_SHORT, 5, "timed out", LIE(HOLD, WELCOME), VALUES(1, 7, 8, 29)},
	{"S12", "silence_within_a_description", FILES_SHORT, 5, "timed out", LIE(HOLD, FILE), VALUES(0, 1, 8, 79)},
	{"S12", "silence_within_entries", TREES_SHORT, 5, "timed out", LIE(HOLD, ENTRIES), VALUES(0, 8, 40)},
	{"S12", "silence_within_a_piece", GET_SHORT "get URL/big -o - --retry 0" SHORT "\n", 5, "timed out", LIE(HOLD, DATA),
		VALUES(0, 8, 9, 43)},
	{"S12", "silence_between_pieces", "get URL/big --retry 0" SHORT "\n", 5, "timed out", LIE(HOLD, DATA, .spare = 1)},
	{"S12", "silence_within_digests", "verify URL/file kept" SHORT "\n", 5, "timed out", LIE(HOLD, PIECES), VALUES(0, 8, 40)},
	{"S12", "silence_before_the_end_of_a_listing", TREES_SHORT, 5, "timed out", LIE(HOLD, DONE), VALUES(0, 15)},
	{"S12", "silence_within_a_sum", "sum URL/file" SHORT "\n", 5, "timed out", LIE(HOLD, SUM_RESULT), VALUES(0, 40)},
	{"S12", "silence_within_a_pong", "ping URL -c 2" SHORT "\n", 5, "timed out", LIE(HOLD, PONG), VALUES(0, 15)},
	{"S12", "silence_within_an_error", "get URL/absent --retry 0" SHORT "\nstat URL/absent" SHORT "\n", 5, "timed out",
		LIE(HOLD, ERROR), VALUES(0, 24)},
	{"S12", "work_that_stands_still", FILES_SHORT "ping URL -c 1" SHORT "\n", 5, "timed out", .play = play_slow_standstill,
		VALUES(0, 1, UINT64_MAX)},
	{"S12", "work_that_stands_still_as_fast_as_can_be", FILES_SHORT "ping URL -c 1" SHORT "\n", 5, "timed out",
		.play = play_standstill, VALUES(0, 1, UINT64_MAX)},
	{"S12", "work_that_goes_back", FILES_SHORT, 5, "timed out", .play = play_going_back},
	{"S13", "work_for_somebody_else", GET STAT PING, 11, BROKE, .play = play_progress_of_another},
	{"S13", "work_that_is_told_in_another_length", GET STAT PING, 11, BROKE, .play = play_odd_progress, VALUES(0, 7, 9, 64)},
	{"S12", "work_between_all_frames_is_waited_for", GET STAT GET_TREE, 0, NULL, LIE(BEFORE, FILE, .value = FRAME_PROGRESS),
		.may = "file"},
	{"S12", "an_answer_of_single_bytes_is_an_answer", GET STAT SUM, 0, NULL, .alter = trickle, .may = "file"},
	{"S12", "a_server_that_never_ends_the_connection", GET STAT, 0, NULL, .play = play_no_end, .may = "file"},
	{"S12", "a_server_that_never_ends_the_connection_of_ping", PING, 0, NULL, .play = play_no_end},
	{"S12", "a_server_that_has_the_last_word", GET STAT LS SUM PING, 0, NULL, .play = play_last_word, .may = "file"},
};

const struct attack_table time_attacks = ATTACK_TABLE(attacks);
