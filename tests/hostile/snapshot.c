/* Walks a tree and writes down what is there. */
#include "snapshot.h"

#include <fcntl.h>
#include <fts.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* No adversary of this hash is around: it is to see an accident. */
static bool hash_file(const char *path, uint64_t *hash)
{
	unsigned char bytes[65536];
	ssize_t got;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);

	if (fd < 0)
		return false;
	*hash = FNV_BASIS;
	while ((got = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			*hash = (*hash ^ bytes[i]) * FNV_PRIME;
	}
	close(fd);
	return got == 0;
}

static bool write_contents(FILE *out, const FTSENT *entry)
{
	char target[4096];
	uint64_t hash;

	if (entry->fts_info == FTS_F) {
		if (!hash_file(entry->fts_accpath, &hash))
			return false;
		fprintf(out, " %016llx", (unsigned long long)hash);
	} else if (entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE) {
		ssize_t length = readlink(entry->fts_accpath, target, sizeof(target));
		if (length < 0)
			return false;
		fprintf(out, " -> %.*s", (int)length, target);
	}
	return true;
}

static bool write_line(FILE *out, const FTSENT *entry)
{
	const struct stat *stat = entry->fts_statp;

	if (entry->fts_info == FTS_DP)
		return true;
	if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
		return false;
	fprintf(out, "%s mode %o owner %u:%u inode %llu links %llu size %lld modified %lld.%09ld changed %lld.%09ld", entry->fts_path,
		stat->st_mode, stat->st_uid, stat->st_gid, (unsigned long long)stat->st_ino, (unsigned long long)stat->st_nlink,
		(long long)stat->st_size, (long long)stat->st_mtim.tv_sec, stat->st_mtim.tv_nsec, (long long)stat->st_ctim.tv_sec,
		stat->st_ctim.tv_nsec);
	if (!write_contents(out, entry))
		return false;
	fputc('\n', out);
	return true;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

char *snapshot_take(const char *folder)
{
	char *text = NULL, *path = strdup(folder);
	size_t length;
	FILE *out = open_memstream(&text, &length);
	FTS *walk = path ? fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, by_name) : NULL;
	bool sound = out && walk;
	FTSENT *entry;

	while (sound && (entry = fts_read(walk)))
		sound = write_line(out, entry);
	if (walk)
		fts_close(walk);
	if (out)
		fclose(out);
	free(path);
	if (sound)
		return text;
	free(text);
	return NULL;
}

void snapshot_assert_same(const char *before, const char *after)
{
	assert_non_null(before);
	assert_non_null(after);
	while (*before && *after) {
		size_t old = strcspn(before, "\n"), new = strcspn(after, "\n");
		if (old != new || memcmp(before, after, old) != 0)
			fail_msg("was: %.*s\nis:  %.*s", (int)old, before, (int)new, after);
		before += old + 1;
		after += new + 1;
	}
	if (*before || *after)
		fail_msg("%s: %s", *before ? "is gone" : "is new", *before ? before : after);
}
