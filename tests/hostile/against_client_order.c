/* Attacks by order: frames that are missing, come twice, come too early, or belong to another conversation. */
#include <string.h>

#include "against_client.h"
#include "path.h"

#define BROKE "broke the ferry protocol"
#define SHORT " --timeout 0.3"
#define GET_SHORT "get URL/file --retry 0" SHORT "\n"
#define GET_BIG_SHORT "get URL/big --retry 0" SHORT "\n"
#define GET_TREE_SHORT "get -r URL/folder --retry 0" SHORT "\n"
#define SOME_SHORT GET_SHORT "stat URL/file" SHORT "\nsum URL/file" SHORT "\nverify URL/file kept" SHORT "\n" GET_TREE_SHORT
#define LISTINGS_SHORT "ls URL/folder" SHORT "\n" \
	"ls -r URL/folder" SHORT "\nsum -r URL/folder" SHORT "\nverify URL/folder ." SHORT "\n" GET_TREE_SHORT
#define EVERY_FILE GET STAT SUM VERIFY GET_TREE
#define EVERY_LISTING LS LS_TREE SUM_TREE VERIFY_TREE GET_TREE

/* Whole pieces in another order: each is what its own digest says. */
static bool swap_pieces(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)visit;
	const struct offered *big = offer_find("big");
	struct writer writer;

	if (frame[4] != FRAME_DATA || length != FRAME_HEADER_SIZE + FRAME_DATA_MAX)
		return false;
	uint64_t other = memcmp(frame + length - sizeof(struct digest), offer_piece(big, 0)->bytes, sizeof(struct digest)) == 0;
	writer_init(&writer, frame + FRAME_HEADER_SIZE, FRAME_DATA_MAX);
	writer_bytes(&writer, big->bytes + other * PIECE_SIZE, PIECE_SIZE);
	data_trailer_encode(&writer, &(struct data_trailer){DATA_PROVEN, *offer_piece(big, other)});
	return false;
}

/* The answers to two requests that were sent one after the other, in the other order. */
static void play_swapped_answers(struct visit *visit)
{
	const struct file file = visit_file(offer_find("file"));
	struct frame frame;
	struct span payload;
	uint16_t first;

	visit_greet(visit);
	if (!visit_hear(visit, &frame, &payload))
		return;
	first = visit->number;
	SAY(visit, file_encode, (uint16_t)(first + 1), &file);
	SAY(visit, file_encode, first, &file);
	visit_hold(visit);
}

/* Goes on about the first request when the client has long asked for something else. */
static void play_old_answers(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload)) {
		visit->number = 1;
		visit_answer(visit, &frame, payload);
	}
}

static const struct attack attacks[] = {
	{"S13", "something_else_than_a_description", EVERY_FILE, 11, BROKE, LIE(INSTEAD, FILE),
		VALUES(FRAME_ENTRIES, FRAME_PIECES, FRAME_DATA, FRAME_SUM_RESULT, FRAME_PONG, FRAME_DONE)},
	{"S13", "something_else_than_a_piece", GET GET_BIG PIPE, 11, BROKE, LIE(INSTEAD, DATA),
		VALUES(FRAME_FILE, FRAME_ENTRIES, FRAME_PIECES, FRAME_SUM_RESULT, FRAME_PONG, FRAME_DONE)},
	{"S13", "something_else_than_entries", EVERY_LISTING, 11, BROKE, LIE(INSTEAD, ENTRIES),
		VALUES(FRAME_FILE, FRAME_PIECES, FRAME_DATA, FRAME_SUM_RESULT, FRAME_PONG, FRAME_DONE)},
	{"S13", "something_else_than_the_end_of_a_listing", EVERY_LISTING, 11, BROKE, LIE(INSTEAD, DONE),
		VALUES(FRAME_FILE, FRAME_PIECES, FRAME_DATA, FRAME_SUM_RESULT, FRAME_PONG)},
	{"S13", "something_else_than_digests", VERIFY, 11, BROKE, LIE(INSTEAD, PIECES),
		VALUES(FRAME_FILE, FRAME_ENTRIES, FRAME_DATA, FRAME_SUM_RESULT, FRAME_PONG, FRAME_DONE)},
	{"S13", "something_else_than_a_sum", SUM SUM_TREE, 11, BROKE, LIE(INSTEAD, SUM_RESULT),
		VALUES(FRAME_FILE, FRAME_ENTRIES, FRAME_PIECES, FRAME_DATA, FRAME_PONG, FRAME_DONE)},
	{"S13", "something_else_than_a_pong", PING, 11, BROKE, LIE(INSTEAD, PONG),
		VALUES(FRAME_FILE, FRAME_ENTRIES, FRAME_PIECES, FRAME_DATA, FRAME_SUM_RESULT, FRAME_DONE)},
	{"S13", "another_greeting_in_the_middle", EVERY_FILE, 11, BROKE, LIE(BEFORE, FILE, .value = FRAME_WELCOME)},
	{"S13", "a_description_that_comes_twice", GET VERIFY SUM GET_TREE, 11, BROKE, LIE(REPEAT, FILE, .value = 2)},
	{"S13", "entries_that_come_twice", LS LS_TREE SUM_TREE VERIFY_TREE, 11, BROKE, LIE(REPEAT, ENTRIES, .value = 2)},
	{"S13", "digests_that_come_twice", VERIFY, 11, BROKE, LIE(REPEAT, PIECES, .value = 2)},
	{"S13", "a_piece_that_comes_twice", GET_BIG PIPE, 11, BROKE, LIE(REPEAT, DATA, .value = 2)},
	{"S13", "an_answer_that_comes_twice", PING, 11, BROKE, LIE(REPEAT, PONG, .value = 2)},
	{"S13", "sums_that_come_twice", SUM_TREE, 11, BROKE, LIE(REPEAT, SUM_RESULT, .value = 2)},
	{"S13", "a_piece_without_a_description", GET GET_BIG PIPE, 11, BROKE, LIE(DROP, FILE)},
	{"S13", "an_end_without_entries", EVERY_LISTING, 11, BROKE, LIE(DROP, ENTRIES)},
	{"S13", "an_end_without_digests", VERIFY, 11, BROKE, LIE(DROP, PIECES)},
	{"S12", "a_listing_without_an_end", LISTINGS_SHORT, 5, "timed out", LIE(DROP, DONE)},
	{"S12", "a_piece_that_never_comes", GET_SHORT GET_BIG_SHORT, 5, "timed out", LIE(DROP, DATA)},
	{"S12", "a_pong_that_never_comes", "ping URL -c 2" SHORT "\n", 5, "timed out", LIE(DROP, PONG)},
	{"S12", "a_description_that_never_comes", "stat URL/file" SHORT "\n", 5, "timed out", LIE(DROP, FILE)},
	{"S12", "a_sum_that_never_comes", "sum URL/file" SHORT "\n", 5, "timed out", LIE(DROP, SUM_RESULT)},
	{"S13", "noise_in_the_middle_of_an_answer", GET GET_BIG PIPE, 11, BROKE, LIE(BEFORE, DATA)},
	{"S13", "noise_behind_a_description", GET SUM VERIFY GET_TREE, 11, BROKE, LIE(BEHIND, FILE)},
	{"S13", "noise_behind_entries", EVERY_LISTING, 11, BROKE, LIE(BEHIND, ENTRIES)},
	{"S14", "pieces_in_another_order", GET_BIG, 7, "another root", .alter = swap_pieces},
	{"S13", "answers_in_another_order", STAT "verify URL/folder . --timeout 20\n", 11, BROKE, .play = play_swapped_answers},
	{"S13", "answers_to_the_first_request_for_ever", PING GET_TREE SUM_TREE, 11, BROKE, .play = play_old_answers},
	{"S12", "a_server_that_ends_before_it_has_answered", SOME_SHORT, 5, "connection lost", LIE(END, FILE),
		VALUES(0, 1, 7, 8, 79)},
	{"P4", "a_piece_that_ends_early", GET GET_BIG PIPE, 5, "connection lost", LIE(END, DATA), VALUES(0, 1, 8, 9, 11, 30)},
	{"P4", "a_listing_that_ends_early", EVERY_LISTING, 5, "connection lost", LIE(END, ENTRIES), VALUES(0, 7, 8, 40)},
	{"P4", "a_listing_whose_end_is_cut_off", EVERY_LISTING, 5, "connection lost", LIE(END, DONE), VALUES(0, 8, 15)},
	{"P4", "a_connection_that_is_reset", EVERY_FILE, 5, NULL, LIE(RESET, FILE), VALUES(0, 8, 40)},
	{"P4", "a_piece_that_is_reset", GET GET_BIG PIPE, 5, NULL, LIE(RESET, DATA), VALUES(0, 9, 30)},
};

const struct attack_table order_attacks = ATTACK_TABLE(attacks);
