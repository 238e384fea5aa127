/* Tests of who may read what: by address, by token, by a part of a share, and after a change of the rules. */
/* Threat C17 of docs/security.md. */
#include "access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "path.h"

/* "open" is for anyone, "near" for loopback, "docs" and "music" for tokens, "inner" for tokens from 10.0.0.0/8. */
enum { OPEN, NEAR, DOCS, MUSIC, INNER, SHARES };

static struct network loopback, inside;
static struct share_settings share_rules[] = {
	[OPEN] = {.name = (char *)(intptr_t) "open"},
	[NEAR] = {.name = (char *)(intptr_t) "near", .addresses = &loopback, .address_count = 1},
	[DOCS] = {.name = (char *)(intptr_t) "docs", .access = SHARE_TOKENS},
	[MUSIC] = {.name = (char *)(intptr_t) "music", .access = SHARE_TOKENS},
	[INNER] = {.name = (char *)(intptr_t) "inner", .access = SHARE_TOKENS, .addresses = &inside, .address_count = 1},
};
static struct share share_list[SHARES];

static struct settings settings = {.shares = share_rules, .share_count = SHARES};
static struct shares shares = {.list = share_list, .count = SHARES};

static struct digest digest_of(unsigned char byte)
{
	struct digest digest;

	memset(digest.bytes, byte, sizeof(digest.bytes));
	return digest;
}

static void add(struct tokens *tokens, const char *name, unsigned char byte, const char *share, const char *prefix, int64_t expires)
{
	struct token token = {
		.name = strdup(name), .share = strdup(share), .prefix = strdup(prefix), .digest = digest_of(byte), .expires = expires};

	assert_int_equal(tokens_add(tokens, &token), STATUS_OK);
}

static struct tokens make_tokens(void)
{
	struct tokens tokens = {.list = NULL};
	int64_t now = clock_real() / CLOCK_SECOND;

	add(&tokens, "all", 1, "docs", "", TOKEN_NEVER);
	add(&tokens, "part", 2, "docs", "a/b", now + 1000);
	add(&tokens, "expired", 3, "docs", "", now);
	add(&tokens, "inner", 4, "inner", "", TOKEN_NEVER);
	add(&tokens, "key-docs", 5, "docs", "", TOKEN_NEVER);
	add(&tokens, "key-music", 5, "music", "loud", TOKEN_NEVER);
	tokens.list[4].kind = tokens.list[5].kind = TOKEN_KEY;
	return tokens;
}

static int begin(void **state)
{
	struct tokens tokens = make_tokens();
	struct access *access = NULL;

	for (size_t i = 0; i < SHARES; i++)
		share_list[i].name = share_rules[i].name;
	assert_int_equal(network_parse("127.0.0.0/8", &loopback), STATUS_OK);
	assert_int_equal(network_parse("10.0.0.0/8", &inside), STATUS_OK);
	assert_int_equal(access_new(&settings, &shares, &tokens, &access), STATUS_OK);
	*state = access;
	return 0;
}

static int end(void **state)
{
	access_free(*state);
	return 0;
}

/* BYTE 0: no claim. */
static struct visitor *visitor(const char *from, enum token_kind kind, unsigned char byte)
{
	struct address address;
	struct claim claim = {.kind = kind, .digest = digest_of(byte)};

	assert_int_equal(address_parse(from, &address), STATUS_OK);
	struct visitor *visitor = visitor_new(&address, NULL);
	assert_non_null(visitor);
	if (byte != 0)
		assert_int_equal(visitor_claim(visitor, &claim), STATUS_OK);
	return visitor;
}

static enum status judge(struct access *access, const char *from, unsigned char byte, size_t share, const char *path)
{
	struct visitor *asking = visitor(from, TOKEN_SECRET, byte);
	size_t confined = 999;
	enum status status = access_judge(access, asking, share, span_of(path), &confined);

	visitor_free(asking);
	return status;
}

static void a_share_without_rules_is_for_anyone(void **state)
{
	assert_int_equal(judge(*state, "127.0.0.1", 0, OPEN, ""), STATUS_OK);
	assert_int_equal(judge(*state, "8.8.8.8", 0, OPEN, "any/thing"), STATUS_OK);
	assert_int_equal(judge(*state, "[2001:db8::1]", 1, OPEN, ""), STATUS_OK);
}

static void a_share_does_not_exist_for_other_addresses(void **state)
{
	assert_int_equal(judge(*state, "127.9.9.9", 0, NEAR, ""), STATUS_OK);
	assert_int_equal(judge(*state, "[::ffff:127.0.0.1]", 0, NEAR, ""), STATUS_OK);
	assert_int_equal(judge(*state, "128.0.0.1", 0, NEAR, ""), STATUS_NOT_FOUND);
	assert_int_equal(judge(*state, "[::1]", 0, NEAR, ""), STATUS_NOT_FOUND);
}

static void a_share_for_tokens_does_not_exist_without_one(void **state)
{
	assert_int_equal(judge(*state, "127.0.0.1", 0, DOCS, ""), STATUS_NOT_FOUND);
	assert_int_equal(judge(*state, "127.0.0.1", 1, DOCS, ""), STATUS_OK);
	assert_int_equal(judge(*state, "127.0.0.1", 1, DOCS, "x/y"), STATUS_OK);
}

static void a_token_is_good_for_its_share_only(void **state)
{
	assert_int_equal(judge(*state, "127.0.0.1", 1, MUSIC, ""), STATUS_NOT_FOUND);
	assert_int_equal(judge(*state, "127.0.0.1", 1, OPEN, ""), STATUS_OK);
}

static void a_token_for_a_part_is_good_for_nothing_beside_it(void **state)
{
	static const char *const outside[] = {"", "a", "b", "a/c", "a/bb", "a/b2/c", "a/B", "x/a/b"};

	assert_int_equal(judge(*state, "127.0.0.1", 2, DOCS, "a/b"), STATUS_OK);
	assert_int_equal(judge(*state, "127.0.0.1", 2, DOCS, "a/b/c/d"), STATUS_OK);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_int_equal(judge(*state, "127.0.0.1", 2, DOCS, outside[i]), STATUS_NOT_FOUND);
}

static void whoever_comes_for_a_part_is_confined_to_it(void **state)
{
	struct visitor *whole = visitor("127.0.0.1", TOKEN_SECRET, 1), *part = visitor("127.0.0.1", TOKEN_SECRET, 2);
	size_t confined = 999;

	assert_int_equal(access_judge(*state, whole, DOCS, span_of("a/b/c"), &confined), STATUS_OK);
	assert_int_equal(confined, 0);
	assert_int_equal(access_judge(*state, part, DOCS, span_of("a/b/c"), &confined), STATUS_OK);
	assert_int_equal(confined, 3);
	visitor_free(whole);
	visitor_free(part);
}

static void an_expired_or_unknown_token_is_refused(void **state)
{
	assert_int_equal(judge(*state, "127.0.0.1", 3, DOCS, ""), STATUS_REFUSED);
	assert_int_equal(judge(*state, "127.0.0.1", 99, DOCS, ""), STATUS_REFUSED);
	assert_int_equal(access_check(*state, &(struct claim){.digest = digest_of(3)}), STATUS_REFUSED);
	assert_int_equal(access_check(*state, &(struct claim){.digest = digest_of(99)}), STATUS_REFUSED);
	assert_int_equal(access_check(*state, &(struct claim){.digest = digest_of(1)}), STATUS_OK);
}

static void one_different_bit_makes_another_token(void **state)
{
	for (int bit = 0; bit < 256; bit++) {
		struct claim claim = {.digest = digest_of(1)};
		claim.digest.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(access_check(*state, &claim), STATUS_REFUSED);
	}
}

static void a_token_does_not_help_from_a_wrong_address(void **state)
{
	assert_int_equal(judge(*state, "10.1.1.1", 4, INNER, ""), STATUS_OK);
	assert_int_equal(judge(*state, "127.0.0.1", 4, INNER, ""), STATUS_NOT_FOUND);
}

static void a_key_may_be_for_several_shares_and_is_no_secret(void **state)
{
	struct visitor *holder = visitor("127.0.0.1", TOKEN_KEY, 5), *stranger = visitor("127.0.0.1", TOKEN_KEY, 77);
	size_t confined;

	assert_int_equal(access_judge(*state, holder, DOCS, span_of("x"), &confined), STATUS_OK);
	assert_int_equal(access_judge(*state, holder, MUSIC, span_of("loud/x"), &confined), STATUS_OK);
	assert_int_equal(access_judge(*state, holder, MUSIC, span_of("soft"), &confined), STATUS_NOT_FOUND);
	assert_int_equal(access_judge(*state, stranger, DOCS, span_of("x"), &confined), STATUS_NOT_FOUND);
	/* The pin of a certificate is known to all: sent as if it were a token, it opens nothing. */
	assert_int_equal(judge(*state, "127.0.0.1", 5, DOCS, "x"), STATUS_REFUSED);
	visitor_free(holder);
	visitor_free(stranger);
}

static void what_is_renewed_counts_at_once(void **state)
{
	struct access *access = *state;
	struct tokens none = {.list = NULL};
	struct settings fewer = {.shares = share_rules, .share_count = NEAR + 1};

	assert_true(access_wants_tokens(access));
	assert_true(access_wants_keys(access));
	assert_int_equal(access_renew(access, &fewer, &shares, &none), STATUS_OK);
	assert_false(access_wants_tokens(access));
	assert_false(access_wants_keys(access));
	assert_int_equal(judge(access, "127.0.0.1", 0, OPEN, ""), STATUS_OK);
	/* A share that the settings no longer have is closed until a restart. */
	assert_int_equal(judge(access, "127.0.0.1", 1, DOCS, ""), STATUS_NOT_FOUND);
}

static void where_no_share_asks_for_tokens_any_will_do_and_opens_nothing(void **state)
{
	struct access *access = *state;
	struct tokens none = {.list = NULL}, again = make_tokens();
	struct settings open = {.shares = share_rules, .share_count = NEAR + 1};

	assert_int_equal(access_renew(access, &open, &shares, &none), STATUS_OK);
	assert_int_equal(access_check(access, &(struct claim){.digest = digest_of(99)}), STATUS_OK);
	assert_int_equal(judge(access, "127.0.0.1", 99, OPEN, ""), STATUS_OK);
	assert_int_equal(judge(access, "8.8.8.8", 99, NEAR, ""), STATUS_NOT_FOUND);
	assert_int_equal(judge(access, "127.0.0.1", 99, DOCS, ""), STATUS_NOT_FOUND);
	/* A key is still nobody's: only a token was sent to be accepted. */
	assert_int_equal(access_check(access, &(struct claim){.kind = TOKEN_KEY, .digest = digest_of(99)}), STATUS_REFUSED);
	assert_int_equal(access_renew(access, &settings, &shares, &again), STATUS_OK);
	assert_int_equal(access_check(access, &(struct claim){.digest = digest_of(99)}), STATUS_REFUSED);
}

static void a_share_that_is_not_there_is_not_found(void **state)
{
	assert_int_equal(judge(*state, "127.0.0.1", 1, SHARES, ""), STATUS_NOT_FOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_share_without_rules_is_for_anyone, begin, end),
		cmocka_unit_test_setup_teardown(a_share_does_not_exist_for_other_addresses, begin, end),
		cmocka_unit_test_setup_teardown(a_share_for_tokens_does_not_exist_without_one, begin, end),
		cmocka_unit_test_setup_teardown(a_token_is_good_for_its_share_only, begin, end),
		cmocka_unit_test_setup_teardown(a_token_for_a_part_is_good_for_nothing_beside_it, begin, end),
		cmocka_unit_test_setup_teardown(whoever_comes_for_a_part_is_confined_to_it, begin, end),
		cmocka_unit_test_setup_teardown(an_expired_or_unknown_token_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(one_different_bit_makes_another_token, begin, end),
		cmocka_unit_test_setup_teardown(a_token_does_not_help_from_a_wrong_address, begin, end),
		cmocka_unit_test_setup_teardown(a_key_may_be_for_several_shares_and_is_no_secret, begin, end),
		cmocka_unit_test_setup_teardown(what_is_renewed_counts_at_once, begin, end),
		cmocka_unit_test_setup_teardown(where_no_share_asks_for_tokens_any_will_do_and_opens_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_share_that_is_not_there_is_not_found, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
