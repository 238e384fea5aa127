/* Tests of the bounded reader and writer: what they hold, and that they stop for good at their end. */
/* Threat C5 of docs/security.md. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char counting[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void reader_takes_integers_with_the_high_byte_first(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, sizeof counting);
	assert_int_equal(reader_u8(&reader), 0x01);
	assert_int_equal(reader_u16(&reader), 0x0203);
	assert_int_equal(reader_u32(&reader), 0x04050607);
	assert_int_equal(reader_u64(&reader), 0x08090a0b0c0d0e0f);
	assert_true(reader_done(&reader));
}

static void reader_gives_nothing_after_its_end(void **state)
{
	struct reader reader;
	unsigned char bytes[2] = {7, 7};

	(void)state;
	reader_init(&reader, counting, 3);
	assert_int_equal(reader_u32(&reader), 0);
	/* Three bytes would be there, but a reader that failed stays so. */
	assert_int_equal(reader_u8(&reader), 0);
	assert_int_equal(reader_left(&reader), 0);
	assert_int_equal(reader_span(&reader, 1).length, 0);
	assert_int_equal(reader_span16(&reader).length, 0);
	reader_bytes(&reader, bytes, sizeof bytes);
	assert_int_equal(bytes[0] | bytes[1], 0);
	assert_false(reader_done(&reader));
}

static void reader_refuses_each_integer_that_lacks_its_last_byte(void **state)
{
	struct reader readers[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		reader_init(&readers[i], counting, ((size_t)1 << i) - 1);
	assert_int_equal(reader_u8(&readers[0]), 0);
	assert_int_equal(reader_u16(&readers[1]), 0);
	assert_int_equal(reader_u32(&readers[2]), 0);
	assert_int_equal(reader_u64(&readers[3]), 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(readers[i].failed);
}

static void reader_is_not_done_while_bytes_are_left(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 3);
	assert_int_equal(reader_u16(&reader), 0x0102);
	assert_int_equal(reader_left(&reader), 1);
	assert_false(reader_done(&reader));
	assert_false(reader.failed);
}

static void reader_of_nothing_is_done_at_once(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, NULL, 0);
	assert_true(reader_done(&reader));
	assert_int_equal(reader_span(&reader, 0).length, 0);
	assert_true(reader_done(&reader));
	assert_int_equal(reader_u8(&reader), 0);
	assert_false(reader_done(&reader));
}

static void reader_shows_text_within_its_own_bytes(void **state)
{
	static const unsigned char bytes[] = {0, 2, 'h', 'i', 0, 0};
	struct reader reader;

	(void)state;
	reader_init(&reader, bytes, sizeof bytes);
	struct span text = reader_span16(&reader);
	assert_ptr_equal(text.bytes, bytes + 2);
	assert_int_equal(text.length, 2);
	assert_int_equal(reader_span16(&reader).length, 0);
	assert_true(reader_done(&reader));
}

static void reader_refuses_text_longer_than_its_frame(void **state)
{
	static const unsigned char bytes[] = {0, 3, 'h', 'i'};
	struct reader reader;

	(void)state;
	reader_init(&reader, bytes, sizeof bytes);
	assert_int_equal(reader_span16(&reader).length, 0);
	assert_true(reader.failed);
}

static void reader_refuses_a_length_that_would_wrap_around(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, sizeof counting);
	assert_null(reader_span(&reader, SIZE_MAX).bytes);
	assert_true(reader.failed);
}

static void reader_fails_for_a_value_that_is_not_allowed(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 1);
	reader_require(&reader, reader_u8(&reader) == 1);
	assert_true(reader_done(&reader));
	reader_require(&reader, false);
	reader_require(&reader, true);
	assert_false(reader_done(&reader));
}

static void writer_puts_the_high_byte_first(void **state)
{
	unsigned char bytes[sizeof counting];
	struct writer writer;

	(void)state;
	writer_init(&writer, bytes, sizeof bytes);
	writer_u8(&writer, 0x01);
	writer_u16(&writer, 0x0203);
	writer_u32(&writer, 0x04050607);
	writer_u64(&writer, 0x08090a0b0c0d0e0f);
	assert_false(writer.failed);
	assert_int_equal(writer_length(&writer), sizeof counting);
	assert_int_equal(writer_left(&writer), 0);
	assert_memory_equal(bytes, counting, sizeof counting);
}

static void writer_keeps_bytes_zeros_and_text(void **state)
{
	unsigned char bytes[9];
	struct writer writer;

	(void)state;
	memset(bytes, 0xee, sizeof bytes);
	writer_init(&writer, bytes, sizeof bytes);
	writer_bytes(&writer, "abc", 3);
	writer_zeros(&writer, 2);
	writer_span16(&writer, (struct span){counting, 2});
	writer_bytes(&writer, NULL, 0);
	assert_false(writer.failed);
	assert_memory_equal(bytes, "abc\0\0\0\2\1\2", sizeof bytes);
}

/* One write each that lacks one byte of room. */
static void overfill(struct writer *writer, unsigned kind)
{
	switch (kind) {
	case 0: writer_u16(writer, 1); break;
	case 1: writer_u32(writer, 1); break;
	case 2: writer_u64(writer, 1); break;
	case 3: writer_bytes(writer, "abc", 3); break;
	case 4: writer_zeros(writer, 4); break;
	case 5: writer_span16(writer, (struct span){counting, 2}); break;
	}
}

static void writer_writes_nothing_of_what_does_not_fit(void **state)
{
	static const size_t room[] = {1, 3, 7, 2, 3, 3};
	unsigned char bytes[8];
	struct writer writer;

	(void)state;
	for (unsigned kind = 0; kind < 6; kind++) {
		memset(bytes, 0xee, sizeof bytes);
		writer_init(&writer, bytes, room[kind]);
		overfill(&writer, kind);
		assert_true(writer.failed);
		assert_int_equal(writer_length(&writer), 0);
		for (size_t i = 0; i < sizeof bytes; i++)
			assert_int_equal(bytes[i], 0xee);
	}
}

static void writer_that_failed_takes_nothing_more(void **state)
{
	unsigned char bytes[3];
	struct writer writer;

	(void)state;
	writer_init(&writer, bytes, sizeof bytes);
	writer_u32(&writer, 1);
	writer_u8(&writer, 1);
	assert_true(writer.failed);
	assert_int_equal(writer_length(&writer), 0);
	assert_int_equal(writer_left(&writer), 0);
}

static void writer_refuses_text_whose_length_two_bytes_cannot_hold(void **state)
{
	size_t capacity = 2 + 65536;
	unsigned char *bytes = malloc(capacity), *text = calloc(65536, 1);
	struct writer writer;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(text);
	writer_init(&writer, bytes, capacity);
	writer_span16(&writer, (struct span){text, 65535});
	assert_false(writer.failed);
	writer_init(&writer, bytes, capacity);
	writer_span16(&writer, (struct span){text, 65536});
	assert_true(writer.failed);
	free(text);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_takes_integers_with_the_high_byte_first),
		cmocka_unit_test(reader_gives_nothing_after_its_end),
		cmocka_unit_test(reader_refuses_each_integer_that_lacks_its_last_byte),
		cmocka_unit_test(reader_is_not_done_while_bytes_are_left),
		cmocka_unit_test(reader_of_nothing_is_done_at_once),
		cmocka_unit_test(reader_shows_text_within_its_own_bytes),
		cmocka_unit_test(reader_refuses_text_longer_than_its_frame),
		cmocka_unit_test(reader_refuses_a_length_that_would_wrap_around),
		cmocka_unit_test(reader_fails_for_a_value_that_is_not_allowed),
		cmocka_unit_test(writer_puts_the_high_byte_first),
		cmocka_unit_test(writer_keeps_bytes_zeros_and_text),
		cmocka_unit_test(writer_writes_nothing_of_what_does_not_fit),
		cmocka_unit_test(writer_that_failed_takes_nothing_more),
		cmocka_unit_test(writer_refuses_text_whose_length_two_bytes_cannot_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
