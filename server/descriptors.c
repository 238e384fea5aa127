/* Shares out the descriptors between contents, connections, listings and the rest. */
#include "descriptors.h"

#include "log.h"

#define OWN 32             /* standard streams, signals, epoll, slots for refusals... */
#define CONTENTS_MAX 16384 /* each takes memory, too */
#define READERS_SHARE 4    /* of the contents a quarter for one address */
#define FOLDERS_SHARE 8    /* an eighth for listings */
#define FOLDERS_MIN 4

size_t descriptors_contents(size_t count)
{
	size_t quarter = count / 4;

	if (quarter > CONTENTS_MAX)
		return CONTENTS_MAX;
	return quarter > 0 ? quarter : 1;
}

/* A cap in all, and the part of it that one address may have. */
struct caps_pair {
	const char *name;
	uint64_t in_all;
	uint64_t per_address;
	uint64_t least; /* per address */
};

static uint64_t log_lowered(const char *name, const char *suffix, uint64_t wanted, uint64_t lowered)
{
	log_line(LOG_WARN, "event=limit setting=%s%s wanted=%ju lowered=%ju reason=RLIMIT_NOFILE", name, suffix, (uintmax_t)wanted,
		(uintmax_t)lowered);
	return lowered;
}

/* The part of one address shrinks in proportion: otherwise one address could have everything. */
static void lower(struct caps_pair *caps, uint64_t most)
{
	if (caps->in_all <= most)
		return;
	uint64_t part = caps->per_address * most / caps->in_all;
	if (part < caps->least)
		part = caps->least;
	caps->in_all = log_lowered(caps->name, "", caps->in_all, most);
	if (part < caps->per_address)
		caps->per_address = log_lowered(caps->name, "_per_address", caps->per_address, part);
}

static size_t folders_max(size_t count)
{
	size_t share = count / FOLDERS_SHARE;

	return share > FOLDERS_MIN ? share : FOLDERS_MIN;
}

static uint64_t readers_max(size_t count)
{
	size_t share = descriptors_contents(count) / READERS_SHARE;

	return share > 0 ? share : 1;
}

void descriptors_fit(struct settings *settings, size_t count)
{
	size_t own = OWN + settings->listen_count + settings->share_count;
	size_t folders = folders_max(count);
	size_t kept = descriptors_contents(count) + folders + own;
	size_t most = kept < count ? count - kept : 1;
	struct caps_pair connections = {"max_connections", settings->max_connections, settings->max_connections_per_address, 1};
	struct caps_pair listings = {"listing_folders", settings->listing_folders, settings->listing_folders_per_address, FOLDERS_MIN};

	lower(&connections, most);
	lower(&listings, folders);
	settings->max_connections = (unsigned)connections.in_all;
	settings->max_connections_per_address = (unsigned)connections.per_address;
	settings->listing_folders = listings.in_all;
	settings->listing_folders_per_address = listings.per_address;
	/* A connection reads one file at a time; which files all of them may read is the contents' own cap. */
	settings->readers = settings->max_connections;
	settings->readers_per_address = readers_max(count);
}
