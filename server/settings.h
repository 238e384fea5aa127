/* Settings: the command line and the configuration file, parsed and checked, with every default in one table. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "log.h"
#include "network.h"
#include "status.h"

struct complaint;

#define SETTINGS_ROWS_MAX 64

enum share_access {
	SHARE_ANYONE, /* the default */
	SHARE_TOKENS, /* holders of a token for it */
	SHARE_CLOSED, /* nobody */
};

struct share_settings {
	char *name; /* NULL: the lone unnamed share that is "/" itself */
	char *path;
	enum share_access access;
	struct network *addresses; /* that may read it; none: all of them */
	size_t address_count;
	bool follows;              /* symlinks that stay below PATH */
	bool hides;                /* names that begin with a dot are not served */
};

enum sandbox_policy {
	SANDBOX_BEST,     /* the default: missing parts are logged */
	SANDBOX_REQUIRED, /* missing parts fail the start */
	SANDBOX_OFF,
};

/* `ferryd token ...`: something to do instead of serving. The texts are argv's. */
struct token_command {
	enum {
		TOKEN_COMMAND_NONE,
		TOKEN_COMMAND_ADD,
		TOKEN_COMMAND_LIST,
		TOKEN_COMMAND_REMOVE,
	} action;
	const char *name;
	const char *share;   /* SHARE[/PREFIX] */
	const char *expires; /* NULL: never */
	const char *pin;     /* of the client's key that takes the place of a secret; NULL: none */
};

struct settings {
	struct address *listen; /* in the order given; never empty once read */
	size_t listen_count;
	bool listen_from_file;  /* not from the command line, and not by default */
	bool plain;          /* --plain: no TLS, also beyond loopback */
	bool encrypted;      /* --tls */
	bool tls;            /* the result of these two and the setting */
	char *state;         /* "auto", or the folder of identity and tokens */
	char *cert;          /* PEM file with a certificate of one's own; NULL: the identity that ferryd makes */
	char *key;           /* PEM file with its key; NULL: CERT holds it too */

	struct share_settings *shares;
	size_t share_count;

	unsigned workers;                     /* threads; cores + 8 unless set */
	unsigned max_connections;             /* at least 1; further ones get BUSY */
	unsigned max_connections_per_address; /* at least 1 */
	unsigned window_requests;             /* R of the protocol */
	unsigned window_bytes;                /* B of the protocol */
	unsigned links;                       /* connections that one client should open */
	int64_t greeting_deadline;            /* nanoseconds, as all times here */
	int64_t frame_deadline;
	int64_t idle_deadline;
	int64_t drain_deadline;               /* running replies after SIGTERM */
	int64_t rate_window;                  /* minimum rate: rate_bytes per rate_window while output is pending */
	uint64_t rate_bytes;
	uint64_t hash_budget;                 /* bytes per second hashed for DIGESTS, SUM and FRESH, in all */
	uint64_t hash_budget_per_address;
	uint64_t handshakes;                  /* of TLS per second, in all */
	uint64_t handshakes_per_address;
	uint64_t new_connections;             /* per second; further ones get BUSY */
	uint64_t new_connections_per_address;
	uint64_t requests;                    /* per second; further ones wait */
	uint64_t requests_per_address;
	uint64_t memory;                      /* bytes that are kept for connections; over it new requests get BUSY */
	uint64_t memory_per_address;
	uint64_t listing_folders;             /* open at once in listings; over it they get BUSY */
	uint64_t listing_folders_per_address;
	uint64_t readers;                     /* of larger files at once: derived, see descriptors_fit(); over it they get BUSY */
	uint64_t readers_per_address;
	uint64_t listing_budget;              /* names per second in listings; over it they wait */
	uint64_t listing_budget_per_address;
	uint64_t listing_entries;             /* of one listing; over it, it ends with LIMIT */
	unsigned listing_depth;               /* levels of one listing; deeper folders are reported as missing */

	char *cache;                          /* "auto", "no", or the folder where digests are remembered */
	unsigned cache_files;                 /* at most so many entries */
	uint64_t cache_bytes;                 /* of at most so many bytes in all */

	char *user;                           /* the user to become; NULL: no other one */
	enum sandbox_policy sandbox;
	enum log_level log_level;

	int ready_fd;    /* -1: none */
	char *port_file; /* NULL: none */
	bool help;
	bool version;
	bool check_config;
	bool print_pin;
	struct token_command token;
	bool until_eof;
	bool prewarm;
	struct setting_override *overrides; /* settings that the command line overrides */
	size_t override_count;
	char *config;    /* the file that was read, NULL: none */
	int set_in_line[SETTINGS_ROWS_MAX]; /* line numbers in CONFIG, by row of the table, those of the last share; 0: not set */
	bool reloadable; /* -c named it: SIGHUP reads it again */
};

enum settings_outcome {
	SETTINGS_SERVE,
	SETTINGS_SHOWN, /* --help, --version: text was printed, exit 0 */
	SETTINGS_WRONG, /* COMPLAINT tells why; exit 2 */
};

/*
 * Reads ARGV and the configuration file that it names or that is found. May be called again with the same ARGV, whose options
 * are known to be right then; only SETTINGS_SERVE leaves something to release.
 */
enum settings_outcome settings_read(int argc, char **argv, struct settings *settings, struct complaint *complaint);
void settings_release(struct settings *settings);

/* Puts before COMPLAINT the line of the file that sets NAME of [server], or "ferryd" without one, and returns STATUS. */
enum status settings_complain_of(const struct settings *settings, const char *name, struct complaint *complaint, enum status status);

/* Names each setting that differs between the two but cannot change while the server runs. */
void settings_name_fixed(const struct settings *now, const struct settings *wanted, void (*report)(const char *name));

#endif
