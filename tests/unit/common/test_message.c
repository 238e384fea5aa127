/* Tests of every message against the examples of docs/protocol.md, whole, cut short and with each bit flipped. */
/* Threat S13 of docs/security.md. */
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "examples.h"
#include "recode.h"

/* What the examples speak of: the file whose byte i is i mod 251, of two pieces and a byte. */
#define SAMPLE_SIZE (2 * PIECE_SIZE + 1)
#define SAMPLE_PIECES 3
static struct {
	struct digest pieces[SAMPLE_PIECES];
	struct digest root;
	struct digest flat;
} sample; /* written by make_sample alone */

static const struct version sample_version = {
	{0x5b, 0xe1, 0xc0, 0x7a, 0x92, 0xd3, 0x4f, 0x18, 0xa6, 0x70, 0x0e, 0x3d, 0x84, 0xf2, 0xb9, 0x6c}};
static const struct file_time sample_time = {.seconds = 1730000000, .nanoseconds = 250000000};

static void hash_piece(struct lanes *lanes, const unsigned char *bytes, uint64_t index, struct digest *digest)
{
	struct piece piece;

	piece_start(&piece, SAMPLE_SIZE);
	piece_add(&piece, lanes, bytes + index * PIECE_SIZE, piece_length(SAMPLE_SIZE, index));
	piece_finish(&piece, lanes, digest);
}

static void hash_sample(struct lanes *lanes, const unsigned char *bytes)
{
	struct root root;
	struct flat *flat;

	root_start(&root);
	for (uint64_t i = 0; i < SAMPLE_PIECES; i++) {
		hash_piece(lanes, bytes, i, &sample.pieces[i]);
		root_add(&root, lanes, &sample.pieces[i]);
	}
	root_finish(&root, lanes, &sample.root);
	assert_int_equal(flat_new(&flat), STATUS_OK);
	flat_add(flat, bytes, SAMPLE_SIZE);
	flat_finish(flat, &sample.flat);
	flat_free(flat);
}

static int make_sample(void **state)
{
	unsigned char *bytes = malloc(SAMPLE_SIZE);
	struct lanes *lanes;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < SAMPLE_SIZE; i++)
		bytes[i] = (unsigned char)(i % 251);
	assert_int_equal(lanes_new(LANES_OPENSSL, &lanes), STATUS_OK);
	hash_sample(lanes, bytes);
	lanes_free(lanes);
	free(bytes);
	return 0;
}

/* --- What each example says, as the code would say it. ----------------------------------------------------------- */

typedef void say(struct writer *writer);

static void say_hello(struct writer *writer)
{
	hello_encode(writer, &(struct hello){.version_min = PROTOCOL_VERSION, .version_max = PROTOCOL_VERSION});
}

static void say_welcome(struct writer *writer)
{
	welcome_encode(writer, &(struct welcome){
		.version = PROTOCOL_VERSION, .window_requests = 64, .window_bytes = 65536, .links = 4});
}

static void say_auth(struct writer *writer)
{
	auth_encode(writer, &(struct auth){.token = span_of("ferry_example")});
}

static void say_stat(struct writer *writer)
{
	stat_request_encode(writer, 1, &(struct stat_request){.path = span_of("music/live")});
}

static void say_list(struct writer *writer)
{
	list_request_encode(writer, 2, &(struct list_request){.path = span_of("music"), .recursive = true});
}

static void say_digests(struct writer *writer)
{
	digests_request_encode(writer, 5, &(struct pieces_request){
		.path = span_of("music/a.flac"), .version = sample_version, .first = 0, .count = UINT64_MAX});
}

static void say_read_any(struct writer *writer)
{
	read_request_encode(writer, 3, &(struct pieces_request){.path = span_of("music/a.flac"), .first = 0, .count = 1});
}

static void say_read(struct writer *writer)
{
	read_request_encode(writer, 4, &(struct pieces_request){
		.path = span_of("music/a.flac"), .version = sample_version, .first = 1, .count = 2, .fresh = true});
}

static void say_sum(struct writer *writer)
{
	sum_request_encode(writer, 6, &(struct sum_request){.path = span_of("music/a.flac"), .kind = SUM_FLAT});
}

static void say_ping(struct writer *writer)
{
	ping_encode(writer, 7, &(struct ping){.bytes = span_of("\1\2\3\4\5\6\7\10")});
}

static void say_goodbye(struct writer *writer)
{
	goodbye_encode(writer);
}

static void say_file(struct writer *writer)
{
	file_encode(writer, 3, &(struct file){.kind = ENTRY_FILE, .mode = 0644, .size = SAMPLE_SIZE, .mtime = sample_time,
		.version = sample_version, .root_known = true, .root = sample.root});
}

static void say_file_folder(struct writer *writer)
{
	file_encode(writer, 1, &(struct file){.kind = ENTRY_FOLDER, .mode = 0755, .mtime = {.seconds = -1}});
}

static void say_entries(struct writer *writer)
{
	unsigned char *mark = entries_begin(writer, 2);

	entry_encode(writer, &(struct entry){
		.kind = ENTRY_FOLDER, .mode = 0755, .mtime = {.seconds = 1730000000}, .name = span_of("live")});
	entry_encode(writer, &(struct entry){.kind = ENTRY_UNREADABLE, .reason = ERROR_REFUSED, .name = span_of("live")});
	entry_encode(writer, &(struct entry){
		.kind = ENTRY_FILE, .mode = 0644, .size = SAMPLE_SIZE, .mtime = sample_time, .name = span_of("a.flac")});
	frame_end(writer, mark);
}

static void say_pieces(struct writer *writer)
{
	unsigned char *mark = pieces_begin(writer, 5, 0);

	for (size_t i = 0; i < SAMPLE_PIECES; i++)
		pieces_add(writer, &sample.pieces[i]);
	frame_end(writer, mark);
}

static void say_data(struct writer *writer)
{
	data_header_encode(writer, 4, 1);
	writer_u8(writer, 2 * PIECE_SIZE % 251);
	data_trailer_encode(writer, &(struct data_trailer){.status = DATA_PROVEN, .digest = sample.pieces[2]});
}

static void say_data_void(struct writer *writer)
{
	data_header_encode(writer, 4, 1);
	writer_zeros(writer, 1);
	data_trailer_encode(writer, &(struct data_trailer){.status = DATA_VOID});
}

static void say_sum_result(struct writer *writer)
{
	sum_result_encode(writer, 6, &(struct sum_result){.kind = SUM_FLAT, .digest = sample.flat});
}

static void say_pong(struct writer *writer)
{
	pong_encode(writer, 7, &(struct ping){.bytes = span_of("\1\2\3\4\5\6\7\10")});
}

static void say_done(struct writer *writer)
{
	done_encode(writer, 2, &(struct done){.count = 3});
}

static void say_progress(struct writer *writer)
{
	progress_report_encode(writer, 5, &(struct progress_report){.done = 700 * PIECE_SIZE});
}

static void say_error(struct writer *writer)
{
	error_encode(writer, 8, &(struct error){.code = ERROR_NOT_FOUND, .text = span_of("no such file")});
}

static void say_error_connection(struct writer *writer)
{
	error_encode(writer, 0, &(struct error){
		.code = ERROR_BUSY, .retry_after_ms = 2000, .text = span_of("too many connections")});
}

static const struct {
	const char *name;
	say *say;
} sayings[] = {
	{"hello", say_hello},           {"welcome", say_welcome},
	{"auth", say_auth},
	{"stat", say_stat},             {"list", say_list},
	{"digests-request", say_digests}, {"read-any", say_read_any},
	{"read", say_read},             {"sum", say_sum},
	{"ping", say_ping},             {"goodbye", say_goodbye},
	{"file", say_file},             {"file-folder", say_file_folder},
	{"entries", say_entries},       {"pieces", say_pieces},
	{"data", say_data},             {"data-void", say_data_void},
	{"sum-result", say_sum_result}, {"pong", say_pong},
	{"done", say_done},             {"progress", say_progress},
	{"error", say_error},           {"error-connection", say_error_connection},
};
#define SAYINGS (sizeof sayings / sizeof sayings[0])

static say *saying_for(const char *name)
{
	for (size_t i = 0; i < SAYINGS; i++)
		if (strcmp(sayings[i].name, name) == 0)
			return sayings[i].say;
	fail_msg("the document has an example \"%s\" that this test does not know", name);
	return NULL;
}

static void encoders_write_exactly_the_documents_examples(void **state)
{
	FILE *document = document_open();
	struct example example;
	size_t count = 0;

	(void)state;
	for (; example_next(document, &example); count++) {
		unsigned char bytes[EXAMPLE_MAX];
		struct writer writer;
		writer_init(&writer, bytes, sizeof bytes);
		saying_for(example.name)(&writer);
		assert_false(writer.failed);
		assert_int_equal(writer_length(&writer), example.length);
		assert_memory_equal(bytes, example.bytes, example.length);
	}
	fclose(document);
	assert_int_equal(count, SAYINGS);
}

/* --- Reading them, whole and damaged. ------------------------------------------------------------------------------ */

static bool header_passes(const unsigned char *bytes, bool from_client, struct frame *frame)
{
	enum frame_side side = from_client ? FRAME_FROM_CLIENT : FRAME_FROM_SERVER;

	return frame_decode(bytes, side, FRAME_GREETING, frame) == STATUS_OK ||
		frame_decode(bytes, side, FRAME_OPEN, frame) == STATUS_OK;
}

/*
 * Reads a frame and its payload as a receiver would. True when they are accepted; then writing what was read must give
 * the same bytes. The payload stands in memory of exactly its length, where a sanitizer sees a read beyond it.
 */
static bool is_accepted(const unsigned char *bytes, size_t length, bool from_client)
{
	struct frame frame;
	unsigned char again[EXAMPLE_MAX];
	struct writer writer;

	if (!header_passes(bytes, from_client, &frame) || frame.length > length - FRAME_HEADER_SIZE)
		return false;
	unsigned char *payload = malloc(frame.length);
	memcpy(payload, bytes + FRAME_HEADER_SIZE, frame.length);
	writer_init(&writer, again, sizeof again);
	enum status status = recoder_of(frame.type)(&frame, (struct span){payload, frame.length}, &writer);
	assert_true(status == STATUS_OK || status == STATUS_PROTOCOL);
	if (status == STATUS_OK) {
		assert_int_equal(writer_length(&writer), FRAME_HEADER_SIZE + frame.length);
		assert_memory_equal(again, bytes, FRAME_HEADER_SIZE + frame.length);
	}
	free(payload);
	return status == STATUS_OK;
}

static void examples_survive_decoding_and_encoding(void **state)
{
	FILE *document = document_open();
	struct example example;

	(void)state;
	while (example_next(document, &example))
		if (!is_accepted(example.bytes, example.length, example.from_client))
			fail_msg("the example \"%s\" was refused", example.name);
	fclose(document);
}

/* All types that frame_decode lets through, found by trying, so that a new one can't be forgotten here. */
static bool type_exists(uint8_t type)
{
	struct frame frame;
	unsigned char header[FRAME_HEADER_SIZE] = {0, 0, 0, 0, type, 0, 0, 0};

	for (unsigned way = 0; way < 4; way++) {
		header[3] = way & 1 ? 64 : 0;
		header[7] = (unsigned char)(way >> 1);
		if (header_passes(header, false, &frame) || header_passes(header, true, &frame))
			return true;
	}
	return false;
}

static void every_frame_type_has_an_example(void **state)
{
	FILE *document = document_open();
	struct example example;
	bool seen[256] = {false};

	(void)state;
	while (example_next(document, &example))
		seen[example.bytes[4]] = true;
	fclose(document);
	for (unsigned type = 0; type < 256; type++)
		if (seen[type] != type_exists((uint8_t)type))
			fail_msg("type %02x: known to %s only", type, seen[type] ? "the document" : "frame_decode");
}

/* Cut at the end, with a header that tells the shorter length: entries may end at a border, a PING anywhere. */
static void truncated_payloads_are_refused_or_read_as_they_stand(void **state)
{
	FILE *document = document_open();
	struct example example;
	size_t accepted = 0, refused = 0;

	(void)state;
	while (example_next(document, &example)) {
		for (size_t length = FRAME_HEADER_SIZE; length < example.length; length++) {
			struct writer header;
			writer_init(&header, example.bytes, FRAME_HEADER_SIZE);
			writer_u32(&header, (uint32_t)(length - FRAME_HEADER_SIZE));
			if (is_accepted(example.bytes, length, example.from_client))
				accepted++;
			else
				refused++;
		}
	}
	fclose(document);
	/* Two borders between entries, two between digests, eight shorter PINGs, eight PONGs; the void piece turns empty. */
	assert_int_equal(accepted, 2 + 2 + 8 + 8 + 1);
	assert_true(refused > 500);
}

static void flipped_bits_are_refused_or_read_as_they_stand(void **state)
{
	FILE *document = document_open();
	struct example example;
	size_t accepted = 0, refused = 0;

	(void)state;
	while (example_next(document, &example)) {
		for (size_t bit = 0; bit < example.length * 8; bit++) {
			example.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			if (is_accepted(example.bytes, example.length, example.from_client))
				accepted++;
			else
				refused++;
			example.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
	fclose(document);
	assert_true(accepted > 100);
	assert_true(refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoders_write_exactly_the_documents_examples),
		cmocka_unit_test(examples_survive_decoding_and_encoding),
		cmocka_unit_test(every_frame_type_has_an_example),
		cmocka_unit_test(truncated_payloads_are_refused_or_read_as_they_stand),
		cmocka_unit_test(flipped_bits_are_refused_or_read_as_they_stand),
	};
	return cmocka_run_group_tests(tests, make_sample, NULL);
}
