/* Tells the world that the server serves, in every way that was asked for. */
#include "ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "beneath.h"
#include "log.h"
#include "path.h"
#include "trusted.h"

enum status ready_check_fd(int fd, struct complaint *complaint)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return complain(complaint, STATUS_INVALID, "ferryd: --ready-fd %d: not an open descriptor", fd);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return complain(complaint, STATUS_INVALID, "ferryd: --ready-fd %d: not open for writing", fd);
	return STATUS_OK;
}

/* Opens the folder that holds the port file; *NAME is its name there. */
static enum status open_folder_of(const char *path, int *folder, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	enum status status = STATUS_NO_MEMORY;

	if (parent)
		status = trusted_open(parent, O_RDONLY | O_DIRECTORY, 0, folder);
	free(parent);
	*name = slash ? slash + 1 : path;
	return status;
}

static enum status remove_regular(int folder, const char *name)
{
	struct stat stat;
	enum status status = beneath_stat_name(folder, name, &stat);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	return S_ISREG(stat.st_mode) ? beneath_remove_name(folder, name) : STATUS_NOT_REGULAR;
}

static enum status complain_of_port_file(struct complaint *complaint, enum status status, const char *path)
{
	return complain(complaint, status, "ferryd: --port-file %s: %s", path, status_text(status));
}

enum status ready_clear(const struct ready *ready, struct complaint *complaint)
{
	const char *name;
	int folder;
	enum status status;

	if (!ready->port_file)
		return STATUS_OK;
	status = open_folder_of(ready->port_file, &folder, &name);
	if (status == STATUS_OK) {
		status = remove_regular(folder, name);
		close(folder);
	}
	return status == STATUS_OK ? STATUS_OK : complain_of_port_file(complaint, status, ready->port_file);
}

/* One short write: FD is a pipe, a socket or a new file. */
static enum status write_text(int fd, const char *text)
{
	ssize_t written;

	do
		written = write(fd, text, strlen(text));
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return status_from_errno(errno);
	return (size_t)written == strlen(text) ? STATUS_OK : STATUS_NO_SPACE;
}

/* Writes TEXT beside NAME and renames it, so that a reader who finds NAME finds all of it. */
static enum status write_whole(int folder, const char *name, const char *text)
{
	char beside[64];
	int fd;
	enum status status;

	snprintf(beside, sizeof(beside), ".ferryd-ports-%ld", (long)getpid());
	status = beneath_open(folder, beside, O_WRONLY | O_CREAT | O_TRUNC, 0666, &fd);
	if (status != STATUS_OK)
		return status;
	status = write_text(fd, text);
	if (close(fd) < 0 && status == STATUS_OK)
		status = status_from_errno(errno);
	if (status == STATUS_OK)
		status = beneath_rename_name(folder, beside, name);
	if (status != STATUS_OK && beneath_remove_name(folder, beside) != STATUS_OK)
		log_line(LOG_WARN, "event=ready left=%s", beside);
	return status;
}

static char *port_lines(const struct address *addresses, size_t count)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; out && i < count; i++)
		fprintf(out, "%u\n", address_port(&addresses[i]));
	return out && fclose(out) == 0 ? text : NULL;
}

static enum status write_port_file(const char *path, const struct address *addresses, size_t count)
{
	char *text = port_lines(addresses, count);
	const char *name;
	int folder;
	enum status status = text ? open_folder_of(path, &folder, &name) : STATUS_NO_MEMORY;

	if (status == STATUS_OK) {
		status = write_whole(folder, name, text);
		close(folder);
	}
	free(text);
	return status;
}

/* A client can't connect to a wildcard. */
static struct address reachable(const struct address *address)
{
	struct address loopback = *address;

	if (!address_is_wildcard(address))
		return loopback;
	if (address_parse(address->storage.ss_family == AF_INET ? "127.0.0.1" : "::1", &loopback) == STATUS_OK)
		address_set_port(&loopback, address_port(address));
	return loopback;
}

/* In a URL the '%' before an IPv6 zone is written as %25 (RFC 6874). */
static void print_url(FILE *out, const char *scheme, const struct address *address)
{
	struct address reached = reachable(address);
	char text[ADDRESS_TEXT_SIZE];

	address_text(&reached, text);
	fprintf(out, "%s://", scheme);
	for (const char *next = text; *next; next++)
		fputs(*next == '%' ? "%25" : (char[]){*next, '\0'}, out);
	fputc('/', out);
}

char *ready_line(const struct ready *ready, const struct address *addresses, size_t count)
{
	char *line = NULL;
	size_t length;
	FILE *out = open_memstream(&line, &length);

	if (!out)
		return NULL;
	fputs("ready", out);
	for (size_t i = 0; i < count; i++) {
		fputc(' ', out);
		print_url(out, ready->tls ? "ferrys" : "ferry", &addresses[i]);
	}
	fputc('\n', out);
	return fclose(out) == 0 ? line : NULL;
}

static void warn(const char *where, enum status status)
{
	if (status != STATUS_OK)
		log_line(LOG_WARN, "event=ready to=%s reason=\"%s\"", where, status_text(status));
}

/* The address that sd_notify(3) would send to: a path, or an abstract name written with '@'. */
static enum status notify_address(const char *place, struct sockaddr_un *address, socklen_t *address_length)
{
	size_t length = strlen(place);

	if ((place[0] != '/' && place[0] != '@') || length >= sizeof(address->sun_path))
		return STATUS_INVALID;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, place, length);
	if (place[0] == '@')
		address->sun_path[0] = '\0';
	*address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return STATUS_OK;
}

/* Without systemd's library, and connected now: inside the sandbox no socket can be reached by name. */
static enum status connect_notify(const char *place, int *notify)
{
	struct sockaddr_un address;
	socklen_t length;
	enum status status = notify_address(place, &address, &length);

	if (status != STATUS_OK)
		return status;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return status_from_errno(errno);
	if (connect(fd, (struct sockaddr *)&address, length) < 0) {
		status = status_from_errno(errno);
		close(fd);
		return status;
	}
	*notify = fd;
	return STATUS_OK;
}

static enum status notify(const struct ready *ready, const char *text)
{
	if (ready->notify < 0)
		return STATUS_OK;
	return send(ready->notify, text, strlen(text), MSG_NOSIGNAL) < 0 ? status_from_errno(errno) : STATUS_OK;
}

enum status ready_prepare(struct ready *ready, const struct address *addresses, size_t count, struct complaint *complaint)
{
	const char *place = getenv("NOTIFY_SOCKET");

	ready->notify = -1;
	if (ready->port_file) {
		enum status status = write_port_file(ready->port_file, addresses, count);
		if (status != STATUS_OK)
			return complain_of_port_file(complaint, status, ready->port_file);
	}
	if (place && *place)
		warn("notify", connect_notify(place, &ready->notify));
	return STATUS_OK;
}

enum status ready_announce(const struct ready *ready, const struct address *addresses, size_t count,
	struct complaint *complaint)
{
	char *line = ready_line(ready, addresses, count);

	if (!line)
		return complain(complaint, STATUS_NO_MEMORY, "ferryd: out of memory");
	if (ready->fd >= 0) {
		warn("ready-fd", write_text(ready->fd, line));
		close(ready->fd);
	}
	warn("stdout", write_text(STDOUT_FILENO, line));
	warn("notify", notify(ready, "READY=1"));
	free(line);
	return STATUS_OK;
}

void ready_stopping(const struct ready *ready)
{
	warn("notify", notify(ready, "STOPPING=1"));
}

void ready_release(struct ready *ready)
{
	if (ready->notify >= 0)
		close(ready->notify);
	ready->notify = -1;
}
