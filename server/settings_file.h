/* The configuration file: INI, one [server] and a [share NAME] for each share. */
#ifndef SETTINGS_FILE_H
#define SETTINGS_FILE_H

#include "complaint.h"
#include "settings.h"
#include "status.h"

/*
 * Adds the file at PATH to SETTINGS, whose defaults are set. STATUS_NOT_FOUND where there is no such file, any
 * other status for a file that can't be read or is wrong; the complaint is "FILE: what" or "FILE:LINE: what".
 */
MUST_CHECK enum status settings_file_read(const char *path, struct settings *settings, struct complaint *complaint);

#endif
