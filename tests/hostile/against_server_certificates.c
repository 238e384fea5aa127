/* Attacks on a server by clients' certificates: of every odd shape, with known keys and with others. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "path.h"
#include "shape.h"
#include "stage.h"

static void show(struct stage *stage, const struct shape *shape)
{
	struct tls_context context = {papers_context(papers_of(shape), PAPERS_CLIENT)};

	raw_open(&stage->raw, stage->secure.port);
	raw_secure_by(&stage->raw, &context);
	tls_context_release(&context);
}

/* The server knows the key, and that alone counts. */
static void is_let_in(void *stage, const void *shape)
{
	struct raw *raw = &((struct stage *)stage)->raw;

	show(stage, shape);
	raw_greet(raw);
	raw_ask(raw, FRAME_STAT, span_of("locked/file"));
	raw_expect_file(raw);
}

/* Served like everybody else: what needs a key seems not to be there. */
static void is_nobody(void *stage, const void *shape)
{
	struct raw *raw = &((struct stage *)stage)->raw;

	show(stage, shape);
	raw_greet(raw);
	raw_ask(raw, FRAME_STAT, span_of("locked/file"));
	raw_expect_error(raw, ERROR_NOT_FOUND);
	raw_ask(raw, FRAME_STAT, span_of("public/small"));
	raw_expect_file(raw);
}

/* In TLS 1.3 the client believes that all is well until it hears of it. */
static void is_turned_away(void *argument, const void *shape)
{
	struct stage *stage = argument;

	show(stage, shape);
	raw_hello(&stage->raw);
	raw_expect_end(&stage->raw);
	raw_close(&stage->raw);
	assert_true(victim_let_go(&stage->secure));
}

#define LET_IN(threat, name, ...) HOSTILE_WITH(threat, name, is_let_in, (&(const struct shape){__VA_ARGS__}))
#define NOBODY(threat, name, ...) HOSTILE_WITH(threat, name, is_nobody, (&(const struct shape){__VA_ARGS__}))
#define TURNED_AWAY(threat, name, ...) HOSTILE_WITH(threat, name, is_turned_away, (&(const struct shape){__VA_ARGS__}))

static const struct hostile_case cases[] = {
	LET_IN(C17, a_certificate_with_a_known_key_opens_what_it_may, .key = STAGE_KEY),
	LET_IN(C17, a_known_key_in_an_expired_certificate_is_still_known, .key = STAGE_KEY, .ends = "20210101000000Z"),
	LET_IN(C17, a_known_key_in_a_certificate_of_version_1_is_still_known, .key = STAGE_KEY, .version = 1),
	LET_IN(C17, a_known_key_in_five_hundred_names_is_still_known, .key = STAGE_KEY, .spare_names = 500),
	NOBODY(C17, another_key_under_the_known_name_is_nobodys, .key = SHAPE_OTHER_P256),
	NOBODY(C17, a_known_key_as_the_authority_of_another_is_nobodys, .key = SHAPE_OTHER_P256, .authority_key = STAGE_KEY),
	NOBODY(C17, a_key_of_ed25519_is_nobodys, .key = SHAPE_ED25519),
	NOBODY(C17, a_key_of_ed448_is_nobodys, .key = SHAPE_ED448),
	NOBODY(C17, a_weak_key_is_nobodys_though_its_pin_is_known, .key = STAGE_WEAK_KEY),
	TURNED_AWAY(C17, a_known_certificate_without_its_key_is_turned_away, .key = STAGE_KEY, .unproven = true),
	TURNED_AWAY(C17, a_key_of_512_bits_is_turned_away, .key = SHAPE_RSA_512),
	TURNED_AWAY(C17, a_key_of_16384_bits_is_turned_away, .key = SHAPE_RSA_16384),
	TURNED_AWAY(C17, a_key_on_a_curve_that_tls_does_not_know_is_turned_away, .key = SHAPE_SECP256K1),
	TURNED_AWAY(C17, a_key_on_a_curve_of_brainpool_is_turned_away, .key = SHAPE_BRAINPOOL),
	TURNED_AWAY(C5, a_certificate_of_four_mebibytes_is_cut_off, .padding = 4u << 20),
	TURNED_AWAY(C5, two_hundred_thousand_names_are_cut_off, .spare_names = 200000),
	TURNED_AWAY(C5, a_chain_of_four_hundred_is_cut_off, .between = 400),
	TURNED_AWAY(C5, a_certificate_with_a_byte_behind_it_is_turned_away, .bend = BEND_TRAILING),
	TURNED_AWAY(C5, a_certificate_that_is_cut_off_is_turned_away, .bend = BEND_CUT),
	TURNED_AWAY(C5, a_certificate_that_claims_to_be_huge_is_turned_away, .bend = BEND_LENGTH),
	TURNED_AWAY(C5, noise_instead_of_a_certificate_is_turned_away, .bend = BEND_NOISE),
};
const struct hostile_table against_certificates = HOSTILE_TABLE(cases);
