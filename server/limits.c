/* Shares out the descriptors between contents, connections and the rest. */
#include "limits.h"

#include <sys/resource.h>

#include "log.h"

#define OWN 64            /* standard streams, listeners, epoll, shares... */
#define CONTENTS_MAX 16384 /* memory, too, is spent on each */

size_t limits_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1024;
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	return (size_t)(setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before);
}

size_t limits_contents(size_t descriptors)
{
	size_t quarter = descriptors / 4;

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

void limits_fit(struct settings *settings, size_t descriptors)
{
	size_t kept = limits_contents(descriptors) + descriptors / 8 + OWN;
	size_t most = kept < descriptors ? descriptors - kept : 1;

	lower(&settings->max_connections, most, "max_connections");
	lower(&settings->max_connections_per_address, most, "max_connections_per_address");
}
