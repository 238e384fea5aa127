/* Attacks on a client that wants TLS, before it trusts anybody: peers that speak none, break it, or never get done with it. */
#include <string.h>

#include "against_client.h"

#define NO_TLS "does not speak TLS: its URL begins with ferry://"
#define SOME "get TLSURL/file" ASKED "stat TLSURL/file --timeout 20\nls TLSURL/folder --timeout 20\nping TLSURL --timeout 20\n"
#define SOME_SHORT "get TLSURL/file --retry 0 --timeout 0.3\nstat TLSURL/file --timeout 0.3\nping TLSURL --timeout 0.3\n"

/* Waits for the first byte that the client says, so that nothing crosses it. */
static void await_client(struct visit *visit)
{
	unsigned char byte;
	size_t length;

	if (stream_read(&visit->stream, &byte, 1, &length) != STATUS_OK)
		visit->over = true;
}

static void say(struct visit *visit, const char *bytes, size_t length)
{
	await_client(visit);
	visit_say(visit, bytes, length);
	visit_hold(visit);
}

/* One record, as often and as fast as can be. */
static void repeat(struct visit *visit, const char *record, size_t length)
{
	await_client(visit);
	for (size_t i = 0; i < 1000; i++)
		memcpy(visit->frame + i * length, record, length);
	while (!visit->over)
		visit_say(visit, visit->frame, 1000 * length);
}

static void play_noise(struct visit *visit)
{
	say(visit, "\xde\xad\xbe\xef noise that is no record", 28);
}

static void play_plain_greeting(struct visit *visit)
{
	await_client(visit);
	SAY(visit, welcome_encode, &(struct welcome){.version = 1, .window_requests = 64, .window_bytes = 65536, .links = 4});
	visit_hold(visit);
}

static void play_alert(struct visit *visit)
{
	say(visit, "\x15\x03\x03\x00\x02\x02\x28", 7);
}

static void play_long_record(struct visit *visit)
{
	say(visit, "\x16\x03\x03\xff\xff", 5);
}

/* A ServerHello of 16 MiB. */
static void play_huge_hello(struct visit *visit)
{
	say(visit, "\x16\x03\x03\x00\x10\x02\xff\xff\xff\x03\x03xxxxxxxxxx", 21);
}

/* A ServerHello of TLS 1.2 (RFC 5246): no extensions, and a cipher of its time. */
static void play_old_hello(struct visit *visit)
{
	say(visit, "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" "\x00\xc0\x2f\x00", 47);
}

static void play_cipher_changes(struct visit *visit)
{
	repeat(visit, "\x14\x03\x03\x00\x01\x01", 6);
}

static void play_empty_records(struct visit *visit)
{
	repeat(visit, "\x16\x03\x03\x00\x00", 5);
}

static void play_warnings(struct visit *visit)
{
	repeat(visit, "\x15\x03\x03\x00\x02\x01\x64", 7);
}

static void play_end(struct visit *visit)
{
	await_client(visit);
	visit_end(visit);
	visit_hold(visit);
}

static void play_silence(struct visit *visit)
{
	visit_hold(visit);
}

/* The beginning of a record that never goes on. */
static void play_standstill(struct visit *visit)
{
	say(visit, "\x16\x03\x03\x00\x7a\x02\x00", 7);
}

static const struct attack attacks[] = {
	{"P1", "a_plain_greeting_to_who_wants_tls", SOME, 11, NO_TLS, .play = play_plain_greeting},
	{"P1", "noise_to_who_wants_tls", SOME, 11, "does not speak TLS\n", .play = play_noise},
	{"P1", "a_handshake_that_is_refused", SOME, 11, "handshake failure", .play = play_alert},
	{"P1", "an_older_tls", SOME, 11, "unsupported protocol", .play = play_old_hello},
	{"C5", "a_record_that_claims_to_be_huge", SOME, 11, "TLS with", .play = play_long_record},
	{"C5", "a_handshake_message_that_claims_to_be_huge", SOME, 11, "TLS with", .play = play_huge_hello},
	{"C12", "changes_of_cipher_without_end", SOME, 11, "TLS with", .play = play_cipher_changes},
	{"C12", "empty_records_without_end", SOME, 11, "TLS with", .play = play_empty_records},
	{"C12", "warnings_without_end", SOME, 11, "TLS with", .play = play_warnings},
	{"P4", "a_handshake_that_is_cut_off", SOME, 5, "connection lost", .play = play_end},
	{"S12", "silence_instead_of_a_handshake", SOME_SHORT, 5, "timed out", .play = play_silence},
	{"S12", "silence_within_a_handshake", SOME_SHORT, 5, "timed out", .play = play_standstill},
};

const struct attack_table tls_attacks = ATTACK_TABLE(attacks);
