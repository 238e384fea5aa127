/* Tests that the rest of docs/protocol.md is true: the conversation, the digests and the table of errors. */
#include "digest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "examples.h"
#include "recode.h"

#define CONTENT "hello, ferry\n"

/* --- The whole conversation ---------------------------------------------------------------------------------------- */

/* What both sides remember while they talk. */
struct talk {
	enum frame_phase phase;
	uint16_t requests;   /* the last number used */
	char spoken[512];    /* the names of all frames */
	struct digest content; /* what CONTENT's digest must be */
};

static const char *name_of(uint8_t type)
{
	static const char *const names[256] = {
		[FRAME_HELLO] = "HELLO ", [FRAME_WELCOME] = "WELCOME ", [FRAME_LIST] = "LIST ",
		[FRAME_ENTRIES] = "ENTRIES ", [FRAME_DONE] = "DONE ", [FRAME_READ] = "READ ",
		[FRAME_FILE] = "FILE ", [FRAME_DATA] = "DATA ", [FRAME_GOODBYE] = "GOODBYE "};

	return names[type] ? names[type] : "? ";
}

static void check_data(const struct talk *talk, struct span payload)
{
	struct data_trailer trailer;

	assert_int_equal(payload.length, strlen(CONTENT) + DATA_TRAILER_SIZE);
	assert_memory_equal(payload.bytes, CONTENT, strlen(CONTENT));
	assert_int_equal(data_trailer_decode(payload.bytes + strlen(CONTENT), &trailer), STATUS_OK);
	assert_int_equal(trailer.status, DATA_PROVEN);
	assert_true(digest_equal(&trailer.digest, &talk->content));
}

static void check_number(struct talk *talk, const struct frame *frame, bool from_client)
{
	if (talk->phase == FRAME_GREETING || frame->type == FRAME_GOODBYE)
		return;
	if (from_client)
		talk->requests = frame_next_number(talk->requests);
	assert_int_equal(frame->number, talk->requests);
}

/* Checks the first frame of BYTES; returns its length. */
static size_t hear_frame(struct talk *talk, struct span bytes, bool from_client)
{
	enum frame_side side = from_client ? FRAME_FROM_CLIENT : FRAME_FROM_SERVER;
	unsigned char again[EXAMPLE_MAX];
	struct writer writer;
	struct frame frame;

	assert_true(bytes.length >= FRAME_HEADER_SIZE);
	assert_int_equal(frame_decode(bytes.bytes, side, talk->phase, &frame), STATUS_OK);
	struct span payload = {bytes.bytes + FRAME_HEADER_SIZE, frame.length};
	assert_true(payload.length <= bytes.length - FRAME_HEADER_SIZE);
	writer_init(&writer, again, sizeof again);
	assert_int_equal(recoder_of(frame.type)(&frame, payload, &writer), STATUS_OK);
	assert_int_equal(writer_length(&writer), FRAME_HEADER_SIZE + frame.length);
	assert_memory_equal(again, bytes.bytes, writer_length(&writer));
	check_number(talk, &frame, from_client);
	if (frame.type == FRAME_DATA)
		check_data(talk, payload);
	if (frame.type == FRAME_WELCOME)
		talk->phase = FRAME_OPEN;
	strcat(talk->spoken, name_of(frame.type));
	return writer_length(&writer);
}

static void conversation_keeps_every_rule(void **state)
{
	static struct conversation conversation;
	struct talk talk = {.phase = FRAME_GREETING};

	piece_digest(*state, CONTENT, strlen(CONTENT), &talk.content);
	conversation_read(&conversation);
	for (size_t i = 0; i < conversation.turn_count; i++) {
		const struct example *turn = &conversation.turns[i];
		for (size_t heard = 0; heard < turn->length;) {
			struct span rest = {turn->bytes + heard, turn->length - heard};
			heard += hear_frame(&talk, rest, turn->from_client);
		}
	}
	assert_string_equal(talk.spoken, "HELLO WELCOME LIST ENTRIES DONE READ FILE DATA GOODBYE ");
}

/* --- The examples of the digest ------------------------------------------------------------------------------------- */

#define BIGGEST (2 * PIECE_SIZE + 1)

static void hash_leaf(struct lanes *lanes, const unsigned char *bytes, uint64_t size, uint64_t index, struct digest *digest)
{
	uint64_t offset = index * LEAF_SIZE;
	uint64_t length = size - offset < LEAF_SIZE ? size - offset : LEAF_SIZE;

	lanes_sha256(lanes, &(struct lane){bytes + offset, length, digest}, 1);
}

static void hash_piece(struct lanes *lanes, const unsigned char *bytes, uint64_t size, uint64_t index, struct digest *digest)
{
	struct piece piece;

	piece_start(&piece, size);
	piece_add(&piece, lanes, bytes + index * PIECE_SIZE, piece_length(size, index));
	piece_finish(&piece, lanes, digest);
}

static void hash_root(struct lanes *lanes, const unsigned char *bytes, uint64_t size, struct digest *digest)
{
	struct root root;

	root_start(&root);
	for (uint64_t i = 0; i < piece_count(size); i++) {
		struct digest piece;
		hash_piece(lanes, bytes, size, i, &piece);
		root_add(&root, lanes, &piece);
	}
	root_finish(&root, lanes, digest);
}

/* A line: SIZE leaf|piece INDEX HEX, or SIZE root HEX. */
static void check_digest_line(struct lanes *lanes, const unsigned char *bytes, const char *line)
{
	uint64_t size, index;
	char what[8], expected[65], computed[65];
	struct digest digest;

	if (sscanf(line, "%" SCNu64 " root %64s", &size, expected) == 2)
		hash_root(lanes, bytes, size, &digest);
	else if (sscanf(line, "%" SCNu64 " %7s %" SCNu64 " %64s", &size, what, &index, expected) == 4)
		(strcmp(what, "leaf") == 0 ? hash_leaf : hash_piece)(lanes, bytes, size, index, &digest);
	else
		fail_msg("not a line of digests: %s", line);
	for (size_t i = 0; i < sizeof digest.bytes; i++)
		snprintf(computed + 2 * i, 3, "%02x", digest.bytes[i]);
	assert_string_equal(computed, expected);
}

static void digests_of_the_document_are_real(void **state)
{
	FILE *document = document_open();
	unsigned char *bytes = malloc(BIGGEST);
	char line[512] = "";
	size_t checked = 0;

	assert_non_null(bytes);
	for (size_t i = 0; i < BIGGEST; i++)
		bytes[i] = (unsigned char)(i % 251);
	while (strcmp(line, "```digest\n") != 0)
		assert_non_null(fgets(line, sizeof line, document));
	for (; fgets(line, sizeof line, document) && line[0] != '`'; checked++)
		check_digest_line(*state, bytes, line);
	assert_true(checked >= 10);
	free(bytes);
	fclose(document);
}

/* --- The table of errors -------------------------------------------------------------------------------------------- */

#define CODE(name) {ERROR_##name, #name}
static const struct {
	enum error_code code;
	const char *name;
} codes[] = {
	CODE(PROTOCOL), CODE(VERSION),    CODE(NOT_FOUND),    CODE(REFUSED), CODE(CHANGED),  CODE(BUSY),     CODE(IO),
	CODE(LIMIT),    CODE(NAME),       CODE(NOT_A_FILE),   CODE(NOT_A_FOLDER), CODE(RANGE), CODE(STOPPING), CODE(DEADLINE),
};
#define CODES (sizeof codes / sizeof codes[0])

static void errors_have_the_codes_of_the_document(void **state)
{
	FILE *document = document_open();
	struct row row;
	size_t checked = 0;

	(void)state;
	while (checked < CODES && row_next(document, &row)) {
		if (row.count != 5 || strcmp(row.cells[1], codes[checked].name) != 0)
			continue;
		assert_int_equal(atoi(row.cells[0]), codes[checked].code);
		checked++;
	}
	assert_int_equal(checked, CODES);
	/* The table ends here too. */
	assert_false(row_next(document, &row) && row.count == 5);
	fclose(document);
}

static void every_code_is_a_status_of_its_own_and_back(void **state)
{
	bool seen[STATUS_COUNT] = {false};

	(void)state;
	for (size_t i = 0; i < CODES; i++) {
		enum status status = error_status_of((uint16_t)codes[i].code);
		assert_false(seen[status]);
		seen[status] = true;
		assert_int_equal(error_code_of(status), codes[i].code);
	}
}

static void what_the_table_does_not_know_is_a_plain_failure(void **state)
{
	(void)state;
	assert_int_equal(error_status_of(0), STATUS_UNSUPPORTED);
	assert_int_equal(error_status_of(CODES + 1), STATUS_UNSUPPORTED);
	assert_int_equal(error_status_of(65535), STATUS_UNSUPPORTED);
	assert_int_equal(error_code_of(STATUS_NO_SPACE), ERROR_IO);
}

static int make_lanes(void **state)
{
	struct lanes *lanes;

	if (lanes_new(LANES_OPENSSL, &lanes) != STATUS_OK)
		return -1;
	*state = lanes;
	return 0;
}

static int drop_lanes(void **state)
{
	lanes_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversation_keeps_every_rule),
		cmocka_unit_test(digests_of_the_document_are_real),
		cmocka_unit_test(errors_have_the_codes_of_the_document),
		cmocka_unit_test(every_code_is_a_status_of_its_own_and_back),
		cmocka_unit_test(what_the_table_does_not_know_is_a_plain_failure),
	};
	return cmocka_run_group_tests(tests, make_lanes, drop_lanes);
}
