/* Finds the configuration's folder and keeps the known servers in it. */
#include "configuration.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "known_servers.h"
#include "path.h"
#include "private_folder.h"
#include "text.h"
#include "trusted.h"
#include "whole_file.h"

static char *folder_path(void)
{
	return private_folder_path("XDG_CONFIG_HOME", ".config");
}

char *configuration_shown(const char *file, char out[CONFIGURATION_SHOWN_SIZE])
{
	char *path = folder_path();

	text_escape(out, CONFIGURATION_SHOWN_SIZE - strlen(file) - 1, span_of(path ? path : "~/.config/ferry"));
	size_t length = strlen(out);
	snprintf(out + length, CONFIGURATION_SHOWN_SIZE - length, "/%s", file);
	free(path);
	return out;
}

static enum status open_there(int *folder)
{
	char *path = folder_path();
	enum status status = path ? trusted_open(path, O_RDONLY | O_DIRECTORY, 0, folder) : STATUS_NOT_FOUND;

	free(path);
	return status;
}

int configuration_find(void)
{
	int folder;

	return open_there(&folder) == STATUS_OK ? folder : -1;
}

static enum status open_or_make(int *folder)
{
	char *path = folder_path();
	enum status status = path ? private_folder_open(path, folder) : STATUS_NOT_FOUND;

	free(path);
	return status;
}

static enum status recall(int folder, const struct url *url, struct pin *pin, size_t *line)
{
	struct known_servers servers;
	enum status status = known_servers_load(folder, &servers, line);

	if (status != STATUS_OK)
		return status;
	const struct pin *known = known_servers_find(&servers, url->host, url->port);
	if (known)
		*pin = *known;
	known_servers_release(&servers);
	return known ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status configuration_recall(const struct url *url, struct pin *pin, size_t *line)
{
	int folder;
	enum status status = open_there(&folder);

	*line = 0;
	if (status != STATUS_OK)
		return status;
	status = recall(folder, url, pin, line);
	close(folder);
	return status;
}

static enum status change(int folder, const struct url *url, const struct pin *pin, size_t *line)
{
	struct known_servers servers;
	enum status status = known_servers_load(folder, &servers, line);

	if (status != STATUS_OK)
		return status;
	if (pin)
		status = known_servers_set(&servers, url->host, url->port, pin);
	else
		status = known_servers_remove(&servers, url->host, url->port);
	if (status == STATUS_OK)
		status = known_servers_save(folder, &servers);
	known_servers_release(&servers);
	return status;
}

enum status configuration_learn(const struct url *url, const struct pin *pin, size_t *line)
{
	int folder, lock;
	enum status status = open_or_make(&folder);

	*line = 0;
	if (status != STATUS_OK)
		return status;
	status = whole_file_lock(folder, KNOWN_SERVERS_FILE, &lock);
	if (status == STATUS_OK) {
		status = change(folder, url, pin, line);
		close(lock);
	}
	close(folder);
	return status;
}
