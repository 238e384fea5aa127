/* Every message of the protocol: its struct, encoder and decoder side by side (docs/protocol.md is the contract). */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "digest.h"
#include "frame.h"
#include "path.h"
#include "status.h"
#include "wire.h"

/*
 * Encoders write a whole frame, header included, and leave the writer failed where it does not fit. Decoders take the
 * payload alone; they return STATUS_PROTOCOL for anything that the document does not allow, STATUS_OK otherwise. Spans
 * in a decoded message point into the payload.
 */
#define PROTOCOL_MAGIC "FERRY\r\n\x1a" /* 8 bytes; a line-ending or 7-bit conversion would damage it */
#define PROTOCOL_VERSION 1u
#define PROTOCOL_FEATURES 0u /* none is defined yet */

/* Opaque name of one state of one file; all zeros means "any" and may ask for piece 0 only. */
struct version {
	unsigned char bytes[16];
};
bool version_is_any(const struct version *version);
bool version_equal(const struct version *a, const struct version *b);

/* --- Greeting ---------------------------------------------------------------------------------------------------- */

struct hello {
	uint16_t version_min;
	uint16_t version_max;
	uint32_t features;
};
void hello_encode(struct writer *writer, const struct hello *hello);
MUST_CHECK enum status hello_decode(struct span payload, struct hello *hello);

struct welcome {
	uint16_t version;
	uint32_t features;
	uint16_t window_requests; /* R: requests that may be unanswered, at least 1 */
	uint32_t window_bytes;    /* B: their frames' bytes, headers included; at least one full request frame */
	uint16_t links;           /* connections that one client should open at most, at least 1 */
};
void welcome_encode(struct writer *writer, const struct welcome *welcome);
MUST_CHECK enum status welcome_decode(struct span payload, struct welcome *welcome);

/* The first frame after WELCOME, or none; only inside TLS or on one machine. */
#define AUTH_TOKEN_MAX 256u
struct auth {
	struct span token; /* 1..AUTH_TOKEN_MAX bytes, secret */
};
void auth_encode(struct writer *writer, const struct auth *auth);
MUST_CHECK enum status auth_decode(struct span payload, struct auth *auth);

/* --- Requests ------------------------------------------------------------------------------------------------------ */

/* Paths in requests are decoded as they are; path_check() is the server's to call, its verdict an ERROR. */
struct stat_request {
	struct span path;
};
void stat_request_encode(struct writer *writer, uint16_t number, const struct stat_request *request);
MUST_CHECK enum status stat_request_decode(struct span payload, struct stat_request *request);

struct list_request {
	struct span path;
	bool recursive; /* travels in the frame's flags */
};
void list_request_encode(struct writer *writer, uint16_t number, const struct list_request *request);
MUST_CHECK enum status list_request_decode(struct span payload, uint8_t flags, struct list_request *request);

/* READ and DIGESTS: pieces FIRST .. FIRST + COUNT - 1, cut at the end of the file. COUNT is at least 1, 0 is PROTOCOL. */
struct pieces_request {
	struct span path;
	struct version version;
	uint64_t first;
	uint64_t count;
	bool fresh; /* travels in the frame's flags */
};
void read_request_encode(struct writer *writer, uint16_t number, const struct pieces_request *request);
void digests_request_encode(struct writer *writer, uint16_t number, const struct pieces_request *request);
MUST_CHECK enum status pieces_request_decode(struct span payload, uint8_t flags, struct pieces_request *request);

enum sum_kind {
	SUM_FLAT = 1, /* SHA-256 of all bytes, as sha256sum prints it */
	SUM_TREE = 2, /* the root */
};
struct sum_request {
	struct span path;
	enum sum_kind kind;
};
void sum_request_encode(struct writer *writer, uint16_t number, const struct sum_request *request);
MUST_CHECK enum status sum_request_decode(struct span payload, struct sum_request *request);

#define PING_BYTES_MAX 64u
struct ping { /* PING and PONG */
	struct span bytes; /* at most PING_BYTES_MAX, echoed */
};
void ping_encode(struct writer *writer, uint16_t number, const struct ping *ping);
void pong_encode(struct writer *writer, uint16_t number, const struct ping *ping);
MUST_CHECK enum status ping_decode(struct span payload, struct ping *ping);

void goodbye_encode(struct writer *writer);

/* --- Answers ------------------------------------------------------------------------------------------------------- */

enum entry_kind {
	ENTRY_FILE = 1,
	ENTRY_FOLDER = 2,
	ENTRY_SYMLINK = 3,
	ENTRY_OTHER = 4,      /* FIFO, device, socket: named, never served */
	ENTRY_UNREADABLE = 5, /* listings only: could not be looked at, or not read to its end */
};

/* Nanoseconds are 0..999,999,999; seconds are limited to +-2^55 so that no arithmetic overflows. */
struct file_time {
	int64_t seconds;
	uint32_t nanoseconds;
};
#define FILE_TIME_SECONDS_MAX (INT64_C(1) << 55)
#define FILE_TIME_NANOSECONDS_MAX 999999999u
/* A time stamp as it travels; one beyond the limit is cut to it. */
struct file_time file_time_of(struct timespec time);

#define MODE_MAX 07777u

/* A file, folder or whatever else a path names. */
struct file {
	enum entry_kind kind; /* not ENTRY_UNREADABLE */
	uint16_t mode;        /* permission bits, 0..MODE_MAX */
	uint64_t size;        /* bytes, 0..FILE_SIZE_MAX; 0 unless a file */
	struct file_time mtime;
	struct version version; /* never "any" for a file, zeros for all else */
	bool root_known;        /* false unless a file */
	struct digest root;     /* zeros unless root_known */
};
void file_encode(struct writer *writer, uint16_t number, const struct file *file);
MUST_CHECK enum status file_decode(struct span payload, struct file *file);

/* One entry of a listing. NAME is the path below the listed folder; for a lone unreadable listed folder it is empty. */
struct entry {
	enum entry_kind kind;
	uint16_t mode; /* as in struct file; means nothing where unreadable, nor does the time */
	uint64_t size;
	struct file_time mtime;
	uint16_t reason; /* an enum error_code where unreadable (an unknown one is possible), else 0 */
	struct span name; /* a legal path; of one component unless recursive; empty only where unreadable */
};
#define ENTRY_FIXED_SIZE 27u /* bytes of an entry beside its name */
/* An ENTRIES frame: entries_begin, entry_encode as long as it fits (see writer_left), frame_end. */
unsigned char *entries_begin(struct writer *writer, uint16_t number);
void entry_encode(struct writer *writer, const struct entry *entry);
/* Takes the next entry from an ENTRIES payload; STATUS_END after the last. At least one entry per frame. */
MUST_CHECK enum status entry_decode(struct reader *reader, struct entry *entry);

struct pieces { /* digests of the pieces FIRST, FIRST + 1, ... */
	uint64_t first;
	uint32_t count; /* 1 .. PIECES_PER_FRAME */
	const unsigned char *digests; /* COUNT times 32 bytes */
};
#define PIECES_PER_FRAME 2047u
unsigned char *pieces_begin(struct writer *writer, uint16_t number, uint64_t first);
void pieces_add(struct writer *writer, const struct digest *digest);
MUST_CHECK enum status pieces_decode(struct span payload, struct pieces *pieces);

/* DATA: the bytes of one piece, then this trailer. */
enum data_status {
	DATA_PROVEN = 0, /* the digest is that of the bytes, under the version that FILE named */
	DATA_VOID = 1,   /* the bytes mean nothing, the digest is zeros, an ERROR follows */
};
struct data_trailer {
	enum data_status status;
	struct digest digest;
};
void data_header_encode(struct writer *writer, uint16_t number, uint32_t piece_length);
void data_trailer_encode(struct writer *writer, const struct data_trailer *trailer);
MUST_CHECK enum status data_trailer_decode(const unsigned char bytes[DATA_TRAILER_SIZE], struct data_trailer *trailer);

struct sum_result {
	enum sum_kind kind;
	struct digest digest;
};
void sum_result_encode(struct writer *writer, uint16_t number, const struct sum_result *result);
MUST_CHECK enum status sum_result_decode(struct span payload, struct sum_result *result);

struct done {
	uint64_t count; /* entries listed, digests sent */
};
void done_encode(struct writer *writer, uint16_t number, const struct done *done);
MUST_CHECK enum status done_decode(struct span payload, struct done *done);

/* Sent when a reply has had nothing else to say for 2 s; only a count that grew extends the peer's patience. */
struct progress_report {
	uint64_t done; /* bytes hashed or sent; of a listing, entries */
};
void progress_report_encode(struct writer *writer, uint16_t number, const struct progress_report *report);
MUST_CHECK enum status progress_report_decode(struct span payload, struct progress_report *report);

enum error_code {
	ERROR_PROTOCOL = 1,     /* the peer broke the protocol; the connection ends */
	ERROR_VERSION = 2,      /* no common version; the connection ends */
	ERROR_NOT_FOUND = 3,
	ERROR_REFUSED = 4,      /* no permission at the server */
	ERROR_CHANGED = 5,      /* the file is not, or no longer, the version asked for */
	ERROR_BUSY = 6,         /* a cap is reached: retry_after_ms says when to come back; the connection ends if number 0 */
	ERROR_IO = 7,           /* reading failed at the server */
	ERROR_LIMIT = 8,        /* a cap that waiting does not lift */
	ERROR_NAME = 9,         /* a path that the protocol does not allow */
	ERROR_NOT_A_FILE = 10,  /* READ, DIGESTS, SUM of something else than a regular file */
	ERROR_NOT_A_FOLDER = 11,/* LIST of something else than a folder */
	ERROR_RANGE = 12,       /* pieces that the file does not have; "any" for another piece than 0 */
	ERROR_STOPPING = 13,    /* the server is shutting down; the connection ends if number 0 */
	ERROR_DEADLINE = 14,    /* the peer was silent or slow beyond a deadline; the connection ends */
};
#define ERROR_TEXT_MAX 512u
#define RETRY_AFTER_MAX_MS 60000u
struct error {
	uint16_t code; /* enum error_code, not 0; an unknown one counts as a failure that is not worth a retry */
	uint32_t retry_after_ms; /* 0..RETRY_AFTER_MAX_MS */
	struct span text; /* for people, at most ERROR_TEXT_MAX bytes, untrusted */
};
void error_encode(struct writer *writer, uint16_t number, const struct error *error);
MUST_CHECK enum status error_decode(struct span payload, struct error *error);

/* The one table between a status and its code on the wire; IO for a status, UNSUPPORTED for a code that is not in it. */
enum error_code error_code_of(enum status status);
enum status error_status_of(uint16_t code);

#endif
