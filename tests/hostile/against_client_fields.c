/* Attacks by one field of one answer: every length and count, at its limits and far beyond them. */
#include <string.h>

#include "against_client.h"
#include "path.h"

#define BROKE "broke the ferry protocol"
#define EVERY_FILE GET STAT SUM VERIFY GET_TREE
#define EVERY_LISTING LS LS_TREE SUM_TREE VERIFY_TREE GET_TREE
#define ABSENT "get URL/absent" ASKED "stat URL/absent --timeout 20\nls URL/absent --timeout 20\n"
#define BEYOND_EVERY_FRAME VALUES(FRAME_DATA_MAX + 1, 1u << 31, UINT32_MAX)
#define BEYOND_AN_ANSWER VALUES(FRAME_ANSWER_MAX + 1, 1u << 20, 1u << 31, UINT32_MAX)

static bool forget_version(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)visit;
	(void)length;
	if (frame[4] == FRAME_FILE)
		memset(frame + 31, 0, 16);
	return false;
}

static bool lengthen_text(struct visit *visit, unsigned char *frame, size_t length)
{
	unsigned char text[8 + ERROR_TEXT_MAX + 1] = {0, 3, 0, 0, 0, 0, 0x02, 0x01};
	unsigned char header[FRAME_HEADER_SIZE];

	(void)length;
	if (frame[4] != FRAME_ERROR)
		return false;
	memcpy(header, frame, sizeof(header));
	header[2] = sizeof(text) >> 8;
	header[3] = sizeof(text) & 0xff;
	memset(text + 8, 'x', ERROR_TEXT_MAX + 1);
	visit_say(visit, header, sizeof(header));
	visit_say(visit, text, sizeof(text));
	return true;
}

static bool damage_version(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	if (frame[4] == FRAME_FILE)
		frame[31] = (unsigned char)server_count(visit->server);
	return false;
}

static const struct attack attacks[] = {
	/* FILE */
	{"S13", "a_kind_that_is_none", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_KIND), VALUES(0, 5, 6, 128, 255)},
	{"S13", "a_folder_with_the_size_of_a_file", GET STAT SUM VERIFY, 11, BROKE, LIE(SET, FILE, AT_FILE_KIND),
		VALUES(2, 3, 4)},
	{"S5", "mode_bits_that_are_none", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_MODE), VALUES(010000, 0x8000, 65535)},
	{"S11", "a_size_beyond_every_file", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_SIZE),
		VALUES(UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1, UINT64_MAX)},
	{"S11", "seconds_beyond_all_time", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_SECONDS),
		VALUES((UINT64_C(1) << 55) + 1, UINT64_C(1) << 62, UINT64_C(1) << 63, UINT64_MAX - (UINT64_C(1) << 55))},
	{"S11", "nanoseconds_of_more_than_a_second", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_NANOSECONDS),
		VALUES(1000000000, 1u << 31, UINT32_MAX)},
	{"S14", "a_file_without_a_version", GET STAT SUM VERIFY, 11, BROKE, .alter = forget_version},
	{"S14", "another_version_in_each_answer", GET_BIG PIPE, 11, BROKE, .alter = damage_version},
	{"S13", "a_root_that_is_neither_known_nor_unknown", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FILE_ROOT_KNOWN),
		VALUES(2, 255)},
	{"S13", "an_unknown_root_that_is_there", GET STAT SUM VERIFY, 11, BROKE, LIE(SET, FILE, AT_FILE_ROOT_KNOWN)},
	{"S13", "a_description_of_another_length", EVERY_FILE, 11, BROKE, LIE(PAYLOAD, FILE), VALUES(0, 1, 71, 73, 65536)},
	{"C5", "a_description_that_claims_to_be_huge", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_LENGTH), BEYOND_AN_ANSWER},
	/* ENTRIES */
	{"S13", "an_entry_of_no_kind", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_KIND), VALUES(0, 6, 128, 255)},
	{"S13", "an_entry_that_is_unreadable_for_no_reason", EVERY_LISTING, 11, BROKE,
		LIE(SET, ENTRIES, AT_ENTRY_KIND, .value = 5)},
	{"S5", "an_entry_with_mode_bits_that_are_none", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_MODE),
		VALUES(010000, 65535)},
	{"S11", "a_folder_that_has_a_size", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_SIZE),
		VALUES(1, 1u << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX)},
	{"S11", "an_entry_beyond_all_time", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_SECONDS),
		VALUES((UINT64_C(1) << 55) + 1, UINT64_C(1) << 63)},
	{"S11", "an_entry_with_too_many_nanoseconds", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_NANOSECONDS),
		VALUES(1000000000, UINT32_MAX)},
	{"S13", "an_entry_that_is_readable_for_a_reason", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_REASON),
		VALUES(1, 4, 65535)},
	{"S13", "a_name_longer_than_its_frame", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_ENTRY_NAME_LENGTH),
		VALUES(0, 1, 255, 256, 4095, 4096, 32768, 65535), .may = "folder/d/"},
	{"S9", "a_frame_of_no_entries", EVERY_LISTING, 11, BROKE, LIE(PAYLOAD, ENTRIES)},
	{"S13", "a_frame_that_ends_in_an_entry", EVERY_LISTING, 11, BROKE, LIE(PAYLOAD, ENTRIES), VALUES(1, 26, 27, 28)},
	{"C5", "a_listing_that_claims_to_be_huge", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_LENGTH), BEYOND_AN_ANSWER},
	/* DONE */
	{"S9", "a_listing_that_miscounts", EVERY_LISTING, 11, BROKE, LIE(SET, DONE, AT(8, 8)),
		VALUES(0, 1, 4, 1u << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX)},
	{"S13", "digests_that_miscount", VERIFY, 11, BROKE, LIE(SET, DONE, AT(8, 8)),
		VALUES(0, 2, 1u << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX)},
	{"S13", "an_end_of_another_length", EVERY_LISTING VERIFY, 11, BROKE, LIE(PAYLOAD, DONE), VALUES(0, 7, 9, 65536)},
	{"C5", "an_end_that_claims_to_be_huge", LS VERIFY, 11, BROKE, LIE(SET, DONE, AT_LENGTH), BEYOND_AN_ANSWER},
	/* PIECES */
	{"S13", "digests_of_other_pieces", VERIFY, 11, BROKE, LIE(SET, PIECES, AT(8, 8)),
		VALUES(1, 2, 1u << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX)},
	{"S13", "more_digests_than_were_asked_for", VERIFY, 11, BROKE, LIE(PAYLOAD, PIECES), VALUES(72, 8 + 32 * 2047)},
	{"S13", "digests_that_are_cut", VERIFY, 11, BROKE, LIE(PAYLOAD, PIECES), VALUES(0, 7, 8, 9, 39, 41, 65536)},
	{"C5", "digests_that_claim_to_be_huge", VERIFY, 11, BROKE, LIE(SET, PIECES, AT_LENGTH), BEYOND_AN_ANSWER},
	/* DATA */
	{"S13", "a_piece_of_another_length", GET GET_TREE PIPE, 11, BROKE, LIE(SET, DATA, AT_LENGTH),
		VALUES(0, 1, 32, 33, 35, 37, FRAME_DATA_MAX - 1)},
	{"C5", "a_piece_that_claims_to_be_huge", GET GET_BIG PIPE, 11, BROKE, LIE(SET, DATA, AT_LENGTH), BEYOND_EVERY_FRAME},
	{"S8", "a_piece_that_is_neither_proven_nor_void", GET GET_BIG PIPE, 11, BROKE, LIE(SET, DATA, AT_DATA_STATUS),
		VALUES(2, 128, 255)},
	{"S8", "a_void_piece_with_a_digest", GET GET_BIG PIPE, 11, BROKE, LIE(SET, DATA, AT_DATA_STATUS, .value = 1)},
	/* SUM_RESULT, PONG */
	{"S13", "a_sum_of_no_kind", SUM SUM_TREE, 11, BROKE, LIE(SET, SUM_RESULT, AT(8, 1)), VALUES(0, 3, 255)},
	{"S8", "a_tree_digest_instead_of_a_sum", SUM SUM_TREE, 11, BROKE, LIE(SET, SUM_RESULT, AT(8, 1), .value = 2)},
	{"S8", "a_sum_instead_of_a_tree_digest", "sum --tree URL/file --timeout 20\n", 11, BROKE,
		LIE(SET, SUM_RESULT, AT(8, 1), .value = SUM_FLAT)},
	{"S13", "a_sum_of_another_length", SUM SUM_TREE, 11, BROKE, LIE(PAYLOAD, SUM_RESULT), VALUES(0, 1, 32, 34, 65536)},
	{"C5", "a_sum_that_claims_to_be_huge", SUM, 11, BROKE, LIE(SET, SUM_RESULT, AT_LENGTH), BEYOND_AN_ANSWER},
	{"S13", "a_pong_of_another_length", PING, 11, BROKE, LIE(PAYLOAD, PONG), VALUES(0, 1, 7, 9, 64, 65, 65536)},
	{"S13", "a_pong_with_other_bytes", PING, 11, BROKE, LIE(SET, PONG, AT(8, 8)), VALUES(0, UINT64_MAX)},
	{"C5", "a_pong_that_claims_to_be_huge", PING, 11, BROKE, LIE(SET, PONG, AT_LENGTH), BEYOND_AN_ANSWER},
	/* ERROR */
	{"S13", "an_error_that_is_none", ABSENT, 11, BROKE, LIE(SET, ERROR, AT(8, 2))},
	{"S11", "a_wait_of_more_than_a_minute", ABSENT, 11, BROKE, LIE(SET, ERROR, AT(10, 4)),
		VALUES(60001, 1u << 31, UINT32_MAX)},
	{"S13", "a_text_of_another_length", ABSENT, 11, BROKE, LIE(SET, ERROR, AT(14, 2)),
		VALUES(0, 8, 10, 512, 513, 32768, 65535)},
	{"S13", "an_error_of_another_length", ABSENT, 11, BROKE, LIE(PAYLOAD, ERROR), VALUES(0, 1, 7, 8, 16, 18, 65536)},
	{"C5", "an_error_that_claims_to_be_huge", ABSENT, 11, BROKE, LIE(SET, ERROR, AT_LENGTH), BEYOND_AN_ANSWER},
	{"C5", "a_text_one_byte_too_long", ABSENT, 11, BROKE, .alter = lengthen_text},
	/* Headers of every kind */
	{"S13", "flags_that_no_answer_has", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_FLAGS), VALUES(1, 2, 128, 255)},
	{"S13", "pieces_with_flags", GET GET_BIG PIPE, 11, BROKE, LIE(SET, DATA, AT_FLAGS), VALUES(1, 2, 128, 255)},
	{"S13", "types_that_nobody_knows", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_TYPE), VALUES(0, 3, 0x7f, 0x82, 0x98, 0xfe)},
	{"S13", "requests_from_a_server", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_TYPE),
		VALUES(1, 2, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1f)},
	{"S13", "an_answer_without_a_number", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_NUMBER)},
	{"S13", "an_answer_to_what_nobody_asked", EVERY_FILE, 11, BROKE, LIE(SET, FILE, AT_NUMBER), VALUES(9, 32768, 65535)},
	{"S13", "a_listing_that_nobody_asked_for", EVERY_LISTING, 11, BROKE, LIE(SET, ENTRIES, AT_NUMBER), VALUES(9, 65535)},
	{"S13", "a_piece_that_nobody_asked_for", GET GET_BIG PIPE, 11, BROKE, LIE(SET, DATA, AT_NUMBER), VALUES(9, 65535)},
	{"S13", "a_pong_to_no_ping", PING, 11, BROKE, LIE(SET, PONG, AT_NUMBER), VALUES(9, 65535)},
	{"S13", "an_error_for_somebody_else", ABSENT, 11, BROKE, LIE(SET, ERROR, AT_NUMBER), VALUES(9, 65535)},
};

const struct attack_table field_attacks = ATTACK_TABLE(attacks);
