/* Threads: started with a small stack and a name. */
#include "threads.h"

/* The deepest path holds two path buffers, a line of log and a batch of lanes; nothing recurses. */
#define STACK_SIZE (256 * 1024)

enum status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	int error = pthread_create(thread, &attributes, run, argument);
	pthread_attr_destroy(&attributes);
	if (error != 0)
		return status_from_errno(error);
	pthread_setname_np(*thread, name);
	return STATUS_OK;
}
