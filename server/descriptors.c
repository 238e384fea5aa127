/* Shares out the descriptors between contents, connections, listings and the rest. */
#include "descriptors.h"

#include "log.h"

#define OWN 32             /* standard streams, signals, epoll, slots for refusals... */
#define CONTENTS_MAX 16384 /* memory, too, is spent on each */
#define FOLDERS_SHARE 8    /* an eighth for listings */
#define FOLDERS_MIN 4

size_t descriptors_contents(size_t count)
{
	size_t quarter = count / 4;

	if (quarter > CONTENTS_MAX)
		return CONTENTS_MAX;
	return quarter > 0 ? quarter : 1;
}

static uint64_t lower(uint64_t cap, size_t most, const char *name)
{
	if (cap <= most)
		return cap;
	log_line(LOG_WARN, "event=limit setting=%s wanted=%ju lowered=%zu reason=RLIMIT_NOFILE", name, (uintmax_t)cap, most);
	return most;
}

static size_t folders_max(size_t count)
{
	size_t share = count / FOLDERS_SHARE;

	return share > FOLDERS_MIN ? share : FOLDERS_MIN;
}

void descriptors_fit(struct settings *settings, size_t count)
{
	size_t own = OWN + settings->listen_count + settings->share_count;
	size_t folders = folders_max(count);
	size_t kept = descriptors_contents(count) + folders + own;
	size_t most = kept < count ? count - kept : 1;

	settings->max_connections = (unsigned)lower(settings->max_connections, most, "max_connections");
	settings->max_connections_per_address =
		(unsigned)lower(settings->max_connections_per_address, most, "max_connections_per_address");
	settings->listing_folders = lower(settings->listing_folders, folders, "listing_folders");
	settings->listing_folders_per_address =
		lower(settings->listing_folders_per_address, folders, "listing_folders_per_address");
}
