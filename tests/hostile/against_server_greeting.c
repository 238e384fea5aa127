/* Attacks before and with the greeting. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

static const unsigned char sound_hello[] = PROTOCOL_MAGIC "\0\1\0\1\0\0\0";
#define HELLO_SIZE 16u

/* A HELLO whose header claims LENGTH, with as much of PAYLOAD as there is. */
static void say_hello(struct stage *stage, uint32_t length, const void *payload, size_t payload_length)
{
	raw_open(&stage->raw, stage->plain.port);
	raw_frame(&stage->raw, &(struct frame){.length = length, .type = FRAME_HELLO}, payload, payload_length);
}

static void a_hello_longer_than_its_limit_is_refused_by_its_header(void *stage, const void *argument)
{
	static const uint32_t lengths[] = {FRAME_GREETING_MAX + 1, 65536, UINT32_C(1) << 31, UINT32_MAX};

	(void)argument;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		say_hello(stage, lengths[i], NULL, 0);
		raw_expect_fatal(&((struct stage *)stage)->raw, ERROR_PROTOCOL);
	}
}

static void a_hello_that_is_cut_off_is_refused(void *stage, const void *argument)
{
	(void)argument;
	for (uint32_t length = 0; length < HELLO_SIZE; length++) {
		say_hello(stage, length, sound_hello, length);
		raw_expect_fatal(&((struct stage *)stage)->raw, ERROR_PROTOCOL);
	}
}

static const struct hostile_case cases[] = {
	HOSTILE(C5, a_hello_longer_than_its_limit_is_refused_by_its_header),
	HOSTILE(C5, a_hello_that_is_cut_off_is_refused),
};
const struct hostile_table against_greeting = HOSTILE_TABLE(cases);
