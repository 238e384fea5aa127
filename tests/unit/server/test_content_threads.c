/* Tests of contents that several threads take, fill and make stale at once. */
#include "content_fixture.h"
#include "content_state.h"

#include <pthread.h>
#include <sys/stat.h>

#define THREADS 4
#define ROUNDS 600

struct visitor {
	struct fixture *fixture;
	unsigned seed;
	size_t served, busy, changed;
	bool wrong;
};

/* What a piece's digest is in this test: the same for all threads. */
static struct digest agreed_digest(const struct content *content, uint64_t piece)
{
	struct digest digest = digest_of((unsigned char)piece);

	memcpy(digest.bytes, content->version.bytes, sizeof(content->version.bytes));
	return digest;
}

static void visit_pieces(struct visitor *visitor, struct lanes *lanes, struct content *content)
{
	struct contents *contents = visitor->fixture->contents;
	struct digest root;

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++) {
		struct digest found, agreed = agreed_digest(content, piece);
		if (content_check(contents, content) != STATUS_OK) {
			visitor->changed++;
			return;
		}
		if (content_digest(content, piece, &found) && !digest_equal(&found, &agreed))
			visitor->wrong = true;
		if (content_remember(contents, content, piece, &agreed) != STATUS_OK)
			visitor->changed++;
	}
	if (content_root(content, lanes, &root))
		visitor->served++;
}

static void *visit(void *argument)
{
	struct visitor *visitor = argument;
	struct lanes *lanes;
	char name[] = "0";

	if (lanes_new(LANES_OPENSSL, &lanes) != STATUS_OK) {
		visitor->wrong = true;
		return NULL;
	}
	for (int i = 0; i < ROUNDS; i++) {
		struct content *content;
		name[0] = (char)('0' + rand_r(&visitor->seed) % FILES);
		enum status status = try_take(visitor->fixture, lanes, name, &content);
		if (status == STATUS_BUSY) {
			visitor->busy++;
		} else if (status != STATUS_OK) {
			visitor->wrong = true;
		} else {
			visit_pieces(visitor, lanes, content);
			content_release(visitor->fixture->contents, content);
		}
		/* Now and then a file changes under everybody's hands. */
		if (i % 50 == 49 && fchmodat(visitor->fixture->scratch.folder, name, 0600 | (unsigned)i % 8, 0) < 0)
			visitor->wrong = true;
	}
	lanes_free(lanes);
	return NULL;
}

static void threads_share_contents_without_mixing_their_digests(void **state)
{
	struct fixture *fixture = *state;
	struct visitor visitors[THREADS];
	pthread_t threads[THREADS];
	size_t served = 0, passed = 0;
	int before = scratch_next_descriptor();

	for (unsigned i = 0; i < THREADS; i++) {
		visitors[i] = (struct visitor){.fixture = fixture, .seed = i + 1};
		assert_int_equal(pthread_create(&threads[i], NULL, visit, &visitors[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(visitors[i].wrong);
		served += visitors[i].served;
		passed += visitors[i].served + visitors[i].busy + visitors[i].changed;
	}
	assert_true(served > 0);
	assert_true(passed >= THREADS * ROUNDS);
	assert_int_equal(scratch_next_descriptor(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FILES(threads_share_contents_without_mixing_their_digests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
