/* Tests of what decoders refuse: every value just outside its range, and the last one inside. */
/* Threats C6, S1 and S11 of docs/security.md. */
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOM (FRAME_HEADER_SIZE + FRAME_ANSWER_MAX + 64)

static const struct version some_version = {{1}};

/* Somewhere to write one frame, and its payload. */
struct page {
	unsigned char bytes[ROOM];
	struct writer writer;
};

static struct writer *page_start(struct page *page)
{
	writer_init(&page->writer, page->bytes, sizeof page->bytes);
	return &page->writer;
}

static struct span page_payload(const struct page *page)
{
	assert_false(page->writer.failed);
	return (struct span){page->bytes + FRAME_HEADER_SIZE, writer_length(&page->writer) - FRAME_HEADER_SIZE};
}

static enum status try_hello(uint16_t version_min, uint16_t version_max)
{
	struct page page;
	struct hello hello;

	hello_encode(page_start(&page), &(struct hello){.version_min = version_min, .version_max = version_max});
	return hello_decode(page_payload(&page), &hello);
}

static void hello_needs_a_range_of_versions(void **state)
{
	(void)state;
	assert_int_equal(try_hello(1, 1), STATUS_OK);
	assert_int_equal(try_hello(1, 65535), STATUS_OK);
	assert_int_equal(try_hello(0, 1), STATUS_PROTOCOL);
	assert_int_equal(try_hello(2, 1), STATUS_PROTOCOL);
}

static enum status try_welcome(struct welcome welcome)
{
	struct page page;
	struct welcome decoded;

	welcome_encode(page_start(&page), &welcome);
	return welcome_decode(page_payload(&page), &decoded);
}

static void welcome_needs_a_window_that_holds_one_request(void **state)
{
	const struct welcome least = {.version = 1, .window_requests = 1, .window_bytes = 8200, .links = 1};
	struct welcome welcome = least;

	(void)state;
	assert_int_equal(try_welcome(welcome), STATUS_OK);
	welcome.version = 0;
	assert_int_equal(try_welcome(welcome), STATUS_PROTOCOL);
	welcome = least;
	welcome.window_requests = 0;
	assert_int_equal(try_welcome(welcome), STATUS_PROTOCOL);
	welcome = least;
	welcome.window_bytes = 8199;
	assert_int_equal(try_welcome(welcome), STATUS_PROTOCOL);
	welcome = least;
	welcome.links = 0;
	assert_int_equal(try_welcome(welcome), STATUS_PROTOCOL);
}

static enum status try_pieces_request(uint64_t first, uint64_t count)
{
	struct page page;
	struct pieces_request request;

	read_request_encode(page_start(&page), 1, &(struct pieces_request){.first = first, .count = count});
	return pieces_request_decode(page_payload(&page), 0, &request);
}

static void range_of_pieces_has_one_at_least_and_does_not_wrap_around(void **state)
{
	(void)state;
	assert_int_equal(try_pieces_request(0, 1), STATUS_OK);
	assert_int_equal(try_pieces_request(0, UINT64_MAX), STATUS_OK);
	assert_int_equal(try_pieces_request(7, UINT64_MAX - 7), STATUS_OK);
	assert_int_equal(try_pieces_request(0, 0), STATUS_PROTOCOL);
	assert_int_equal(try_pieces_request(8, UINT64_MAX - 7), STATUS_PROTOCOL);
	assert_int_equal(try_pieces_request(UINT64_MAX, UINT64_MAX), STATUS_PROTOCOL);
}

static void flags_become_fields(void **state)
{
	struct page page;
	struct pieces_request read;
	struct list_request list;

	(void)state;
	read_request_encode(page_start(&page), 1, &(struct pieces_request){.count = 1, .fresh = true});
	assert_int_equal(page.bytes[5], FLAG_FRESH);
	assert_int_equal(pieces_request_decode(page_payload(&page), FLAG_FRESH, &read), STATUS_OK);
	assert_true(read.fresh);
	assert_int_equal(pieces_request_decode(page_payload(&page), 0, &read), STATUS_OK);
	assert_false(read.fresh);
	list_request_encode(page_start(&page), 1, &(struct list_request){.recursive = true});
	assert_int_equal(page.bytes[5], FLAG_RECURSIVE);
	assert_int_equal(list_request_decode(page_payload(&page), FLAG_RECURSIVE, &list), STATUS_OK);
	assert_true(list.recursive);
}

static void paths_of_requests_pass_as_they_are(void **state)
{
	struct page page;
	struct stat_request request;

	(void)state;
	stat_request_encode(page_start(&page), 1, &(struct stat_request){.path = span_of("../x//")});
	assert_int_equal(stat_request_decode(page_payload(&page), &request), STATUS_OK);
	assert_int_equal(request.path.length, 6);
	assert_memory_equal(request.path.bytes, "../x//", 6);
}

static void sums_are_flat_or_tree(void **state)
{
	struct page page;
	struct sum_request request;
	struct sum_result result;

	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		enum status expected = kind == SUM_FLAT || kind == SUM_TREE ? STATUS_OK : STATUS_PROTOCOL;
		sum_request_encode(page_start(&page), 1, &(struct sum_request){.kind = kind});
		assert_int_equal(sum_request_decode(page_payload(&page), &request), expected);
		sum_result_encode(page_start(&page), 1, &(struct sum_result){.kind = kind});
		assert_int_equal(sum_result_decode(page_payload(&page), &result), expected);
	}
}

static void ping_echoes_up_to_64_bytes(void **state)
{
	static const unsigned char bytes[PING_BYTES_MAX + 1];
	struct ping ping;

	(void)state;
	assert_int_equal(ping_decode((struct span){bytes, 0}, &ping), STATUS_OK);
	assert_int_equal(ping.bytes.length, 0);
	assert_int_equal(ping_decode((struct span){bytes, 64}, &ping), STATUS_OK);
	assert_int_equal(ping.bytes.length, 64);
	assert_int_equal(ping_decode((struct span){bytes, 65}, &ping), STATUS_PROTOCOL);
}

static enum status try_file(struct file file)
{
	struct page page;
	struct file decoded;

	file_encode(page_start(&page), 1, &file);
	return file_decode(page_payload(&page), &decoded);
}

#define A_FILE .kind = ENTRY_FILE, .version = some_version

static void only_files_have_size_version_and_root(void **state)
{
	(void)state;
	assert_int_equal(try_file((struct file){A_FILE, .size = 1, .root_known = true, .root = {{1}}}), STATUS_OK);
	assert_int_equal(try_file((struct file){.kind = ENTRY_FILE}), STATUS_PROTOCOL);
	for (unsigned kind = ENTRY_FOLDER; kind <= ENTRY_OTHER; kind++) {
		assert_int_equal(try_file((struct file){.kind = kind}), STATUS_OK);
		assert_int_equal(try_file((struct file){.kind = kind, .size = 1}), STATUS_PROTOCOL);
		assert_int_equal(try_file((struct file){.kind = kind, .version = some_version}), STATUS_PROTOCOL);
		assert_int_equal(try_file((struct file){.kind = kind, .root_known = true}), STATUS_PROTOCOL);
	}
	assert_int_equal(try_file((struct file){.kind = 0}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){.kind = ENTRY_UNREADABLE}), STATUS_PROTOCOL);
}

static void root_that_is_not_known_is_zeros(void **state)
{
	struct page page;
	struct file file;

	(void)state;
	assert_int_equal(try_file((struct file){A_FILE}), STATUS_OK);
	assert_int_equal(try_file((struct file){A_FILE, .root = {{[31] = 1}}}), STATUS_PROTOCOL);
	file_encode(page_start(&page), 1, &(struct file){A_FILE, .root_known = true});
	page.bytes[FRAME_HEADER_SIZE + 39] = 2;
	assert_int_equal(file_decode(page_payload(&page), &file), STATUS_PROTOCOL);
}

static void size_mode_and_time_have_limits(void **state)
{
	const int64_t limit = INT64_C(1) << 55;

	(void)state;
	assert_int_equal(try_file((struct file){A_FILE, .size = INT64_MAX}), STATUS_OK);
	assert_int_equal(try_file((struct file){A_FILE, .size = (uint64_t)INT64_MAX + 1}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){A_FILE, .mode = 07777}), STATUS_OK);
	assert_int_equal(try_file((struct file){A_FILE, .mode = 010000}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {limit, 999999999}}), STATUS_OK);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {-limit, 0}}), STATUS_OK);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {limit + 1, 0}}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {-limit - 1, 0}}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {INT64_MIN, 0}}), STATUS_PROTOCOL);
	assert_int_equal(try_file((struct file){A_FILE, .mtime = {0, 1000000000}}), STATUS_PROTOCOL);
}

static void times_beyond_what_travels_are_cut(void **state)
{
	const int64_t limit = INT64_C(1) << 55;
	const struct timespec times[] = {{INT64_MAX, 5}, {INT64_MIN, 5}, {limit, 5}, {-limit, 5}, {-1, 999999999}};
	const struct file_time expected[] = {{limit, 0}, {-limit, 0}, {limit, 5}, {-limit, 5}, {-1, 999999999}};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct file_time time = file_time_of(times[i]);
		assert_int_equal(time.seconds, expected[i].seconds);
		assert_int_equal(time.nanoseconds, expected[i].nanoseconds);
		assert_int_equal(try_file((struct file){A_FILE, .mtime = time}), STATUS_OK);
	}
}

static enum status try_entry(struct entry entry)
{
	struct page page;
	struct entry decoded;
	struct reader reader;

	unsigned char *mark = entries_begin(page_start(&page), 1);
	entry_encode(&page.writer, &entry);
	frame_end(&page.writer, mark);
	struct span payload = page_payload(&page);
	assert_int_equal(payload.length, ENTRY_FIXED_SIZE + entry.name.length);
	reader_init(&reader, payload.bytes, payload.length);
	enum status status = entry_decode(&reader, &decoded);
	assert_int_equal(status == STATUS_OK, entry_decode(&reader, &decoded) == STATUS_END);
	return status;
}

static void unreadable_entries_and_only_they_have_a_reason(void **state)
{
	const struct span name = span_of("name");

	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		bool known = kind >= ENTRY_FILE && kind <= ENTRY_OTHER;
		enum status plain = known ? STATUS_OK : STATUS_PROTOCOL;
		enum status reasoned = kind == ENTRY_UNREADABLE ? STATUS_OK : STATUS_PROTOCOL;
		assert_int_equal(try_entry((struct entry){.kind = kind, .name = name}), plain);
		assert_int_equal(try_entry((struct entry){.kind = kind, .reason = ERROR_IO, .name = name}), reasoned);
	}
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_UNREADABLE, .reason = 60000, .name = name}), STATUS_OK);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_UNREADABLE, .reason = 1, .size = 1, .name = name}), STATUS_PROTOCOL);
}

static void listed_names_are_legal_paths(void **state)
{
	static const char *const bad[] = {"", ".", "..", "/a", "a/", "a//b", "a/../b", "a/./b", "/"};
	char name[256];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(try_entry((struct entry){.kind = ENTRY_FILE, .name = span_of(bad[i])}), STATUS_PROTOCOL);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_FILE, .name = {(const unsigned char *)"a\0b", 3}}), STATUS_PROTOCOL);
	memset(name, 'n', sizeof name);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_FILE, .name = {(unsigned char *)name, 255}}), STATUS_OK);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_FILE, .name = {(unsigned char *)name, 256}}), STATUS_PROTOCOL);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_FILE, .name = span_of("a/b\n\xff/c")}), STATUS_OK);
	assert_int_equal(try_entry((struct entry){.kind = ENTRY_UNREADABLE, .reason = ERROR_IO}), STATUS_OK);
}

static enum status try_pieces(uint64_t first, size_t bytes)
{
	static struct page page;
	struct pieces pieces;

	pieces_begin(page_start(&page), 1, first);
	writer_zeros(&page.writer, bytes);
	return pieces_decode(page_payload(&page), &pieces);
}

static void pieces_are_whole_digests_from_1_to_2047(void **state)
{
	(void)state;
	assert_int_equal(try_pieces(0, 32), STATUS_OK);
	assert_int_equal(try_pieces(0, 2047 * 32), STATUS_OK);
	assert_int_equal(try_pieces(0, 0), STATUS_PROTOCOL);
	assert_int_equal(try_pieces(0, 31), STATUS_PROTOCOL);
	assert_int_equal(try_pieces(0, 33), STATUS_PROTOCOL);
	assert_int_equal(try_pieces(0, 2048 * 32), STATUS_PROTOCOL);
	assert_int_equal(try_pieces(UINT64_MAX - 2, 64), STATUS_OK);
	assert_int_equal(try_pieces(UINT64_MAX - 1, 64), STATUS_PROTOCOL);
}

static enum status try_trailer(struct data_trailer trailer)
{
	unsigned char bytes[DATA_TRAILER_SIZE];
	struct writer writer;
	struct data_trailer decoded;

	writer_init(&writer, bytes, sizeof bytes);
	data_trailer_encode(&writer, &trailer);
	assert_false(writer.failed);
	return data_trailer_decode(bytes, &decoded);
}

static void void_piece_has_no_digest(void **state)
{
	(void)state;
	assert_int_equal(try_trailer((struct data_trailer){.status = DATA_PROVEN, .digest = {{1}}}), STATUS_OK);
	assert_int_equal(try_trailer((struct data_trailer){.status = DATA_VOID}), STATUS_OK);
	assert_int_equal(try_trailer((struct data_trailer){.status = DATA_VOID, .digest = {{[31] = 1}}}), STATUS_PROTOCOL);
	assert_int_equal(try_trailer((struct data_trailer){.status = 2}), STATUS_PROTOCOL);
}

static enum status try_error(uint16_t code, uint32_t retry_after_ms, size_t text_length)
{
	static const unsigned char text[ERROR_TEXT_MAX + 1];
	struct page page;
	struct error error;

	error_encode(page_start(&page), 1, &(struct error){code, retry_after_ms, {text, text_length}});
	return error_decode(page_payload(&page), &error);
}

static void errors_have_a_code_a_bounded_wait_and_a_bounded_text(void **state)
{
	(void)state;
	assert_int_equal(try_error(ERROR_BUSY, 60000, 512), STATUS_OK);
	assert_int_equal(try_error(65535, 0, 0), STATUS_OK);
	assert_int_equal(try_error(0, 0, 0), STATUS_PROTOCOL);
	assert_int_equal(try_error(ERROR_BUSY, 60001, 0), STATUS_PROTOCOL);
	assert_int_equal(try_error(ERROR_BUSY, 0, 513), STATUS_PROTOCOL);
}

static void any_version_is_all_zeros(void **state)
{
	(void)state;
	assert_true(version_is_any(&(struct version){{0}}));
	assert_false(version_is_any(&(struct version){{[15] = 1}}));
	assert_true(version_equal(&some_version, &(struct version){{1}}));
	assert_false(version_equal(&some_version, &(struct version){{1, [15] = 1}}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_needs_a_range_of_versions),
		cmocka_unit_test(welcome_needs_a_window_that_holds_one_request),
		cmocka_unit_test(range_of_pieces_has_one_at_least_and_does_not_wrap_around),
		cmocka_unit_test(flags_become_fields),
		cmocka_unit_test(paths_of_requests_pass_as_they_are),
		cmocka_unit_test(sums_are_flat_or_tree),
		cmocka_unit_test(ping_echoes_up_to_64_bytes),
		cmocka_unit_test(only_files_have_size_version_and_root),
		cmocka_unit_test(root_that_is_not_known_is_zeros),
		cmocka_unit_test(size_mode_and_time_have_limits),
		cmocka_unit_test(times_beyond_what_travels_are_cut),
		cmocka_unit_test(unreadable_entries_and_only_they_have_a_reason),
		cmocka_unit_test(listed_names_are_legal_paths),
		cmocka_unit_test(pieces_are_whole_digests_from_1_to_2047),
		cmocka_unit_test(void_piece_has_no_digest),
		cmocka_unit_test(errors_have_a_code_a_bounded_wait_and_a_bounded_text),
		cmocka_unit_test(any_version_is_all_zeros),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
