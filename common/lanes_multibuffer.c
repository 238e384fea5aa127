/* SHA-256 of many messages at once by libipsec-mb: the fast backend of lanes on x86-64. */
#include "lanes_engine.h"

#if defined(__x86_64__) && defined(HAVE_IPSEC_MB)

#include <stdbool.h>
#include <stdlib.h>

#include <intel-ipsec-mb.h>

/*
 * How a CPU hashes a batch. A batch takes as long as its longest message, however few it has; in that time OpenSSL
 * hashes about WORTH messages of that length, one after the other. Smaller batches are left to OpenSSL.
 * (Measured in nanoseconds per byte: batches of 16 with AVX-512 3.95, of 8 with AVX2 5.2, of 2 with SHA-NI 0.90;
 * OpenSSL with SHA-NI 0.58, without 2.07. Messages of 256 bytes to 64 KiB hardly differ.)
 */
struct pace {
	void (*init)(IMB_MGR *manager);
	size_t width; /* messages that run side by side */
	size_t worth;
};

static const struct pace avx512_beside_sha_ni = {.init = init_mb_mgr_avx512, .width = 16, .worth = 7};
static const struct pace avx512 = {.init = init_mb_mgr_avx512, .width = 16, .worth = 2};
static const struct pace sha_ni = {.init = init_mb_mgr_sse, .width = 2, .worth = 2};
static const struct pace avx2 = {.init = init_mb_mgr_avx2, .width = 8, .worth = 3};

/* NULL where OpenSSL is as good. */
static const struct pace *pace_of_this_cpu(void)
{
	/*
	 * The library reads CPUID and believes it; the compiler's test also asks whether the kernel keeps the wide
	 * registers, which it does not where a mitigation has switched AVX off. SHA-NI needs no such support.
	 */
	bool has_sha_ni = imb_get_feature_flags() & IMB_FEATURE_SHANI;
	bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
		__builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
		__builtin_cpu_supports("avx512vl");
	if (has_avx512)
		return has_sha_ni ? &avx512_beside_sha_ni : &avx512;
	if (has_sha_ni)
		return &sha_ni;
	return __builtin_cpu_supports("avx2") ? &avx2 : NULL;
}

struct multibuffer {
	const struct pace *pace;
	IMB_MGR *manager;
	void *openssl;
};

static void multibuffer_close(void *state)
{
	struct multibuffer *multibuffer = state;
	free_mb_mgr(multibuffer->manager);
	if (multibuffer->openssl)
		lanes_openssl.close(multibuffer->openssl);
	free(multibuffer);
}

static enum status manager_new(const struct pace *pace, IMB_MGR **manager)
{
	*manager = alloc_mb_mgr(0);
	if (!*manager)
		return STATUS_NO_MEMORY;
	/* By name, since init_mb_mgr_auto() takes 2 to 4 ms, this 0.2. Fails on a missing feature or its self-test. */
	pace->init(*manager);
	return imb_get_errno(*manager) == 0 ? STATUS_OK : STATUS_UNSUPPORTED;
}

static enum status multibuffer_open(void **state)
{
	const struct pace *pace = pace_of_this_cpu();
	if (!pace)
		return STATUS_UNSUPPORTED;
	struct multibuffer *multibuffer = calloc(1, sizeof *multibuffer);
	if (!multibuffer)
		return STATUS_NO_MEMORY;
	multibuffer->pace = pace;
	enum status status = manager_new(pace, &multibuffer->manager);
	if (status == STATUS_OK)
		status = lanes_openssl.open(&multibuffer->openssl);
	if (status != STATUS_OK) {
		multibuffer_close(multibuffer);
		return status;
	}
	*state = multibuffer;
	return STATUS_OK;
}

static bool batch_pays(const struct pace *pace, const struct lane *messages, size_t count)
{
	size_t total = 0;
	size_t longest = 0;
	for (size_t i = 0; i < count; i++) {
		size_t work = messages[i].length + 64; /* padding and set-up, about a block */
		total += work;
		if (work > longest)
			longest = work;
	}
	return total >= pace->worth * longest;
}

static void job_fill(IMB_JOB *job, const struct lane *message)
{
	job->cipher_mode = IMB_CIPHER_NULL;
	job->cipher_direction = IMB_DIR_ENCRYPT;
	job->chain_order = IMB_ORDER_HASH_CIPHER;
	job->hash_alg = IMB_AUTH_SHA_256;
	job->src = message->bytes;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = message->length;
	job->auth_tag_output = message->digest->bytes;
	job->auth_tag_output_len_in_bytes = sizeof message->digest->bytes;
}

/*
 * COUNT is at most the batch's width, so the manager's queue never fills. NOCHECK, since lanes_sha256 has checked the
 * lengths and the library's own checks take 15 % of a 64-byte message. (Its hash burst of version 1.3 lacks SHA-256.)
 */
static void batch_sha256(IMB_MGR *manager, const struct lane *messages, size_t count)
{
	size_t completed = 0;
	for (size_t i = 0; i < count; i++) {
		job_fill(IMB_GET_NEXT_JOB(manager), &messages[i]);
		completed += IMB_SUBMIT_JOB_NOCHECK(manager) != NULL;
	}
	while (IMB_FLUSH_JOB(manager))
		completed++;
	/* A digest that nobody computed must not pass for one. */
	if (completed != count)
		abort();
}

static void multibuffer_sha256(void *state, const struct lane *messages, size_t count)
{
	struct multibuffer *multibuffer = state;
	size_t width = multibuffer->pace->width;
	for (; count > 0; messages += width, count -= width) {
		if (width > count)
			width = count;
		if (batch_pays(multibuffer->pace, messages, width))
			batch_sha256(multibuffer->manager, messages, width);
		else
			lanes_openssl.sha256(multibuffer->openssl, messages, width);
	}
}

const struct lanes_engine lanes_multibuffer = {
	.name = "multibuffer",
	.open = multibuffer_open,
	.close = multibuffer_close,
	.sha256 = multibuffer_sha256,
};

#else

static enum status multibuffer_open(void **state)
{
	(void)state;
	return STATUS_UNSUPPORTED;
}

const struct lanes_engine lanes_multibuffer = {
	.name = "multibuffer",
	.open = multibuffer_open,
};

#endif
