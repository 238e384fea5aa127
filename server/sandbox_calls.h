/* Seccomp: the system calls that the process may still make, from now on and for ever; any other kills it. */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include "status.h"

/*
 * Confines this thread and all that it will start. Nothing can be executed, traced, connected to or mapped as code any more,
 * no process can be made. Sets no_new_privs. STATUS_UNSUPPORTED where the kernel has no filters.
 */
MUST_CHECK enum status sandbox_calls_confine(void);

#endif
