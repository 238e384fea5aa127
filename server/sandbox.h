/* The sandbox: entered once everything is open and before the first thread. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "complaint.h"
#include "sandbox_files.h"
#include "settings.h"
#include "share.h"
#include "status.h"

/*
 * Whatever a peer could make the server do from here on, it can read the shares, and write nothing but the cache and the
 * state: no_new_privs, then Landlock, then seccomp. Each is inherited by every thread that is started later, and by none that
 * runs. Folders that are -1 are left out. Where -c named the configuration, its folder and those of cert and key stay readable
 * (files there, no listing), so that SIGHUP finds the files that replace them.
 */
struct sandbox {
	const struct settings *settings;
	const struct shares *shares;
	int cache;
	int state;
};

/*
 * As the setting says: off does nothing, best logs missing parts and goes on; required complains of them instead, and the
 * caller must not serve.
 */
MUST_CHECK enum status sandbox_enter(const struct sandbox *sandbox, struct complaint *complaint);

#endif
