/* Gets the SHA-256 of whole files: from the root of a small one, on the way through an outlet, or by reading the file once. */
#include "checksum.h"

#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "hasher.h"
#include "sync.h"

static enum status sum_of(int fd, uint64_t size, struct digest *digest)
{
	struct hasher *hasher;
	enum status status = hasher_new(HASHER_FLAT, &hasher);

	if (status != STATUS_OK)
		return status;
	status = hasher_file(hasher, fd, size, digest);
	hasher_free(hasher);
	return status;
}

static enum status compute(struct download *download)
{
	/* The root of a file of one leaf is its SHA-256. */
	if (download->source.size <= LEAF_SIZE) {
		download->sum = download->root;
		return STATUS_OK;
	}
	if (download->outlet) {
		outlet_sum(download->outlet, &download->sum);
		return STATUS_OK;
	}
	return sum_of(download->partial.fd, download->source.size, &download->sum);
}

enum status checksum_download(struct download *download)
{
	const struct digest *wanted = plan_sum(download->file);

	if (!wanted)
		return STATUS_OK;
	enum status status = compute(download);
	if (status != STATUS_OK)
		return status;
	download->summed = true;
	return digest_equal(&download->sum, wanted) ? STATUS_OK : STATUS_MISMATCH;
}

enum status checksum_file(int folder, const char *name, uint64_t size, const struct digest *sum, enum checksum_sync sync)
{
	struct stat stat;
	struct digest digest;
	int fd;
	enum status status = beneath_open_file(folder, name, BENEATH_NO_SYMLINKS, &fd, &stat);

	if (status != STATUS_OK)
		return status;
	status = sum_of(fd, size, &digest);
	if (status == STATUS_OK && !digest_equal(&digest, sum))
		status = STATUS_MISMATCH;
	if (status == STATUS_OK && sync == CHECKSUM_SYNC)
		status = sync_file(fd);
	close(fd);
	return status;
}
