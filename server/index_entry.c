/* Writes entries of the digest index, and reads them back as if an enemy had written them. */
#include "index_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "FERRYIDX"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)
#define FORMAT 1u
#define HEADER_SIZE 44u

void index_entry_name(const struct version *version, char name[INDEX_NAME_LENGTH + 1])
{
	_Static_assert(sizeof(version->bytes) * 2 == INDEX_NAME_LENGTH, "two digits for each byte");
	for (size_t i = 0; i < sizeof(version->bytes); i++)
		snprintf(name + 2 * i, 3, "%02x", version->bytes[i]);
}

static uint64_t bitmap_length(uint64_t file_size)
{
	return piece_count(file_size) / 8 + (piece_count(file_size) % 8 > 0);
}

/* No overflow: a file has at most 2^43 pieces. */
uint64_t index_entry_length(uint64_t file_size, uint64_t known_count)
{
	return HEADER_SIZE + bitmap_length(file_size) + (known_count + 1) * sizeof(struct digest);
}

static enum status sum_of(const unsigned char *bytes, size_t length, struct digest *sum)
{
	struct flat *flat;
	enum status status = flat_new(&flat);

	if (status != STATUS_OK)
		return status;
	flat_add(flat, bytes, length);
	flat_finish(flat, sum);
	flat_free(flat);
	return STATUS_OK;
}

static void write_header(struct writer *writer, const struct version *version, const struct known_digests *known)
{
	writer_bytes(writer, MAGIC, MAGIC_SIZE);
	writer_u32(writer, FORMAT);
	writer_bytes(writer, version->bytes, sizeof(version->bytes));
	writer_u64(writer, known->file_size);
	writer_u64(writer, known->known_count);
}

static void write_digests(struct writer *writer, const struct known_digests *known)
{
	unsigned char *bitmap = writer->next;

	writer_zeros(writer, (size_t)bitmap_length(known->file_size));
	for (uint64_t piece = 0; piece < known->piece_count && !writer->failed; piece++) {
		const struct digest *digest = known_digests_find(known, piece);
		if (!digest)
			continue;
		bitmap[piece / 8] |= (unsigned char)(1u << piece % 8);
		writer_bytes(writer, digest->bytes, sizeof(digest->bytes));
	}
}

enum status index_entry_encode(const struct version *version, const struct known_digests *known, unsigned char **bytes,
	size_t *length)
{
	uint64_t needed = index_entry_length(known->file_size, known->known_count);
	unsigned char *made = needed <= SIZE_MAX ? malloc((size_t)needed) : NULL;
	struct writer writer;

	if (!made)
		return STATUS_NO_MEMORY;
	writer_init(&writer, made, (size_t)needed);
	write_header(&writer, version, known);
	write_digests(&writer, known);
	*bytes = made;
	*length = (size_t)needed;
	return STATUS_OK;
}

enum status index_entry_seal(unsigned char *bytes, size_t length)
{
	struct digest sum;
	enum status status = sum_of(bytes, length - sizeof(sum.bytes), &sum);

	if (status == STATUS_OK)
		memcpy(bytes + length - sizeof(sum.bytes), sum.bytes, sizeof(sum.bytes));
	return status;
}

static enum status check_sum(struct span entry)
{
	struct digest written, computed;
	size_t length = entry.length - sizeof(written.bytes);

	enum status status = sum_of(entry.bytes, length, &computed);
	if (status != STATUS_OK)
		return status;
	memcpy(written.bytes, entry.bytes + length, sizeof(written.bytes));
	return digest_equal(&written, &computed) ? STATUS_OK : STATUS_MISMATCH;
}

/* Reads the header and checks it against the expected values; *KNOWN_COUNT is at most the file's number of pieces. */
static void read_header(struct reader *reader, const struct version *version, uint64_t file_size, uint64_t *known_count)
{
	unsigned char magic[MAGIC_SIZE];
	struct version named;

	reader_bytes(reader, magic, sizeof(magic));
	reader_require(reader, memcmp(magic, MAGIC, sizeof(magic)) == 0);
	reader_require(reader, reader_u32(reader) == FORMAT);
	reader_bytes(reader, named.bytes, sizeof(named.bytes));
	reader_require(reader, version_equal(&named, version));
	reader_require(reader, reader_u64(reader) == file_size);
	*known_count = reader_u64(reader);
	reader_require(reader, *known_count <= piece_count(file_size));
}

/* Are there exactly KNOWN_COUNT bits, and none behind the last piece? */
static bool bitmap_sound(struct span bitmap, uint64_t pieces, uint64_t known_count)
{
	uint64_t count = 0;

	for (size_t i = 0; i < bitmap.length; i++)
		count += (uint64_t)__builtin_popcount(bitmap.bytes[i]);
	if (pieces % 8 > 0 && bitmap.length > 0 && bitmap.bytes[bitmap.length - 1] >> pieces % 8)
		return false;
	return count == known_count;
}

static void add_digests(struct known_digests *known, struct span bitmap, const unsigned char *next)
{
	for (uint64_t piece = 0; piece < known->piece_count; piece++) {
		struct digest digest;
		if (!(bitmap.bytes[piece / 8] >> piece % 8 & 1))
			continue;
		memcpy(digest.bytes, next, sizeof(digest.bytes));
		known_digests_add(known, piece, &digest);
		next += sizeof(digest.bytes);
	}
}

enum status index_entry_decode(struct span entry, const struct version *version, struct known_digests *known)
{
	struct reader reader;
	uint64_t known_count;

	reader_init(&reader, entry.bytes, entry.length);
	read_header(&reader, version, known->file_size, &known_count);
	if (reader.failed || entry.length != index_entry_length(known->file_size, known_count))
		return STATUS_MISMATCH;
	enum status status = check_sum(entry);
	if (status != STATUS_OK)
		return status;
	struct span bitmap = reader_span(&reader, (size_t)bitmap_length(known->file_size));
	if (!bitmap_sound(bitmap, known->piece_count, known_count))
		return STATUS_MISMATCH;
	add_digests(known, bitmap, reader.next);
	return STATUS_OK;
}
