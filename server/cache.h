/* The cache: the folder that the digest index lies in, as the settings name it. */
#ifndef CACHE_H
#define CACHE_H

#include "digest_index.h"
#include "settings.h"
#include "share.h"
#include "status.h"

/*
 * Opens the folder, keeps the shares from showing it and makes *INDEX; NULL where there is to be none. A folder that the
 * user named must do, one that is served never does (STATUS_EXISTS); where the automatic one does not, or there is no home
 * for it, a log line says so and there is no index. Whatever is used, the shares do not show the automatic one either.
 */
MUST_CHECK enum status cache_open(const struct settings *settings, struct shares *shares, struct digest_index **index);

/* Why a folder does not do. */
const char *cache_reason(enum status status);

#endif
