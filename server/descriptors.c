/* Shares out the descriptors between contents, connections and the rest. */
#include "descriptors.h"

#include <sys/resource.h>

#include "log.h"

#define OWN 32             /* standard streams, signals, epoll, slots for refusals... */
#define CONTENTS_MAX 16384 /* memory, too, is spent on each */

size_t descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1024;
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	return (size_t)(setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before);
}

size_t descriptors_contents(size_t count)
{
	size_t quarter = count / 4;

	if (quarter > CONTENTS_MAX)
		return CONTENTS_MAX;
	return quarter > 0 ? quarter : 1;
}

static void lower(unsigned *cap, size_t most, const char *name)
{
	if (*cap <= most)
		return;
	log_line(LOG_WARN, "event=limit setting=%s wanted=%u lowered=%zu reason=RLIMIT_NOFILE", name, *cap, most);
	*cap = (unsigned)most;
}

void descriptors_fit(struct settings *settings, size_t count)
{
	size_t own = OWN + settings->listen_count + settings->share_count;
	size_t kept = descriptors_contents(count) + count / 8 + own;
	size_t most = kept < count ? count - kept : 1;

	lower(&settings->max_connections, most, "max_connections");
	lower(&settings->max_connections_per_address, most, "max_connections_per_address");
}
