/* Takes from a child process what its kernel, or its user, would allow. */
#ifndef FORBID_H
#define FORBID_H

#include <stdbool.h>

/* Runs STORY in a child in which system call NUMBER fails with ERROR; true when it could be arranged and STORY was true. */
bool forbid_in_child(int number, int error, bool (*story)(const void *argument), const void *argument);

/* Root reads what permissions forbid: gives that up for the rest of this process. 0, or -1 with errno. */
int forbid_ignoring_permissions(void);

#endif
