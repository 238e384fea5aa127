/* Tests of the queue: who gets which work, what becomes of it, when all is over. */
#include "queue_fixture.h"

#include <pthread.h>

static void prove(struct fixture *fixture, const struct piece_run *run)
{
	for (uint64_t piece = run->first; piece < run->first + run->count; piece++) {
		const struct piece_news news = {.piece = piece, .verdict = PIECE_VERDICT_PROVEN, .received = PIECE_SIZE};
		queue_piece(fixture->queue, fixture->download, &news);
	}
}

/* --- Work ---------------------------------------------------------------------------------------------------------- */

static void the_largest_file_comes_first_and_small_ones_together(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	struct plan_file *small = add(&fixture, 1), *large = add(&fixture, 3 << 20), *larger = add(&fixture, 5 << 20);
	struct plan_file *other = add(&fixture, 2);
	struct queue_task task = take(&fixture);
	assert_int_equal(task.work.kind, TASK_BATCH);
	assert_int_equal(task.work.file_count, 1);
	assert_ptr_equal(task.work.files[0], larger);
	assert_ptr_equal(take(&fixture).work.files[0], large);
	task = take(&fixture);
	assert_int_equal(task.work.file_count, 2);
	assert_ptr_equal(task.work.files[0], small);
	assert_ptr_equal(task.work.files[1], other);
	end(&fixture);
}

static void a_batch_is_bounded_in_files_and_bytes(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	for (int i = 0; i < 2000; i++)
		add(&fixture, 1);
	assert_int_equal(take(&fixture).work.file_count, BATCH_FILES_MAX);
	end(&fixture);
	fixture = make(1, 0);
	for (int i = 0; i < 200; i++)
		add(&fixture, 1 << 20);
	assert_int_equal(take(&fixture).work.file_count, BATCH_BYTES_MAX >> 20);
	end(&fixture);
}

static void batches_are_shared_fairly(void **state)
{
	struct fixture fixture = make(4, 0);

	(void)state;
	for (int i = 0; i < 80; i++)
		add(&fixture, 1);
	assert_int_equal(take(&fixture).work.file_count, 11);
	end(&fixture);
}

static void runs_get_shorter_towards_the_end(void **state)
{
	struct fixture fixture = make(2, 0);
	uint32_t length = RUN_PIECES_MAX;
	uint64_t covered = 0;

	(void)state;
	share(&fixture, 100);
	while (covered < 100) {
		struct queue_task task = take(&fixture);
		assert_int_equal(task.work.kind, TASK_FETCH);
		assert_int_equal(task.work.run.first, covered);
		assert_true(task.work.run.count <= length && task.work.run.count >= 1);
		length = task.work.run.count;
		covered += length;
	}
	assert_int_equal(length, 1);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	end(&fixture);
}

static void the_last_run_finishes_the_file(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share(&fixture, 2);
	struct queue_task first = take(&fixture), second = take(&fixture);
	prove(&fixture, &second.work.run);
	assert_int_equal(run_over(&fixture, &second.work.run, RUN_OVER), DUTY_NOTHING);
	prove(&fixture, &first.work.run);
	assert_int_equal(run_over(&fixture, &first.work.run, RUN_OVER), DUTY_FINISH);
	assert_int_equal(fixture.download->fetched, 2 * PIECE_SIZE);
	end(&fixture);
}

static void what_a_run_did_not_prove_is_given_out_again(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share(&fixture, 8);
	struct queue_task task = take(&fixture);
	assert_int_equal(task.work.run.count, 4);
	prove(&fixture, &(struct piece_run){.first = 0, .count = 1, .from = PIECE_MISSING});
	assert_int_equal(run_over(&fixture, &task.work.run, RUN_OVER), DUTY_NOTHING);
	assert_int_equal(take(&fixture).work.run.first, 1);
	end(&fixture);
}

static void a_wrong_piece_comes_again_by_itself(void **state)
{
	struct fixture fixture = make(1, 0);
	const struct piece_news wrong = {.piece = 1, .verdict = PIECE_VERDICT_WRONG};

	(void)state;
	share(&fixture, 8);
	struct queue_task task = take(&fixture);
	queue_piece(fixture.queue, fixture.download, &wrong);
	assert_int_equal(run_over(&fixture, &task.work.run, RUN_OVER), DUTY_NOTHING);
	task = take(&fixture);
	assert_int_equal(task.work.run.first, 1);
	assert_int_equal(task.work.run.count, 1);
	assert_int_equal(task.work.run.from, PIECE_SUSPECT);
	end(&fixture);
}

/* Two threads with one piece: what one has proven the other may overwrite. */
static void a_wrong_piece_stays_with_its_run_until_that_is_over(void **state)
{
	struct fixture fixture = make(1, 0);
	const struct piece_news wrong = {.piece = 1, .verdict = PIECE_VERDICT_WRONG};

	(void)state;
	share(&fixture, 8);
	struct queue_task first = take(&fixture);
	queue_piece(fixture.queue, fixture.download, &wrong);
	while (ask(&fixture) == QUEUE_TASK)
		assert_int_equal(fixture.download->pieces.states[1], PIECE_WRONG);
	assert_int_equal(run_over(&fixture, &first.work.run, RUN_OVER), DUTY_NOTHING);
	assert_int_equal(take(&fixture).work.run.from, PIECE_SUSPECT);
	end(&fixture);
}

static void an_epoch_ends_only_when_every_run_of_it_has_returned(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share(&fixture, 8);
	struct queue_task first = take(&fixture), second = take(&fixture);
	assert_int_equal(run_over(&fixture, &first.work.run, RUN_OUTDATED), DUTY_NOTHING);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	prove(&fixture, &second.work.run);
	assert_int_equal(run_over(&fixture, &second.work.run, RUN_OVER), DUTY_DESCRIBE);
	end(&fixture);
}

static void a_failed_file_is_told_once_by_its_last_run(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share(&fixture, 8);
	struct queue_task first = take(&fixture), second = take(&fixture);
	assert_int_equal(run_over(&fixture, &first.work.run, RUN_FAILED), DUTY_NOTHING);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	assert_int_equal(run_over(&fixture, &second.work.run, RUN_FAILED), DUTY_FAIL);
	assert_int_equal(fixture.download->failure.code, refused.code);
	end(&fixture);
}

static void local_pieces_are_verified_beside_fetching(void **state)
{
	struct fixture fixture = make(4, 0);

	(void)state;
	share(&fixture, 64);
	for (uint64_t i = 0; i < 32; i++)
		piece_map_set(&fixture.download->pieces, i, PIECE_LOCAL);
	assert_int_equal(take(&fixture).work.kind, TASK_FETCH);
	assert_int_equal(take(&fixture).work.kind, TASK_VERIFY);
	assert_int_equal(take(&fixture).work.kind, TASK_FETCH);
	assert_int_equal(take(&fixture).work.kind, TASK_VERIFY);
	end(&fixture);
}

static void a_local_piece_that_differs_is_fetched(void **state)
{
	struct fixture fixture = make(1, 0);
	const struct piece_news differs = {.piece = 0, .verdict = PIECE_VERDICT_WRONG};

	(void)state;
	share(&fixture, 1);
	piece_map_set(&fixture.download->pieces, 0, PIECE_LOCAL);
	struct queue_task task = take(&fixture);
	assert_int_equal(task.work.kind, TASK_VERIFY);
	queue_piece(fixture.queue, fixture.download, &differs);
	assert_int_equal(run_over(&fixture, &task.work.run, RUN_OVER), DUTY_NOTHING);
	task = take(&fixture);
	assert_int_equal(task.work.kind, TASK_FETCH);
	assert_int_equal(task.work.run.from, PIECE_MISSING);
	end(&fixture);
}

/* --- The end ------------------------------------------------------------------------------------------------------- */

static void it_is_over_when_nobody_works_and_nothing_is_left(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	assert_int_equal(ask(&fixture), QUEUE_OVER);
	queue_listing_begins(fixture.queue);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	add(&fixture, 1);
	queue_listing_ends(fixture.queue);
	struct queue_task task = take(&fixture);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	queue_again(fixture.queue, task.work.files[0]);
	queue_task_over(fixture.queue);
	take(&fixture);
	queue_task_over(fixture.queue);
	assert_int_equal(ask(&fixture), QUEUE_OVER);
	end(&fixture);
}

static void what_is_left_after_a_stop_is_drained(void **state)
{
	struct fixture fixture = make(1, 0);
	struct queue_task task;

	(void)state;
	struct plan_file *small = add(&fixture, 1);
	share(&fixture, 4);
	queue_stop(fixture.queue);
	assert_true(queue_stopped(fixture.queue));
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_WAIT, &task), QUEUE_OVER);
	assert_true(queue_drain(fixture.queue, &task.work));
	assert_int_equal(task.work.file_count, 2);
	assert_ptr_equal(task.work.files[0], fixture.download->file);
	assert_ptr_equal(task.work.files[1], small);
	assert_false(queue_drain(fixture.queue, &task.work));
	end(&fixture);
}

static void *wait_for_work(void *argument)
{
	struct fixture *fixture = argument;
	struct queue_task task;

	return queue_take(fixture->queue, fixture->remote, QUEUE_WAIT, &task) == QUEUE_OVER ? fixture : NULL;
}

static void a_stop_wakes_who_waits(void **state)
{
	struct fixture fixture = make(1, 0);
	pthread_t waiting;
	void *woken = NULL;

	(void)state;
	queue_listing_begins(fixture.queue);
	assert_int_equal(pthread_create(&waiting, NULL, wait_for_work, &fixture), 0);
	queue_stop(fixture.queue);
	assert_int_equal(pthread_join(waiting, &woken), 0);
	assert_ptr_equal(woken, &fixture);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_file_comes_first_and_small_ones_together),
		cmocka_unit_test(a_batch_is_bounded_in_files_and_bytes),
		cmocka_unit_test(batches_are_shared_fairly),
		cmocka_unit_test(runs_get_shorter_towards_the_end),
		cmocka_unit_test(the_last_run_finishes_the_file),
		cmocka_unit_test(what_a_run_did_not_prove_is_given_out_again),
		cmocka_unit_test(a_wrong_piece_comes_again_by_itself),
		cmocka_unit_test(a_wrong_piece_stays_with_its_run_until_that_is_over),
		cmocka_unit_test(an_epoch_ends_only_when_every_run_of_it_has_returned),
		cmocka_unit_test(a_failed_file_is_told_once_by_its_last_run),
		cmocka_unit_test(local_pieces_are_verified_beside_fetching),
		cmocka_unit_test(a_local_piece_that_differs_is_fetched),
		cmocka_unit_test(it_is_over_when_nobody_works_and_nothing_is_left),
		cmocka_unit_test(what_is_left_after_a_stop_is_drained),
		cmocka_unit_test(a_stop_wakes_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
