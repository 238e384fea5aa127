/* Tests of both SHA-256 backends against published vectors and against each other, and of the choice between them. */
#include "lanes.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"

#if defined(__x86_64__) && defined(HAVE_IPSEC_MB)
#include <cpuid.h>
#endif

#define VARIABLE "FERRY_LANES"
#define COUNT_MAX 70 /* four full batches of 16 and a rest */

static struct digest one_digest(struct lanes *lanes, const void *bytes, size_t length)
{
	struct digest digest;
	lanes_sha256(lanes, &(struct lane){.bytes = bytes, .length = length, .digest = &digest}, 1);
	return digest;
}

static void assert_digest_is(const struct digest *digest, const char *hex)
{
	char text[2 * sizeof digest->bytes + 1];
	for (size_t i = 0; i < sizeof digest->bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", digest->bytes[i]);
	assert_string_equal(text, hex);
}

/* --- Which backend ---------------------------------------------------------------------------------------------- */

static bool machine_has_wide_sha256(void)
{
#if defined(__x86_64__) && defined(HAVE_IPSEC_MB)
	unsigned eax, ebx, ecx, edx;
	bool sha_ni = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_SHA);
	return sha_ni || __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

static void assert_choice(const char *word, enum lanes_backend backend, const char *name)
{
	struct lanes *lanes;
	assert_int_equal(word ? setenv(VARIABLE, word, 1) : unsetenv(VARIABLE), 0);
	enum status status = lanes_new(backend, &lanes);
	unsetenv(VARIABLE);
	assert_int_equal(status, STATUS_OK);
	assert_string_equal(lanes_name(lanes), name);
	lanes_free(lanes);
}

static void best_is_the_fastest_that_this_machine_can_run(void **state)
{
	(void)state;
	const char *fastest = machine_has_wide_sha256() ? "multibuffer" : "openssl";
	assert_choice(NULL, LANES_BEST, fastest);
	print_message("backend: %s\n", fastest);
}

static void an_empty_variable_counts_as_unset(void **state)
{
	(void)state;
	assert_choice("", LANES_BEST, machine_has_wide_sha256() ? "multibuffer" : "openssl");
}

static void the_variable_forces_openssl(void **state)
{
	(void)state;
	assert_choice("openssl", LANES_BEST, "openssl");
}

static void the_variable_forces_multibuffer_or_says_unsupported(void **state)
{
	(void)state;
	if (machine_has_wide_sha256()) {
		assert_choice("multibuffer", LANES_BEST, "multibuffer");
		return;
	}
	struct lanes *lanes;
	setenv(VARIABLE, "multibuffer", 1);
	enum status status = lanes_new(LANES_BEST, &lanes);
	unsetenv(VARIABLE);
	assert_int_equal(status, STATUS_UNSUPPORTED);
}

static void an_unknown_word_is_invalid(void **state)
{
	(void)state;
	static const char *const words[] = {"best", "OpenSSL", "openssl ", "multi"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct lanes *lanes = NULL;
		setenv(VARIABLE, words[i], 1);
		enum status status = lanes_new(LANES_BEST, &lanes);
		unsetenv(VARIABLE);
		assert_int_equal(status, STATUS_INVALID);
		assert_null(lanes);
	}
}

static void the_variable_does_not_touch_a_backend_asked_for_by_name(void **state)
{
	(void)state;
	assert_choice("nonsense", LANES_OPENSSL, "openssl");
	assert_choice("multibuffer", LANES_OPENSSL, "openssl");
	if (machine_has_wide_sha256())
		assert_choice("openssl", LANES_MULTIBUFFER, "multibuffer");
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	lanes_free(NULL);
	flat_free(NULL);
}

/* --- Right digests ---------------------------------------------------------------------------------------------- */

/* FIPS 180-4's examples. Each message many times over, so that the multi-buffer code hashes it, then alone. */
static void check_published(enum lanes_backend backend)
{
	static const struct {
		const char *message, *hex;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
		 "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	};
	struct lanes *lanes = lanes_or_skip(backend);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct digest digests[COUNT_MAX];
		struct lane messages[COUNT_MAX];
		size_t length = strlen(cases[i].message);
		for (size_t j = 0; j < COUNT_MAX; j++)
			messages[j] = (struct lane){.bytes = cases[i].message, .length = length, .digest = &digests[j]};
		lanes_sha256(lanes, messages, COUNT_MAX);
		for (size_t j = 0; j < COUNT_MAX; j++)
			assert_digest_is(&digests[j], cases[i].hex);
		struct digest alone = one_digest(lanes, cases[i].message, length);
		assert_digest_is(&alone, cases[i].hex);
	}
	lanes_free(lanes);
}

static void openssl_computes_the_published_digests(void **state)
{
	(void)state;
	check_published(LANES_OPENSSL);
}

static void multibuffer_computes_the_published_digests(void **state)
{
	(void)state;
	check_published(LANES_MULTIBUFFER);
}

static void flat_computes_the_digest_of_a_million_letters(void **state)
{
	(void)state;
	char letters[1000];
	memset(letters, 'a', sizeof letters);
	struct flat *flat;
	assert_int_equal(flat_new(&flat), STATUS_OK);
	struct digest digest;
	for (unsigned round = 0; round < 2; round++) { /* the second one shows that finish starts anew */
		for (unsigned i = 0; i < 1000; i++)
			flat_add(flat, letters, sizeof letters);
		flat_finish(flat, &digest);
		assert_digest_is(&digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
	flat_finish(flat, &digest);
	assert_digest_is(&digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	flat_free(flat);
}

/* --- Both backends agree ---------------------------------------------------------------------------------------- */

static void multibuffer_hashes_every_length_as_openssl_does(void **state)
{
	(void)state;
	struct lanes *multibuffer = lanes_or_skip(LANES_MULTIBUFFER);
	struct lanes *openssl = lanes_or_skip(LANES_OPENSSL);
	unsigned char *bytes = random_bytes(LANES_MESSAGE_MAX + COUNT_MAX);
	for (size_t length = 0; length <= LANES_MESSAGE_MAX; length += length < 520 || length > 65400 ? 1 : 811) {
		struct digest digests[16];
		struct lane messages[16];
		for (size_t i = 0; i < 16; i++) /* each at another alignment */
			messages[i] = (struct lane){.bytes = bytes + i, .length = length, .digest = &digests[i]};
		lanes_sha256(multibuffer, messages, 16);
		for (size_t i = 0; i < 16; i++) {
			struct digest expected = one_digest(openssl, bytes + i, length);
			assert_memory_equal(&digests[i], &expected, sizeof expected);
		}
	}
	free(bytes);
	lanes_free(openssl);
	lanes_free(multibuffer);
}

/* Lengths that differ little go through the multi-buffer code, very different ones to OpenSSL: spread says which. */
static void check_mixed(struct lanes *multibuffer, struct lanes *openssl, const unsigned char *bytes, uint32_t spread)
{
	uint32_t seed = spread;
	for (size_t count = 0; count <= COUNT_MAX; count++) {
		struct digest digests[COUNT_MAX], expected[COUNT_MAX];
		struct lane messages[COUNT_MAX], again[COUNT_MAX];
		for (size_t i = 0; i < count; i++) {
			size_t length = 4096 - spread + next_random(&seed) % (2 * spread);
			messages[i] = (struct lane){
				.bytes = bytes + next_random(&seed) % 8192, .length = length, .digest = &digests[i]};
			again[i] = messages[i];
			again[i].digest = &expected[i];
		}
		lanes_sha256(multibuffer, messages, count);
		lanes_sha256(openssl, again, count);
		assert_memory_equal(digests, expected, count * sizeof digests[0]);
	}
}

static void multibuffer_hashes_any_mixture_as_openssl_does(void **state)
{
	(void)state;
	struct lanes *multibuffer = lanes_or_skip(LANES_MULTIBUFFER);
	struct lanes *openssl = lanes_or_skip(LANES_OPENSSL);
	unsigned char *bytes = random_bytes(16384);
	check_mixed(multibuffer, openssl, bytes, 1);
	check_mixed(multibuffer, openssl, bytes, 200);
	check_mixed(multibuffer, openssl, bytes, 4096);
	free(bytes);
	lanes_free(openssl);
	lanes_free(multibuffer);
}

static void multibuffer_hashes_one_very_long_message_among_short_ones(void **state)
{
	(void)state;
	struct lanes *multibuffer = lanes_or_skip(LANES_MULTIBUFFER);
	struct lanes *openssl = lanes_or_skip(LANES_OPENSSL);
	unsigned char *bytes = random_bytes(LANES_MESSAGE_MAX);
	for (size_t position = 0; position < 16; position++) {
		struct digest digests[16];
		struct lane messages[16];
		for (size_t i = 0; i < 16; i++) {
			size_t length = i == position ? LANES_MESSAGE_MAX : i;
			messages[i] = (struct lane){.bytes = bytes, .length = length, .digest = &digests[i]};
		}
		lanes_sha256(multibuffer, messages, 16);
		for (size_t i = 0; i < 16; i++) {
			struct digest expected = one_digest(openssl, bytes, messages[i].length);
			assert_memory_equal(&digests[i], &expected, sizeof expected);
		}
	}
	free(bytes);
	lanes_free(openssl);
	lanes_free(multibuffer);
}

/* --- Nothing but the messages is read --------------------------------------------------------------------------- */

static void hash_sixteen_times(struct lanes *lanes, const void *bytes, size_t length)
{
	struct digest digests[16];
	struct lane messages[16];
	for (size_t i = 0; i < 16; i++)
		messages[i] = (struct lane){.bytes = bytes, .length = length, .digest = &digests[i]};
	lanes_sha256(lanes, messages, 16);
}

/* The library is assembly, which no sanitizer sees: pages without access stand on both sides of the messages. */
static void multibuffer_reads_no_byte_beside_a_message(void **state)
{
	(void)state;
	struct lanes *lanes = lanes_or_skip(LANES_MULTIBUFFER);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t length = 65536;
	unsigned char *map = mmap(NULL, length + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(map != MAP_FAILED);
	unsigned char *begin = map + page;
	assert_int_equal(mprotect(begin, length, PROT_READ), 0);
	for (size_t i = 0; i <= LANES_MESSAGE_MAX; i += i < 520 || i > 65400 ? 1 : 811) {
		hash_sixteen_times(lanes, begin, i);
		hash_sixteen_times(lanes, begin + length - i, i);
	}
	munmap(map, length + 2 * page);
	lanes_free(lanes);
}

/* --- Threads ---------------------------------------------------------------------------------------------------- */

struct hasher {
	pthread_t thread;
	const unsigned char *bytes;
	struct digest digests[16];
	enum status status;
};

static void *hash_on_a_thread(void *argument)
{
	struct hasher *hasher = argument;
	struct lanes *lanes;
	hasher->status = lanes_new(LANES_BEST, &lanes);
	if (hasher->status != STATUS_OK)
		return NULL;
	struct lane messages[16];
	for (size_t i = 0; i < 16; i++)
		messages[i] = (struct lane){.bytes = hasher->bytes + i, .length = 16384, .digest = &hasher->digests[i]};
	for (unsigned round = 0; round < 20; round++)
		lanes_sha256(lanes, messages, 16);
	lanes_free(lanes);
	return NULL;
}

static void threads_with_lanes_of_their_own_do_not_disturb_each_other(void **state)
{
	(void)state;
	unsigned char *bytes = random_bytes(16384 + 16);
	struct hasher hashers[4];
	for (size_t i = 0; i < 4; i++) {
		hashers[i].bytes = bytes;
		assert_int_equal(pthread_create(&hashers[i].thread, NULL, hash_on_a_thread, &hashers[i]), 0);
	}
	for (size_t i = 0; i < 4; i++)
		pthread_join(hashers[i].thread, NULL);
	struct lanes *openssl = lanes_or_skip(LANES_OPENSSL);
	for (size_t i = 0; i < 16; i++) {
		struct digest expected = one_digest(openssl, bytes + i, 16384);
		for (size_t j = 0; j < 4; j++) {
			assert_int_equal(hashers[j].status, STATUS_OK);
			assert_memory_equal(&hashers[j].digests[i], &expected, sizeof expected);
		}
	}
	lanes_free(openssl);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(best_is_the_fastest_that_this_machine_can_run),
		cmocka_unit_test(an_empty_variable_counts_as_unset),
		cmocka_unit_test(the_variable_forces_openssl),
		cmocka_unit_test(the_variable_forces_multibuffer_or_says_unsupported),
		cmocka_unit_test(an_unknown_word_is_invalid),
		cmocka_unit_test(the_variable_does_not_touch_a_backend_asked_for_by_name),
		cmocka_unit_test(freeing_nothing_is_allowed),
		cmocka_unit_test(openssl_computes_the_published_digests),
		cmocka_unit_test(multibuffer_computes_the_published_digests),
		cmocka_unit_test(flat_computes_the_digest_of_a_million_letters),
		cmocka_unit_test(multibuffer_hashes_every_length_as_openssl_does),
		cmocka_unit_test(multibuffer_hashes_any_mixture_as_openssl_does),
		cmocka_unit_test(multibuffer_hashes_one_very_long_message_among_short_ones),
		cmocka_unit_test(multibuffer_reads_no_byte_beside_a_message),
		cmocka_unit_test(threads_with_lanes_of_their_own_do_not_disturb_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
