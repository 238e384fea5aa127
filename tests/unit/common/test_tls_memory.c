/* Tests of what a peer makes TLS keep in memory by sending half of something: it is counted. */
/* Threat C10 of docs/security.md. */
#include "tls.h"

#include <malloc.h>

#include <openssl/crypto.h>

#include "secured.h"

#define RECORD_MAX 16384u

/* What three full records take on their way (RFC 8446, section 5.2, AES-GCM). */
#define RECORDS (3 * (5 + RECORD_MAX + 1 + 16))

/* Bytes that libssl and libcrypto hold. Under sanitizers malloc itself does not tell. */
static size_t heap_used;

static void *count_malloc(size_t size, const char *file, int line)
{
	void *bytes = malloc(size);

	(void)file;
	(void)line;
	heap_used += malloc_usable_size(bytes);
	return bytes;
}

static void count_free(void *bytes, const char *file, int line)
{
	(void)file;
	(void)line;
	heap_used -= malloc_usable_size(bytes);
	free(bytes);
}

static void *count_realloc(void *bytes, size_t size, const char *file, int line)
{
	size_t before = malloc_usable_size(bytes);
	void *moved = realloc(bytes, size);

	(void)file;
	(void)line;
	if (moved)
		heap_used += malloc_usable_size(moved) - before;
	return moved;
}

static void put(int fd, const void *bytes, size_t length)
{
	assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

/* A ClientHello that says to be of the largest size that libssl waits for, and of which a record has come. */
static void a_handshake_that_is_not_over_is_counted(void **state)
{
	static const unsigned char start[] = {0x16, 3, 1, 0x40, 0, 1, 2, 1, 0x40};
	static const unsigned char more[RECORD_MAX - 4];
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	size_t before = heap_used;

	(void)state;
	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	put(pair.client.fd, start, sizeof(start));
	put(pair.client.fd, more, sizeof(more));
	await_byte(pair.server.fd);
	assert_int_equal(stream_handshake(&pair.server), STATUS_WANT_READ);
	size_t heap = heap_used - before, counted = tls_memory(pair.server.tls);
	print_message("%zu bytes of heap, %zu counted\n", heap, counted);
	assert_true(heap > RECORD_MAX);
	assert_true(heap <= counted);
	pair_close(&pair);
}

/* Takes what the client wrote off the server's socket, and sends it again without its last byte. */
static void hold_last_byte_back(struct pair *pair)
{
	static unsigned char bytes[RECORDS];

	for (size_t length = 0; length < RECORDS;) {
		await_byte(pair->server.fd);
		ssize_t part = recv(pair->server.fd, bytes + length, RECORDS - length, 0);
		assert_true(part > 0);
		length += (size_t)part;
	}
	put(pair->client.fd, bytes, RECORDS - 1);
}

static void a_part_of_a_record_is_counted(void **state)
{
	static unsigned char bytes[3 * RECORD_MAX];
	struct pair pair = pair_plain_secure();
	size_t length, read = 0;

	(void)state;
	assert_int_equal(stream_read(&pair.server, bytes, 1, &length), STATUS_WANT_READ);
	size_t idle = tls_memory(pair.server.tls), before = heap_used;
	assert_int_equal(stream_write(&pair.client, bytes, sizeof(bytes), STREAM_LAST, &length), STATUS_OK);
	hold_last_byte_back(&pair);
	while (read < 2 * RECORD_MAX) {
		if (stream_read(&pair.server, bytes, sizeof(bytes), &length) == STATUS_OK)
			read += length;
		else
			await_byte(pair.server.fd);
	}
	assert_int_equal(stream_read(&pair.server, bytes, sizeof(bytes), &length), STATUS_WANT_READ);
	size_t heap = heap_used - before, counted = tls_memory(pair.server.tls) - idle;
	print_message("%zu bytes of heap more, %zu counted\n", heap, counted);
	assert_true(heap >= RECORD_MAX);
	assert_true(heap <= counted);
	pair_close(&pair);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_that_is_not_over_is_counted),
		cmocka_unit_test(a_part_of_a_record_is_counted),
	};

	/* Before libcrypto has asked for anything. */
	if (CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
