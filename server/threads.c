/* Counts processors and starts threads. */
#include "threads.h"

#include <sched.h>
#include <sys/prctl.h>

/* The deepest path holds two path buffers, a line of log and a batch of lanes; nothing recurses. */
#define STACK_SIZE (256 * 1024)

unsigned threads_cores(void)
{
	cpu_set_t cores;

	return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

enum status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;
	char own_name[16];

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	/* A thread inherits its name: to give it one later takes a file of /proc, which the sandbox denies. */
	prctl(PR_GET_NAME, own_name);
	prctl(PR_SET_NAME, name);
	int error = pthread_create(thread, &attributes, run, argument);
	prctl(PR_SET_NAME, own_name);
	pthread_attr_destroy(&attributes);
	return status_from_thread(error);
}
