/* Tests of a connection by a scripted client: greeting, window, numbers, ends. */
#include "rig.h"

static void greets_whatever_way_the_bytes_are_split(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);
	struct welcome welcome;

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 3});
	for (size_t split = 1; split < writer_length(&writer); split++) {
		rig_send_bytes(rig, writer.start, split);
		rig_settle(rig);
		rig_send_bytes(rig, writer.start + split, writer_length(&writer) - split);
		struct answer answer = rig_answer_in(rig, FRAME_GREETING);
		assert_int_equal(answer.frame.type, FRAME_WELCOME);
		assert_int_equal(welcome_decode(answer.payload, &welcome), STATUS_OK);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void greeting_that_is_no_greeting_is_a_protocol_error(void **state)
{
	static const char texts[][32] = {
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rig_send_bytes(rig, texts[i], sizeof(texts[i]));
		assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
		assert_int_equal(shutdown(rig->client, SHUT_WR), 0);
		rig_expect_end(rig);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(greets_whatever_way_the_bytes_are_split, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(greeting_that_is_no_greeting_is_a_protocol_error, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
