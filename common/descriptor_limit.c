/* getrlimit(2) and setrlimit(2). */
#include "descriptor_limit.h"

#include <sys/resource.h>

#define USUAL 1024

size_t descriptor_limit_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return USUAL;
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	return (size_t)(setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before);
}
