/* Makes Landlock's rules; each kernel gets only those that its version knows (Documentation/userspace-api/landlock.rst). */
#include "sandbox_files.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Missing in the headers of older systems. */
#define ACCESS_REFER (1ull << 13)     /* version 2 */
#define ACCESS_TRUNCATE (1ull << 14)  /* version 3 */
#define ACCESS_IOCTL_DEV (1ull << 15) /* version 5 */
#define ACCESS_BIND_TCP (1ull << 0)   /* version 4 */
#define ACCESS_CONNECT_TCP (1ull << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ull << 0) /* version 6 */
#define SCOPE_SIGNALS (1ull << 1)

struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

/* From LANDLOCK_ACCESS_FS_EXECUTE to LANDLOCK_ACCESS_FS_MAKE_SYM. */
#define ACCESS_FIRST ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define ACCESS_OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

static const uint64_t uses[] = {
	[SANDBOX_LIST] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	[SANDBOX_READ] = LANDLOCK_ACCESS_FS_READ_FILE,
	[SANDBOX_KEEP] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | ACCESS_TRUNCATE,
};

int sandbox_files_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 0)
		return 0;
	return version < SANDBOX_FILES_VERSION_MAX ? (int)version : SANDBOX_FILES_VERSION_MAX;
}

/* All that VERSION can forbid is forbidden. */
static struct ruleset all_of(int version)
{
	struct ruleset ruleset = {.files = ACCESS_FIRST};

	if (version >= 2)
		ruleset.files |= ACCESS_REFER;
	if (version >= 3)
		ruleset.files |= ACCESS_TRUNCATE;
	if (version >= 4)
		ruleset.network = ACCESS_BIND_TCP | ACCESS_CONNECT_TCP;
	if (version >= 5)
		ruleset.files |= ACCESS_IOCTL_DEV;
	if (version >= 6)
		ruleset.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
	return ruleset;
}

/* Older kernels know a shorter struct, and take a longer one whose rest is zero. */
static int create(const struct ruleset *ruleset)
{
	return (int)syscall(SYS_landlock_create_ruleset, ruleset, sizeof(*ruleset), 0);
}

static enum status allow(int ruleset, uint64_t handled, const struct sandbox_place *place)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = uses[place->use] & handled, .parent_fd = place->folder};
	struct stat stat;

	if (fstat(place->folder, &stat) < 0)
		return status_from_errno(errno);
	/* A rule for a file that is no folder may name only rights that apply to files. */
	if (!S_ISDIR(stat.st_mode))
		rule.allowed_access &= ACCESS_OF_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return status_from_errno(errno);
	return STATUS_OK;
}

enum status sandbox_files_confine(const struct sandbox_place *places, size_t count, int version)
{
	struct ruleset all = all_of(version);
	int ruleset = create(&all);
	enum status status = STATUS_OK;

	if (ruleset < 0)
		return status_from_errno(errno);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = allow(ruleset, all.files, &places[i]);
	if (status == STATUS_OK && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		status = status_from_errno(errno);
	close(ruleset);
	return status;
}
