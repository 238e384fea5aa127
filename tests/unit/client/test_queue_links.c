/* Tests of the queue: how links are counted, and when a server is tried again or given up. */
#include "queue_fixture.h"

#include <pthread.h>

static void one_remote_stands_for_each_server(void **state)
{
	struct fixture fixture = make(1, 0);
	char same[] = "HOST", other[] = "other";

	(void)state;
	assert_ptr_equal(add_remote(&fixture, same), fixture.remote);
	assert_ptr_not_equal(add_remote(&fixture, other), fixture.remote);
	end(&fixture);
}

static void no_more_links_are_reserved_than_granted(void **state)
{
	struct fixture fixture = make(4, 0);
	struct queue_task task;

	(void)state;
	for (int i = 0; i < 8; i++)
		add(&fixture, 1);
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_NOW, &task), QUEUE_TASK);
	assert_true(task.link_is_new);
	assert_true(queue_link_opened(fixture.queue, fixture.remote, 2));
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_NOW, &task), QUEUE_TASK);
	assert_true(queue_link_opened(fixture.queue, fixture.remote, 2));
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_NOW, &task), QUEUE_EMPTY);
	assert_int_equal(queue_take(fixture.queue, fixture.remote, QUEUE_NOW, &task), QUEUE_TASK);
	assert_false(task.link_is_new);
	queue_link_closed(fixture.queue, fixture.remote);
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_NOW, &task), QUEUE_TASK);
	end(&fixture);
}

static void one_link_too_many_is_to_be_closed(void **state)
{
	struct fixture fixture = make(4, 0);
	unsigned generation;

	(void)state;
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	assert_false(queue_link_opened(fixture.queue, fixture.remote, 1));
	end(&fixture);
}

static void a_busy_server_is_used_with_the_links_that_it_has_granted(void **state)
{
	struct fixture fixture = make(4, 0);
	struct queue_task task;
	unsigned generation;

	(void)state;
	add(&fixture, 1);
	add(&fixture, 1);
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	queue_link_failed(fixture.queue, fixture.remote, generation, &busy);
	assert_int_equal(queue_take(fixture.queue, NULL, QUEUE_NOW, &task), QUEUE_EMPTY);
	assert_int_equal(take(&fixture).work.kind, TASK_BATCH);
	end(&fixture);
}

static void a_server_that_grants_no_link_at_all_has_failed(void **state)
{
	struct fixture fixture = make(4, 0);
	unsigned generation;

	(void)state;
	add(&fixture, 1);
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	queue_link_failed(fixture.queue, fixture.remote, generation, &busy);
	assert_int_equal(take(&fixture).work.kind, TASK_ABANDON);
	assert_int_equal(fixture.remote->failure.code, EXIT_BUSY);
	end(&fixture);
}

static void fail_link(struct fixture *fixture, const struct failure *failure)
{
	unsigned generation = fixture->remote->generation;

	fixture->remote->links++;
	queue_link_failed(fixture->queue, fixture->remote, generation, failure);
}

static void a_server_is_given_up_after_as_many_attempts_as_wanted(void **state)
{
	struct fixture fixture = make(1, 2);

	(void)state;
	assert_true(queue_link_opened(fixture.queue, fixture.remote, 4));
	for (int i = 0; i < 2; i++) {
		fail_link(&fixture, &lost);
		assert_int_equal(fixture.remote->failure.code, EXIT_OK);
		assert_true(fixture.remote->not_before > 0);
	}
	fail_link(&fixture, &lost);
	assert_int_equal(fixture.remote->failure.code, EXIT_NETWORK);
	end(&fixture);
}

static void progress_sets_the_count_back(void **state)
{
	struct fixture fixture = make(1, 1);

	(void)state;
	for (int i = 0; i < 10; i++) {
		fail_link(&fixture, &lost);
		queue_progress(fixture.queue, fixture.remote);
	}
	assert_int_equal(fixture.remote->failure.code, EXIT_OK);
	end(&fixture);
}

/* Whoever reports its files reads that count without the lock. */
static void progress_that_comes_too_late_changes_nothing(void **state)
{
	struct fixture fixture = make(1, 1);

	(void)state;
	for (int i = 0; i < 2; i++)
		fail_link(&fixture, &lost);
	queue_progress(fixture.queue, fixture.remote);
	assert_int_equal(fixture.remote->failure.code, EXIT_NETWORK);
	assert_int_equal(fixture.remote->failures, 2);
	end(&fixture);
}

static void links_of_one_time_that_break_together_count_once(void **state)
{
	struct fixture fixture = make(4, 1);
	unsigned generation;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	for (int i = 0; i < 4; i++)
		queue_link_failed(fixture.queue, fixture.remote, generation, &lost);
	assert_int_equal(fixture.remote->failures, 1);
	assert_int_equal(fixture.remote->failure.code, EXIT_OK);
	end(&fixture);
}

static void what_trying_cannot_help_is_not_tried_again_before_the_first_answer(void **state)
{
	struct fixture fixture = make(1, 5);

	(void)state;
	fail_link(&fixture, &refused);
	assert_int_equal(fixture.remote->failure.code, EXIT_NETWORK);
	end(&fixture);
	fixture = make(1, 5);
	fixture.remote->links++;
	assert_true(queue_link_opened(fixture.queue, fixture.remote, 4));
	queue_link_closed(fixture.queue, fixture.remote);
	fail_link(&fixture, &refused);
	assert_int_equal(fixture.remote->failure.code, EXIT_OK);
	end(&fixture);
}

static void a_server_that_refuses_us_is_not_asked_again_even_if_it_answered(void **state)
{
	static const struct failure judgements[] = {{.code = EXIT_REFUSED}, {.code = EXIT_UNTRUSTED}};

	(void)state;
	for (size_t i = 0; i < sizeof(judgements) / sizeof(judgements[0]); i++) {
		struct fixture fixture = make(1, 5);
		assert_true(queue_link_opened(fixture.queue, fixture.remote, 4));
		fail_link(&fixture, &judgements[i]);
		assert_int_equal(fixture.remote->failure.code, judgements[i].code);
		end(&fixture);
	}
}

static void an_interruption_is_no_failure_of_the_server(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	fail_link(&fixture, &interrupted);
	assert_int_equal(fixture.remote->failure.code, EXIT_OK);
	end(&fixture);
}

static void nothing_is_given_out_during_a_pause(void **state)
{
	struct fixture fixture = make(1, 1);

	(void)state;
	add(&fixture, 1);
	queue_pause(fixture.queue, fixture.remote, &busy);
	assert_int_equal(ask(&fixture), QUEUE_EMPTY);
	end(&fixture);
}

static void the_files_of_a_server_that_is_given_up_are_abandoned(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share(&fixture, 4);
	add(&fixture, 1);
	struct queue_task held = take(&fixture);
	fail_link(&fixture, &lost);
	struct queue_task task = take(&fixture);
	assert_int_equal(task.work.kind, TASK_ABANDON);
	assert_int_equal(task.work.file_count, 1);
	assert_int_equal(run_over(&fixture, &held.work.run, RUN_OVER), DUTY_FAIL);
	assert_int_equal(fixture.download->failure.code, EXIT_NETWORK);
	end(&fixture);
}

/* The server failed the request before; the answer to this one was under way already. */
static struct piece_run share_after_giving_up(struct fixture *fixture)
{
	struct piece_run run = {.first = 0, .count = 1, .from = PIECE_MISSING};
	struct plan_file *file = add(fixture, 2 * PIECE_SIZE);

	take(fixture);
	assert_int_equal(download_new(file, NULL, &fixture->download), STATUS_OK);
	assert_int_equal(piece_map_init(&fixture->download->pieces, 2), STATUS_OK);
	queue_pause(fixture->queue, fixture->remote, &lost);
	assert_int_equal(fixture->remote->failure.code, EXIT_NETWORK);
	queue_share(fixture->queue, fixture->download, &run);
	queue_piece(fixture->queue, fixture->download, &(struct piece_news){.verdict = PIECE_VERDICT_PROVEN});
	return run;
}

static void a_piece_that_is_proven_too_late_changes_nothing(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	share_after_giving_up(&fixture);
	assert_int_equal(fixture.remote->failures, 1);
	end(&fixture);
}

static void a_file_that_is_shared_after_its_server_was_given_up_fails(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	struct piece_run run = share_after_giving_up(&fixture);
	assert_int_equal(run_over(&fixture, &run, RUN_OVER), DUTY_FAIL);
	assert_int_equal(fixture.download->failure.code, EXIT_NETWORK);
	end(&fixture);
}

static void a_file_that_is_complete_when_its_server_is_given_up_is_finished(void **state)
{
	struct fixture fixture = make(1, 0);

	(void)state;
	struct piece_run run = share_after_giving_up(&fixture);
	piece_map_prove(&fixture.download->pieces, 1, &(struct digest){0});
	assert_int_equal(run_over(&fixture, &run, RUN_OVER), DUTY_FINISH);
	end(&fixture);
}

/* Something of it is here: whoever begins it keeps no run for itself. */
static void a_file_that_is_shared_without_a_run_after_its_server_was_given_up_is_abandoned(void **state)
{
	struct fixture fixture = make(1, 0);
	struct plan_file *file = add(&fixture, 2 * PIECE_SIZE);

	(void)state;
	take(&fixture);
	assert_int_equal(download_new(file, NULL, &fixture.download), STATUS_OK);
	assert_int_equal(piece_map_init(&fixture.download->pieces, 2), STATUS_OK);
	queue_pause(fixture.queue, fixture.remote, &lost);
	queue_share(fixture.queue, fixture.download, NULL);
	queue_task_over(fixture.queue);
	struct queue_task task = take(&fixture);
	assert_int_equal(task.work.kind, TASK_ABANDON);
	assert_ptr_equal(task.work.files[0], file);
	assert_int_equal(fixture.download->failure.code, EXIT_NETWORK);
	queue_task_over(fixture.queue);
	assert_int_equal(ask(&fixture), QUEUE_OVER);
	end(&fixture);
}

static void *list_files(void *argument)
{
	struct fixture *fixture = argument;
	unsigned generation;

	return queue_reserve_link(fixture->queue, fixture->remote, &generation) ? fixture : NULL;
}

static void an_idle_thread_yields_the_only_link_to_who_waits_for_it(void **state)
{
	struct fixture fixture = make(1, 0);
	struct queue_task task;
	pthread_t listing;
	void *granted = NULL;
	unsigned generation;

	(void)state;
	queue_listing_begins(fixture.queue);
	assert_true(queue_reserve_link(fixture.queue, fixture.remote, &generation));
	assert_true(queue_link_opened(fixture.queue, fixture.remote, 1));
	assert_int_equal(pthread_create(&listing, NULL, list_files, &fixture), 0);
	assert_int_equal(queue_take(fixture.queue, fixture.remote, QUEUE_WAIT, &task), QUEUE_YIELD);
	queue_link_closed(fixture.queue, fixture.remote);
	assert_int_equal(pthread_join(listing, &granted), 0);
	assert_ptr_equal(granted, &fixture);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_remote_stands_for_each_server),
		cmocka_unit_test(no_more_links_are_reserved_than_granted),
		cmocka_unit_test(one_link_too_many_is_to_be_closed),
		cmocka_unit_test(a_busy_server_is_used_with_the_links_that_it_has_granted),
		cmocka_unit_test(a_server_that_grants_no_link_at_all_has_failed),
		cmocka_unit_test(a_server_is_given_up_after_as_many_attempts_as_wanted),
		cmocka_unit_test(progress_sets_the_count_back),
		cmocka_unit_test(progress_that_comes_too_late_changes_nothing),
		cmocka_unit_test(links_of_one_time_that_break_together_count_once),
		cmocka_unit_test(what_trying_cannot_help_is_not_tried_again_before_the_first_answer),
		cmocka_unit_test(a_server_that_refuses_us_is_not_asked_again_even_if_it_answered),
		cmocka_unit_test(an_interruption_is_no_failure_of_the_server),
		cmocka_unit_test(nothing_is_given_out_during_a_pause),
		cmocka_unit_test(the_files_of_a_server_that_is_given_up_are_abandoned),
		cmocka_unit_test(a_piece_that_is_proven_too_late_changes_nothing),
		cmocka_unit_test(a_file_that_is_shared_after_its_server_was_given_up_fails),
		cmocka_unit_test(a_file_that_is_complete_when_its_server_is_given_up_is_finished),
		cmocka_unit_test(a_file_that_is_shared_without_a_run_after_its_server_was_given_up_is_abandoned),
		cmocka_unit_test(an_idle_thread_yields_the_only_link_to_who_waits_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
