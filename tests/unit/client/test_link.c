/* Tests of links against scripted servers: order, window, patience, loss and the bytes of pieces. */
/* Threat S12 of docs/security.md. */
#include "scripted_server.h"

#include "link_state.h"
#include "path.h"

static void send_stat(struct link *link)
{
	unsigned char bytes[128];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	stat_request_encode(&writer, link_number(link), &(struct stat_request){span_of("x")});
	assert_int_equal(link_send(link, bytes, writer_length(&writer)), STATUS_OK);
}
#define STAT_SIZE 11u /* header, length, "x" */

static const struct file a_file = {.kind = ENTRY_FILE, .size = 7, .version.bytes = {1}};

static enum status receive(struct link *link, struct frame *frame)
{
	struct span payload;

	return link_receive(link, frame, &payload);
}

/* --- Requests and answers ------------------------------------------------------------------------------------------ */

static void play_two_answers(struct script *script, int fd)
{
	greet_with(script, fd, &usual_welcome);
	hear(script, fd, 2 * STAT_SIZE);
	SAY(fd, file_encode, 1, &a_file);
	SAY(fd, file_encode, 2, &a_file);
	hear_end(script, fd);
}

static void requests_are_gathered_numbered_and_answered_in_order(void **state)
{
	struct script script = {.play = play_two_answers};
	struct link *link = open_link(&script, &usual);
	struct frame frame;

	(void)state;
	send_stat(link);
	send_stat(link);
	assert_int_equal(link_window_requests(link), 62);
	assert_int_equal(link_window_bytes(link), 65536 - 2 * STAT_SIZE);
	for (uint16_t number = 1; number <= 2; number++) {
		assert_int_equal(receive(link, &frame), STATUS_OK);
		assert_int_equal(frame.type, FRAME_FILE);
		assert_int_equal(frame.number, number);
		link_answered(link);
	}
	assert_int_equal(link_window_bytes(link), 65536);
	link_close(link);
	script_end(&script);
	assert_true(script.ended);
}

static void play_wrong_number(struct script *script, int fd)
{
	greet_with(script, fd, &usual_welcome);
	hear(script, fd, 2 * STAT_SIZE);
	SAY(fd, file_encode, 2, &a_file);
	hear_end(script, fd);
}

static void an_answer_out_of_turn_breaks_the_link(void **state)
{
	struct script script = {.play = play_wrong_number};
	struct link *link = open_link(&script, &usual);
	struct frame frame;

	(void)state;
	send_stat(link);
	send_stat(link);
	assert_int_equal(receive(link, &frame), STATUS_PROTOCOL);
	link_close(link);
	script_end(&script);
}

static void play_unasked(struct script *script, int fd)
{
	greet_with(script, fd, &usual_welcome);
	SAY(fd, file_encode, 1, &a_file);
	hear_end(script, fd);
}

static void an_answer_that_nobody_asked_for_breaks_the_link(void **state)
{
	struct script script = {.play = play_unasked};
	struct link *link = open_link(&script, &usual);
	struct frame frame;

	(void)state;
	assert_int_equal(receive(link, &frame), STATUS_PROTOCOL);
	link_drop(link);
	script_end(&script);
}

static void play_late_complaint(struct script *script, int fd)
{
	const struct error error = {.code = ERROR_STOPPING, .text = span_of("going down")};

	greet_with(script, fd, &usual_welcome);
	hear(script, fd, STAT_SIZE);
	SAY(fd, error_encode, 0, &error);
}

static void an_error_with_number_zero_ends_the_link_with_its_reason(void **state)
{
	struct script script = {.play = play_late_complaint};
	struct link *link = open_link(&script, &usual);
	struct frame frame;
	struct failure failure;

	(void)state;
	send_stat(link);
	assert_int_equal(receive(link, &frame), STATUS_STOPPING);
	link_failure(link, STATUS_STOPPING, &failure);
	assert_int_equal(failure.code, EXIT_NETWORK);
	assert_true(failure.retry);
	assert_non_null(strstr(failure.text, "going down"));
	link_drop(link);
	script_end(&script);
}

static void play_error(struct script *script, int fd)
{
	const struct error error = {.code = ERROR_REFUSED, .text = span_of("not yours")};

	greet_with(script, fd, &usual_welcome);
	hear(script, fd, STAT_SIZE);
	SAY(fd, error_encode, 1, &error);
	hear_end(script, fd);
}

static void an_error_of_a_request_leaves_the_link_whole(void **state)
{
	struct script script = {.play = play_error};
	struct link *link = open_link(&script, &usual);
	struct frame frame;
	struct span payload;
	struct failure failure;

	(void)state;
	send_stat(link);
	assert_int_equal(link_receive(link, &frame, &payload), STATUS_OK);
	assert_int_equal(frame.type, FRAME_ERROR);
	assert_int_equal(link_error(link, payload, &script.url, span_of(""), &failure), STATUS_REFUSED);
	assert_int_equal(failure.code, EXIT_REFUSED);
	assert_non_null(strstr(failure.text, "folder/file (not yours)"));
	link_answered(link);
	link_close(link);
	script_end(&script);
	assert_true(script.ended);
}

static void play_end(struct script *script, int fd)
{
	greet_with(script, fd, &usual_welcome);
	hear(script, fd, STAT_SIZE);
	say(fd, "\0\0\0", 3);
}

static void an_end_in_mid_answer_is_a_lost_connection(void **state)
{
	struct script script = {.play = play_end};
	struct link *link = open_link(&script, &usual);
	struct frame frame;

	(void)state;
	send_stat(link);
	assert_int_equal(receive(link, &frame), STATUS_LOST);
	link_close(link);
	script_end(&script);
}

/* --- Patience ------------------------------------------------------------------------------------------------------ */

struct pace {
	uint64_t step; /* by which the count grows */
	int64_t pause;
};

/* Says PROGRESS ten times, then answers. */
static void play_progress(struct script *script, int fd)
{
	const struct pace *pace = script->told;
	struct timespec pause = clock_to_timespec(pace->pause);

	greet_with(script, fd, &usual_welcome);
	hear(script, fd, STAT_SIZE);
	for (uint64_t i = 1; i <= 10; i++) {
		SAY(fd, progress_report_encode, 1, &(struct progress_report){i * pace->step});
		nanosleep(&pause, NULL);
	}
	SAY(fd, file_encode, 1, &a_file);
	hear_end(script, fd);
}

static void progress_that_grows_renews_the_patience(void **state)
{
	/* All pauses together are more than the patience, each alone is far less. */
	const struct pace pace = {.step = 1, .pause = 50 * CLOCK_MS};
	const struct link_options options = {.timeout = 400 * CLOCK_MS, .stop_fd = -1};
	struct script script = {.play = play_progress, .told = &pace};
	struct link *link = open_link(&script, &options);
	struct frame frame;

	(void)state;
	send_stat(link);
	assert_int_equal(receive(link, &frame), STATUS_OK);
	assert_int_equal(frame.type, FRAME_FILE);
	link_drop(link);
	script_end(&script);
}

static void progress_that_stands_still_is_as_good_as_silence(void **state)
{
	const struct pace pace = {.step = 0, .pause = 20 * CLOCK_MS};
	struct script script = {.play = play_progress, .told = &pace};
	struct link *link = open_link(&script, &hasty);
	struct frame frame;

	(void)state;
	send_stat(link);
	assert_int_equal(receive(link, &frame), STATUS_TIMEOUT);
	link_drop(link);
	script_end(&script);
}

/* --- Pieces -------------------------------------------------------------------------------------------------------- */

#define PIECE_BYTES 1000000u

static unsigned char byte_at(size_t place)
{
	return (unsigned char)(place % 251);
}

static void play_data(struct script *script, int fd)
{
	static unsigned char bytes[PIECE_BYTES];
	const struct data_trailer trailer = {.status = DATA_PROVEN, .digest.bytes = {42}};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = byte_at(i);
	greet_with(script, fd, &usual_welcome);
	hear(script, fd, STAT_SIZE);
	for (int i = 0; i < 2; i++) {
		SAY(fd, data_header_encode, 1, PIECE_BYTES);
		say(fd, bytes, sizeof(bytes));
		SAY(fd, data_trailer_encode, &trailer);
	}
	hear_end(script, fd);
}

/* Takes one DATA frame in views of at most CHUNK bytes; false where a byte is wrong. */
static bool take_data(struct link *link, uint32_t chunk)
{
	struct frame frame;
	struct span bytes;
	struct data_trailer trailer;

	assert_int_equal(receive(link, &frame), STATUS_OK);
	assert_int_equal(frame.type, FRAME_DATA);
	assert_int_equal(frame.length, PIECE_BYTES + DATA_TRAILER_SIZE);
	for (uint32_t place = 0; place < PIECE_BYTES; place += (uint32_t)bytes.length) {
		uint32_t rest = PIECE_BYTES - place;
		assert_int_equal(link_view(link, rest < chunk ? rest : chunk, &bytes), STATUS_OK);
		for (size_t i = 0; i < bytes.length; i++) {
			if (bytes.bytes[i] != byte_at(place + i))
				return false;
		}
	}
	assert_int_equal(link_view(link, DATA_TRAILER_SIZE, &bytes), STATUS_OK);
	assert_int_equal(data_trailer_decode(bytes.bytes, &trailer), STATUS_OK);
	return trailer.digest.bytes[0] == 42;
}

static void data_is_viewed_byte_for_byte_in_any_portions(void **state)
{
	static const uint32_t chunks[] = {LINK_VIEW_MAX, LINK_VIEW_MAX - 1, 65537, 65536, 16384, 4093};

	(void)state;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		struct script script = {.play = play_data};
		struct link *link = open_link(&script, &usual);
		send_stat(link);
		assert_true(take_data(link, chunks[i]));
		assert_true(take_data(link, chunks[i]));
		link_answered(link);
		link_close(link);
		script_end(&script);
		assert_true(script.ended);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_gathered_numbered_and_answered_in_order),
		cmocka_unit_test(an_answer_out_of_turn_breaks_the_link),
		cmocka_unit_test(an_answer_that_nobody_asked_for_breaks_the_link),
		cmocka_unit_test(an_error_with_number_zero_ends_the_link_with_its_reason),
		cmocka_unit_test(an_error_of_a_request_leaves_the_link_whole),
		cmocka_unit_test(an_end_in_mid_answer_is_a_lost_connection),
		cmocka_unit_test(progress_that_grows_renews_the_patience),
		cmocka_unit_test(progress_that_stands_still_is_as_good_as_silence),
		cmocka_unit_test(data_is_viewed_byte_for_byte_in_any_portions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
