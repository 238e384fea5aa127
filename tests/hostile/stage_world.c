/* Makes files, links and settings. */
#include "stage_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "digest.h"
#include "hex.h"
#include "sockets.h"
#include "stage.h"

static const char *const folders[] = {"public", "public/folder", "public/state", "followed", "followed/folder", "veiled",
	"veiled/.folder", "locked", "locked/part", "far", "outside"};
static const char *const files[] = {"public/folder/inside", "followed/folder/inside", "veiled/.secret", "veiled/.folder/inside",
	"locked/file", "locked/part/inside", "far/file", "outside/secret"};
static const char *const small_files[] = {"public/small", "followed/small", "veiled/small"};
/* What each points to stands before it. */
static const char *const links[][2] = {{"../outside/secret", "out"}, {"../outside", "outside"}, {"small", "here"}, {"folder", "below"},
	{"loop", "loop"}, {"missing", "nowhere"}, {"/dev/zero", "device"}, {"/proc/self", "process"}};
static const char *const linked_shares[] = {"public", "followed"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Longer than a raw client waits: where a connection ends, it does not end for these. */
static const char patient[] = "greeting_deadline = 1h\nframe_deadline = 1h\nidle_deadline = 1h\nrate_window = 1h\n";
static const char narrow[] = "max_connections = 4\nmax_connections_per_address = 3\nwindow_requests = 2\nwindow_bytes = 16K\n";
static const char hasty[] =
	"greeting_deadline = 300ms\nframe_deadline = 300ms\nidle_deadline = 300ms\nrate_window = 300ms\n";

static FILE *make_file(int world, const char *path, mode_t mode)
{
	int fd = openat(world, path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		give_up(path);
	return file;
}

static void close_file(FILE *file, const char *path)
{
	if (fclose(file) != 0)
		give_up(path);
}

static void write_text(int world, const char *path, const char *text)
{
	FILE *file = make_file(world, path, 0644);

	fputs(text, file);
	close_file(file, path);
}

/* Byte number i is i mod 251. */
static void write_large(int world, const char *path)
{
	FILE *file = make_file(world, path, 0644);

	for (size_t i = 0; i < STAGE_LARGE_SIZE; i++)
		fputc((int)(i % 251), file);
	close_file(file, path);
}

static void make_links(int world, const char *share, const char *root)
{
	char path[64], target[PATH_MAX + 32];

	for (size_t i = 0; i < COUNT(links); i++) {
		snprintf(path, sizeof(path), "%s/%s", share, links[i][1]);
		if (symlinkat(links[i][0], world, path) < 0)
			give_up(path);
	}
	snprintf(path, sizeof(path), "%s/absolute", share);
	snprintf(target, sizeof(target), "%s/world/outside/secret", root);
	if (symlinkat(target, world, path) < 0)
		give_up(path);
}

/* A socket is made where the working directory is, or its name would be too long. */
static void make_specials(int world)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "public/socket"};
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (mkfifoat(world, "public/fifo", 0644) < 0)
		give_up("fifo");
	if (here < 0 || fchdir(world) < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || fchdir(here) < 0)
		give_up("socket");
	close(fd);
	close(here);
}

static void write_claim(FILE *file, const char *name, const struct digest *digest, const char *rest)
{
	fprintf(file, "%s ", name);
	hex_print(file, (struct span){digest->bytes, sizeof(digest->bytes)});
	fprintf(file, " %s\n", rest);
}

static void write_token(FILE *file, const char *name, const char *secret, const char *rest)
{
	struct digest digest;
	struct flat *flat;

	if (flat_new(&flat) != STATUS_OK)
		give_up("flat_new");
	flat_add(flat, secret, strlen(secret));
	flat_finish(flat, &digest);
	flat_free(flat);
	write_claim(file, name, &digest, rest);
}

static void write_key(FILE *file, const char *name, const struct shape *shape)
{
	write_claim(file, name, &papers_pin(papers_of(shape))->digest, "never locked");
}

static void write_tokens(int world)
{
	static const struct shape known = {.key = STAGE_KEY}, weak = {.key = STAGE_WEAK_KEY};
	FILE *file = make_file(world, "public/state/tokens", 0600);

	write_token(file, "all token", TOKEN_OF_LOCKED, "never locked");
	write_token(file, "part token", TOKEN_OF_PART, "never locked/part");
	write_token(file, "expired token", TOKEN_EXPIRED, "1 locked");
	write_key(file, "known key", &known);
	write_key(file, "weak key", &weak);
	close_file(file, "tokens");
}

static void write_settings(const struct scratch *scratch, const char *name, const char *settings)
{
	FILE *file = make_file(scratch->folder, name, 0644);
	const char *path = scratch->path;

	fprintf(file, "[server]\ndrain_deadline = 2s\nstate = %s/world/public/state\n%s", path, settings);
	fprintf(file, "[share public]\npath = %s/world/public\n", path);
	fprintf(file, "[share followed]\npath = %s/world/followed\nsymlinks = beneath\n", path);
	fprintf(file, "[share veiled]\npath = %s/world/veiled\nhidden = no\n", path);
	fprintf(file, "[share locked]\npath = %s/world/locked\naccess = tokens\n", path);
	fprintf(file, "[share far]\npath = %s/world/far\naddresses = 192.0.2.0/24\n", path);
	close_file(file, name);
}

static void write_all_settings(const struct scratch *scratch)
{
	char settings[512];

	write_settings(scratch, "plain.conf", patient);
	write_settings(scratch, "hasty.conf", hasty);
	snprintf(settings, sizeof(settings), "tls = yes\n%s", patient);
	write_settings(scratch, "secure.conf", settings);
	snprintf(settings, sizeof(settings), "%s%s", patient, narrow);
	write_settings(scratch, "narrow.conf", settings);
}

void world_build(const struct scratch *scratch)
{
	int world;

	if (mkdirat(scratch->folder, "world", 0755) < 0 ||
	    (world = openat(scratch->folder, "world", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		give_up("world");
	for (size_t i = 0; i < COUNT(folders); i++) {
		if (mkdirat(world, folders[i], strcmp(folders[i], "public/state") == 0 ? 0700 : 0755) < 0)
			give_up(folders[i]);
	}
	for (size_t i = 0; i < COUNT(files); i++)
		write_text(world, files[i], files[i]);
	for (size_t i = 0; i < COUNT(small_files); i++)
		write_text(world, small_files[i], STAGE_SMALL);
	write_text(world, "public/empty", "");
	write_large(world, "public/large");
	for (size_t i = 0; i < COUNT(linked_shares); i++)
		make_links(world, linked_shares[i], scratch->path);
	if (symlinkat("../file", world, "locked/part/up") < 0)
		give_up("up");
	make_specials(world);
	write_tokens(world);
	close(world);
	write_all_settings(scratch);
}
