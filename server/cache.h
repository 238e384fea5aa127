/* The cache: the folder that the digest index lies in, as the settings name it. */
#ifndef CACHE_H
#define CACHE_H

#include "digest_index.h"
#include "settings.h"
#include "share.h"
#include "status.h"

/*
 * Opens the folder, hides it from the shares and makes *INDEX; NULL where the settings want none. A folder that the user
 * named must be usable, and one that is served never is (STATUS_EXISTS); if the automatic one is not, or there is no home
 * for it, a log line tells why and there is no index. The automatic one is hidden from the shares even if another is used.
 */
MUST_CHECK enum status cache_open(const struct settings *settings, struct shares *shares, struct digest_index **index);

/* Why a folder cannot be used. */
const char *cache_reason(enum status status);

#endif
