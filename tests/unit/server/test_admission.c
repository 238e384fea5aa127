/* Tests of tokens in a conversation: when they may come, what they open, and what is said to whom. */
#include "script.h"

#include "access.h"

#define SECRET "ferry_secret"

static char docs[] = "docs", open_share[] = "open";

/* Two shares, "docs" for tokens and "open" for anyone; the token for docs is SECRET. */
struct shop {
	struct rig *rig;
	struct share shares[2];
	struct share_settings rules[2];
	struct settings settings;
};

static void renew(struct shop *shop, int64_t expires, const char *prefix)
{
	struct token token = {
		.name = strdup("one"), .share = strdup(docs), .prefix = strdup(prefix), .expires = expires};
	struct tokens tokens = {.list = NULL};

	assert_int_equal(token_digest(span_of(SECRET), &token.digest), STATUS_OK);
	assert_int_equal(tokens_add(&tokens, &token), STATUS_OK);
	assert_int_equal(access_renew(shop->rig->services.access, &shop->settings, &shop->rig->shares, &tokens), STATUS_OK);
}

static int begin(void **state)
{
	struct shop *shop = calloc(1, sizeof(*shop));
	void *rig = NULL;
	int result = rig_setup(&rig);

	*state = shop;
	if (!shop || result != 0)
		return -1;
	shop->rig = rig;
	int folder = shop->rig->scratch.folder;
	if (mkdirat(folder, docs, 0755) < 0 || mkdirat(folder, "docs/part", 0755) < 0 || mkdirat(folder, open_share, 0755) < 0)
		return -1;
	if (scratch_write(folder, "docs/file", "all") < 0 || scratch_write(folder, "docs/part/file", "part") < 0 ||
	    symlinkat("../file", folder, "docs/part/out") < 0 || symlinkat("file", folder, "docs/part/in") < 0)
		return -1;
	shop->shares[0] = (struct share){
		.name = docs, .folder = openat(folder, docs, O_PATH | O_CLOEXEC), .symlinks = BENEATH_SYMLINKS_INSIDE};
	shop->shares[1] = (struct share){.name = open_share, .folder = openat(folder, open_share, O_PATH | O_CLOEXEC)};
	shop->rules[0] = (struct share_settings){.name = docs, .access = SHARE_TOKENS};
	shop->rules[1] = (struct share_settings){.name = open_share};
	shop->settings = (struct settings){.shares = shop->rules, .share_count = 2};
	shop->rig->shares = (struct shares){.list = shop->shares, .count = 2};
	renew(shop, TOKEN_NEVER, "");
	return 0;
}

static int end(void **state)
{
	struct shop *shop = *state;
	void *rig = shop->rig;

	rig_disconnect(shop->rig);
	close(shop->shares[0].folder);
	close(shop->shares[1].folder);
	free(shop);
	return rig_teardown(&rig);
}

static void show(struct rig *rig, const char *token)
{
	RIG_WRITER(writer);

	auth_encode(&writer, &(struct auth){.token = span_of(token)});
	rig_send(rig, &writer);
}

/* What STAT of PATH leads to; 0 where it is there. */
static enum error_code stat_of(struct rig *rig, const char *path)
{
	uint16_t number = rig_stat(rig, path);
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	struct error error = {.code = 0};

	assert_int_equal(answer.frame.number, number);
	if (answer.frame.type == FRAME_ERROR)
		assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	return error.code;
}

/* The connection must end with this, and these words. */
static void assert_refused(struct rig *rig, const char *words)
{
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	struct error error;

	assert_int_equal(answer.frame.type, FRAME_ERROR);
	assert_int_equal(answer.frame.number, 0);
	assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_int_equal(error.text.length, strlen(words));
	assert_memory_equal(error.text.bytes, words, error.text.length);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
}

#define BAD_TOKEN "the token is not known here, or has expired"

static void a_token_opens_its_share(void **state)
{
	struct rig *rig = ((struct shop *)*state)->rig;

	rig_greet(rig);
	show(rig, SECRET);
	assert_int_equal(stat_of(rig, "docs/file"), 0);
	assert_int_equal(stat_of(rig, "open"), 0);
	assert_int_equal(stat_of(rig, "none"), ERROR_NOT_FOUND);
}

static void without_one_the_share_is_as_if_it_were_not_there(void **state)
{
	struct rig *rig = ((struct shop *)*state)->rig;
	static const char *const paths[] = {"docs", "docs/file", "docs/none", "none", "none/file"};
	unsigned char first[256];
	size_t length = 0;

	rig_greet(rig);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		rig_stat(rig, paths[i]);
		struct answer answer = rig_answer_in(rig, FRAME_OPEN);
		assert_int_equal(answer.frame.type, FRAME_ERROR);
		if (i == 0)
			length = answer.payload.length;
		assert_in_range(length, 1, sizeof(first));
		if (i == 0)
			memcpy(first, answer.payload.bytes, length);
		assert_int_equal(answer.payload.length, length);
		assert_memory_equal(answer.payload.bytes, first, length);
	}
	assert_int_equal(stat_of(rig, "open"), 0);
}

static void a_wrong_token_ends_the_connection(void **state)
{
	struct rig *rig = ((struct shop *)*state)->rig;

	rig_greet(rig);
	show(rig, SECRET "x");
	assert_refused(rig, BAD_TOKEN);
}

static void an_expired_token_ends_the_connection(void **state)
{
	struct shop *shop = *state;

	renew(shop, clock_real() / CLOCK_SECOND, "");
	rig_greet(shop->rig);
	show(shop->rig, SECRET);
	assert_refused(shop->rig, BAD_TOKEN);
}

static void a_token_that_is_withdrawn_ends_the_connection_at_the_next_request(void **state)
{
	struct shop *shop = *state;

	rig_greet(shop->rig);
	show(shop->rig, SECRET);
	assert_int_equal(stat_of(shop->rig, "docs/file"), 0);
	renew(shop, 1, "");
	rig_stat(shop->rig, "open");
	assert_refused(shop->rig, BAD_TOKEN);
}

static void a_token_comes_before_the_first_request_and_once(void **state)
{
	struct rig *rig = ((struct shop *)*state)->rig;

	rig_greet(rig);
	assert_int_equal(stat_of(rig, "open"), 0);
	show(rig, SECRET);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
	rig_disconnect(rig);
	rig_connect(rig);
	rig_greet(rig);
	show(rig, SECRET);
	show(rig, SECRET);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
}

static void a_malformed_token_breaks_the_protocol(void **state)
{
	static const struct span payloads[] = {
		{(const unsigned char *)"", 0},
		{(const unsigned char *)"\0", 1},
		{(const unsigned char *)"\0\0", 2},
		{(const unsigned char *)"\0\2x", 3},
		{(const unsigned char *)"\0\1xy", 4},
	};
	struct rig *rig = ((struct shop *)*state)->rig;
	unsigned char longest[2 + AUTH_TOKEN_MAX + 1] = {(AUTH_TOKEN_MAX + 1) >> 8, (AUTH_TOKEN_MAX + 1) & 255};

	for (size_t i = 0; i <= sizeof(payloads) / sizeof(payloads[0]); i++) {
		bool last = i == sizeof(payloads) / sizeof(payloads[0]);
		struct span payload = last ? (struct span){longest, sizeof(longest)} : payloads[i];
		rig_greet(rig);
		rig_frame(rig, &(struct frame){.type = FRAME_AUTH, .length = (uint32_t)payload.length}, payload.bytes, payload.length);
		assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void a_token_in_the_clear_from_elsewhere_is_refused_though_it_is_good(void **state)
{
	struct rig *rig = ((struct shop *)*state)->rig;

	rig_disconnect(rig);
	rig_connect_from(rig, "192.0.2.1:1");
	rig_greet(rig);
	show(rig, SECRET);
	assert_refused(rig, "a token must not be sent without TLS");
}

static void a_token_for_a_part_leads_nowhere_else_not_even_by_symlinks(void **state)
{
	struct shop *shop = *state;
	struct rig *rig = shop->rig;

	renew(shop, TOKEN_NEVER, "part");
	rig_greet(rig);
	show(rig, SECRET);
	assert_int_equal(stat_of(rig, "docs/part"), 0);
	assert_int_equal(stat_of(rig, "docs/part/file"), 0);
	assert_int_equal(stat_of(rig, "docs/file"), ERROR_NOT_FOUND);
	assert_int_equal(stat_of(rig, "docs"), ERROR_NOT_FOUND);
	assert_int_equal(stat_of(rig, "docs/part2"), ERROR_NOT_FOUND);
	uint16_t inside = rig_read(rig, &(struct pieces_request){.path = span_of("docs/part/in"), .count = 1});
	rig_answer(rig, FRAME_FILE, inside);
	rig_answer(rig, FRAME_DATA, inside);
	uint16_t outside = rig_read(rig, &(struct pieces_request){.path = span_of("docs/part/out"), .count = 1});
	assert_int_equal(rig_error(rig, outside), ERROR_REFUSED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(a_token_opens_its_share),
		CASE(without_one_the_share_is_as_if_it_were_not_there),
		CASE(a_wrong_token_ends_the_connection),
		CASE(an_expired_token_ends_the_connection),
		CASE(a_token_that_is_withdrawn_ends_the_connection_at_the_next_request),
		CASE(a_token_comes_before_the_first_request_and_once),
		CASE(a_malformed_token_breaks_the_protocol),
		CASE(a_token_in_the_clear_from_elsewhere_is_refused_though_it_is_good),
		CASE(a_token_for_a_part_leads_nowhere_else_not_even_by_symlinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
