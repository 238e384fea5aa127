/* Turns results of stat(2) into messages and versions, and compares them. */
#include "file_state.h"

#include <string.h>

static enum entry_kind kind_of(const struct stat *stat)
{
	if (S_ISREG(stat->st_mode))
		return ENTRY_FILE;
	if (S_ISDIR(stat->st_mode))
		return ENTRY_FOLDER;
	return S_ISLNK(stat->st_mode) ? ENTRY_SYMLINK : ENTRY_OTHER;
}

struct file file_of_stat(const struct stat *stat)
{
	enum entry_kind kind = kind_of(stat);

	return (struct file){
		.kind = kind,
		.mode = (uint16_t)(stat->st_mode & MODE_MAX),
		.size = kind == ENTRY_FILE ? (uint64_t)stat->st_size : 0,
		.mtime = file_time_of(stat->st_mtim),
	};
}

void version_of_stat(struct lanes *lanes, const struct stat *stat, struct version *version)
{
	unsigned char state[5 * sizeof(uint64_t) + 2 * sizeof(uint32_t)];
	struct writer writer;
	struct digest digest;

	writer_init(&writer, state, sizeof(state));
	writer_u64(&writer, stat->st_dev);
	writer_u64(&writer, stat->st_ino);
	writer_u64(&writer, (uint64_t)stat->st_size);
	writer_u64(&writer, (uint64_t)stat->st_mtim.tv_sec);
	writer_u32(&writer, (uint32_t)stat->st_mtim.tv_nsec);
	writer_u64(&writer, (uint64_t)stat->st_ctim.tv_sec);
	writer_u32(&writer, (uint32_t)stat->st_ctim.tv_nsec);
	lanes_sha256(lanes, &(struct lane){.bytes = state, .length = writer_length(&writer), .digest = &digest}, 1);
	memcpy(version->bytes, digest.bytes, sizeof(version->bytes));
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool file_state_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		same_time(a->st_mtim, b->st_mtim) && same_time(a->st_ctim, b->st_ctim);
}
