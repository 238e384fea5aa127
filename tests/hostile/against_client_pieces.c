/* Attacks by content: sizes, bytes, digests and roots that do not belong together. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "against_client.h"
#include "path.h"
#include "sockets.h"

#define BROKE "broke the ferry protocol"

/* A partial of an earlier run, as long as the file, with other bytes. */
static void put_other_bytes(const char *folder, const char *name)
{
	static const char zeros[PIECE_SIZE];
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, zeros, PIECE_SIZE) != PIECE_SIZE || write(fd, zeros, PIECE_SIZE) != PIECE_SIZE || write(fd, "other", 5) != 5)
		give_up(path);
	close(fd);
}

static void prepare_partial(const char *folder)
{
	put_other_bytes(folder, ".big.ferry-part");
}

static void prepare_older(const char *folder)
{
	put_other_bytes(folder, "big");
}

/* The digest of a piece of zeros. */
static struct digest zero_piece(void)
{
	static const unsigned char zeros[PIECE_SIZE];
	struct lanes *lanes = NULL;
	struct digest digest;
	struct piece piece;

	if (lanes_new(LANES_OPENSSL, &lanes) != STATUS_OK)
		give_up("lanes");
	piece_start(&piece, 2 * PIECE_SIZE + 5);
	piece_add(&piece, lanes, zeros, PIECE_SIZE);
	piece_finish(&piece, lanes, &digest);
	lanes_free(lanes);
	return digest;
}

/* Says that whatever is on the client's disk is right. */
static bool confirm_zeros(struct visit *visit, unsigned char *frame, size_t length)
{
	struct digest digest = zero_piece();

	(void)visit;
	if (frame[4] == FRAME_PIECES && length >= FRAME_HEADER_SIZE + 8 + sizeof(digest))
		memcpy(frame + FRAME_HEADER_SIZE + 8, digest.bytes, sizeof(digest));
	return false;
}

static bool damage_bytes(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)visit;
	(void)length;
	if (frame[4] == FRAME_DATA)
		frame[FRAME_HEADER_SIZE] ^= 1;
	return false;
}

/* Bytes and digest agree, the root does not. */
static bool change_bytes(struct visit *visit, unsigned char *frame, size_t length)
{
	const struct offered *big = offer_find("big");
	struct writer writer;

	(void)visit;
	if (frame[4] != FRAME_DATA || length != FRAME_HEADER_SIZE + FRAME_DATA_MAX)
		return false;
	writer_init(&writer, frame + FRAME_HEADER_SIZE, FRAME_DATA_MAX);
	writer_bytes(&writer, big->bytes, PIECE_SIZE);
	data_trailer_encode(&writer, &(struct data_trailer){DATA_PROVEN, *offer_piece(big, 0)});
	return false;
}

static bool damage_roots(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	if (frame[4] == FRAME_FILE)
		frame[48] ^= (unsigned char)server_count(visit->server);
	return false;
}

static void void_piece(struct visit *visit, unsigned char *frame, size_t length)
{
	memset(frame + length - DATA_TRAILER_SIZE, 0, DATA_TRAILER_SIZE);
	frame[length - DATA_TRAILER_SIZE] = DATA_VOID;
	visit_say(visit, frame, length);
}

static bool void_without_reason(struct visit *visit, unsigned char *frame, size_t length)
{
	if (frame[4] != FRAME_DATA)
		return false;
	void_piece(visit, frame, length);
	SAY(visit, done_encode, visit->number, &(struct done){1});
	return true;
}

/* VALUE is the code of the ERROR that follows each void piece. */
static bool void_with_reason(struct visit *visit, unsigned char *frame, size_t length)
{
	static const char text[] = "reading failed";

	if (frame[4] != FRAME_DATA)
		return false;
	void_piece(visit, frame, length);
	SAY(visit, error_encode, visit->number, &(struct error){.code = (uint16_t)visit->value, .text = span_of(text)});
	visit->over = true;
	return true;
}

/* Describes "file" as one of VALUE bytes. */
#define CLAIMED_SIZE LIE(SET, FILE, AT_FILE_SIZE)
#define PIB (UINT64_C(1) << 50)
#define BEYOND_ALL_DISKS VALUES(4 * PIB, UINT64_C(1) << 62, FILE_SIZE_MAX)

static const struct attack attacks[] = {
	{"S7", "a_size_beyond_all_disks", GET "get URL/file -o x" ASKED, 9, "too large", CLAIMED_SIZE, BEYOND_ALL_DISKS},
	{"S7", "a_size_beyond_all_disks_into_a_pipe", "get URL/file -o -" ASKED "get URL/file -o /dev/null" ASKED, 9,
		"too large", CLAIMED_SIZE, BEYOND_ALL_DISKS},
	{"S7", "a_size_beyond_all_disks_is_shown", STAT "stat --json URL/file --timeout 20\n" SUM, 0, NULL, CLAIMED_SIZE,
		BEYOND_ALL_DISKS},
	{"S7", "a_size_beyond_all_disks_is_not_compared", VERIFY, 7, "", CLAIMED_SIZE, BEYOND_ALL_DISKS},
	{"S7", "a_size_above_max_size", "get URL/file --max-size 1M" ASKED, 0, NULL, CLAIMED_SIZE,
		VALUES((1 << 20) + 1, 4 * PIB, FILE_SIZE_MAX)},
	{"S7", "a_size_above_max_size_in_a_tree", "get -r URL/folder/ --max-size 1M" ASKED, 0, NULL,
		.listing = {{ENTRY_FILE, "a", .size = FILE_SIZE_MAX}, {ENTRY_FILE, "b", .size = (1 << 20) + 1}}},
	{"S7", "a_size_that_is_more_than_its_bytes", GET "get URL/file -o -" ASKED, 11, BROKE, CLAIMED_SIZE,
		VALUES(4, 100, PIECE_SIZE)},
	{"S7", "a_size_that_is_less_than_its_bytes", GET "get URL/file -o -" ASKED, 11, BROKE, CLAIMED_SIZE, VALUES(0, 1, 2)},
	{"S8", "bytes_that_do_not_match_their_digest", GET GET_BIG, 7, "arrived wrong twice", .alter = damage_bytes},
	{"S8", "bytes_in_a_pipe_that_do_not_match", PIPE, 7, "arrived wrong twice", .alter = damage_bytes},
	{"S8", "digests_that_do_not_match_their_bytes", GET GET_BIG, 7, "arrived wrong twice", LIE(SET, DATA, AT_DATA_DIGEST)},
	{"S8", "a_root_that_does_not_match_its_pieces", GET GET_BIG, 7, "another root than its server said, twice",
		LIE(SET, FILE, AT_FILE_ROOT)},
	{"S8", "another_root_in_each_answer", GET GET_BIG, 7, "another root than its server said, twice", .alter = damage_roots},
	{"S8", "pieces_that_match_each_other_but_not_the_root", GET_BIG, 7, "another root", .alter = change_bytes},
	{"S8", "a_sum_of_the_users_own_decides",
		"get URL/file --sha256 0000000000000000000000000000000000000000000000000000000000000000" ASKED, 7,
		"not the one that was given", .fetched = NULL},
	{"S8", "digests_that_confirm_whatever_is_here", GET_BIG, 7, "another root", .alter = confirm_zeros,
		.prepare = prepare_partial},
	{"S8", "digests_that_confirm_an_older_file", GET_BIG "get --verify URL/big" ASKED, 7, "another root",
		.alter = confirm_zeros, .prepare = prepare_older},
	{"S8", "a_partial_that_was_tampered_with", GET_BIG, 0, NULL, .prepare = prepare_partial, .fetched = "big"},
	{"S8", "void_pieces_without_a_reason", GET GET_BIG PIPE, 11, BROKE, .alter = void_without_reason},
	{"S8", "void_pieces_because_of_a_bad_disk", GET GET_BIG PIPE, 1, "reading failed", .alter = void_with_reason,
		VALUES(ERROR_IO)},
	{"S8", "void_pieces_because_of_permissions", GET GET_BIG PIPE, 4, "reading failed", .alter = void_with_reason,
		VALUES(ERROR_REFUSED)},
	{"S8", "void_pieces_for_no_known_reason", GET GET_BIG PIPE, 1, "reading failed", .alter = void_with_reason,
		VALUES(65535)},
	{"S8", "void_pieces_for_a_reason_that_is_none", GET GET_BIG PIPE, 11, BROKE, .alter = void_with_reason,
		VALUES(0, ERROR_PROTOCOL)},
};

const struct attack_table piece_attacks = ATTACK_TABLE(attacks);
