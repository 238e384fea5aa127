/* Reading files, piece by piece, for tests of READ, DIGESTS and SUM. */
#ifndef READING_H
#define READING_H

#include "script.h"

static const struct version any;

/* The digest that byte number i = i mod 251 gives for a piece. */
static inline struct digest digest_of(struct rig *rig, uint64_t size, uint64_t index)
{
	static unsigned char bytes[PIECE_SIZE];
	uint32_t length = piece_length(size, index);
	struct digest digest;
	struct piece piece;

	for (uint32_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)((index * PIECE_SIZE + i) % 251);
	piece_start(&piece, size);
	if (length > 0)
		piece_add(&piece, rig->bench.lanes, bytes, length);
	piece_finish(&piece, rig->bench.lanes, &digest);
	return digest;
}

static inline struct file expect_file(struct rig *rig, uint16_t number)
{
	struct answer answer = rig_answer(rig, FRAME_FILE, number);
	struct file file;

	assert_int_equal(file_decode(answer.payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_FILE);
	return file;
}

static inline struct data_trailer expect_data(struct rig *rig, uint16_t number, uint32_t length)
{
	struct answer answer = rig_answer(rig, FRAME_DATA, number);
	struct data_trailer trailer;

	assert_int_equal(answer.payload.length, length + DATA_TRAILER_SIZE);
	assert_int_equal(data_trailer_decode(answer.payload.bytes + length, &trailer), STATUS_OK);
	return trailer;
}

static inline void expect_piece(struct rig *rig, uint16_t number, uint64_t size, uint64_t index)
{
	struct data_trailer trailer = expect_data(rig, number, piece_length(size, index));
	struct digest digest = digest_of(rig, size, index);

	assert_int_equal(trailer.status, DATA_PROVEN);
	assert_true(digest_equal(&trailer.digest, &digest));
}

static inline uint16_t ask(struct rig *rig, const char *path, struct version version, uint64_t first, uint64_t count)
{
	return rig_read(rig, &(struct pieces_request){
		.path = span_of(path), .version = version, .first = first, .count = count,
	});
}

/* Opens the file: its version, from piece 0. */
static inline struct version open_file(struct rig *rig, const char *path, uint64_t size)
{
	uint16_t number = ask(rig, path, any, 0, 1);
	struct file file = expect_file(rig, number);

	assert_int_equal(file.size, size);
	expect_piece(rig, number, size, 0);
	return file.version;
}

#endif
