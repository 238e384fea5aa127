/* Tests of the digest index on a real folder: what is saved, what is found, what goes. */
#include "index_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "capture.h"

#define SIZE (9 * MIB)

static void save_all(struct digest_index *index, unsigned char number)
{
	struct known_digests known;

	know_some(&known, SIZE, 1);
	assert_int_equal(save(index, number, &known), STATUS_OK);
	known_digests_release(&known);
}

static void set_age(const struct fixture *fixture, const char *name, time_t seconds)
{
	struct timespec then = {.tv_sec = time(NULL) - seconds};
	const struct timespec times[] = {then, then};

	assert_int_equal(utimensat(fixture->scratch.folder, name, times, 0), 0);
}

static void age(const struct fixture *fixture, unsigned char number, time_t seconds)
{
	char name[INDEX_NAME_LENGTH + 1];

	set_age(fixture, name_of(number, name), seconds);
}

static size_t count_files(const struct fixture *fixture)
{
	size_t count = 0;
	DIR *stream = opendir(fixture->scratch.path);

	assert_non_null(stream);
	for (const struct dirent *entry; (entry = readdir(stream)); )
		count += entry->d_name[0] != '.';
	closedir(stream);
	return count;
}

static void what_was_saved_is_found_by_the_next_server(void **state)
{
	struct fixture *fixture = *state;

	save_all(fixture->index, 1);
	digest_index_free(fixture->index);
	fixture->index = open_index(fixture, 1000, 1 << 20);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 9);
	assert_int_equal(recalled_count(fixture->index, 2, SIZE), 0);
	assert_int_equal(count_files(fixture), 1);
}

static void what_was_saved_last_counts(void **state)
{
	struct fixture *fixture = *state;
	struct known_digests known;

	know_some(&known, SIZE, 4);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 3);
	save_all(fixture->index, 1);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 9);
	assert_int_equal(count_files(fixture), 1);
	known_digests_release(&known);
}

static void an_entry_is_for_its_owner_alone(void **state)
{
	struct fixture *fixture = *state;
	char name[INDEX_NAME_LENGTH + 1];
	struct stat stat;

	save_all(fixture->index, 1);
	assert_int_equal(fstatat(fixture->scratch.folder, name_of(1, name), &stat, 0), 0);
	assert_int_equal(stat.st_mode, S_IFREG | 0600);
}

static void two_servers_share_a_folder(void **state)
{
	struct fixture *fixture = *state;
	struct digest_index *other = open_index(fixture, 1000, 1 << 20);

	save_all(fixture->index, 1);
	save_all(other, 2);
	assert_int_equal(recalled_count(other, 1, SIZE), 9);
	assert_int_equal(recalled_count(fixture->index, 2, SIZE), 9);
	digest_index_free(other);
}

static void cut_file(const struct fixture *fixture, const char *name)
{
	assert_int_equal(truncate(name, 100), 0);
	(void)fixture;
}

static void empty_file(const struct fixture *fixture, const char *name)
{
	assert_int_equal(truncate(name, 0), 0);
	(void)fixture;
}

static void lengthen_file(const struct fixture *fixture, const char *name)
{
	assert_int_equal(truncate(name, 1 << 19), 0);
	(void)fixture;
}

static void inflate_file(const struct fixture *fixture, const char *name)
{
	assert_int_equal(truncate(name, INT64_C(1) << 40), 0);
	(void)fixture;
}

static void damage_file(const struct fixture *fixture, const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC);
	char byte;

	(void)fixture;
	assert_int_equal(pread(fd, &byte, 1, 60), 1);
	byte ^= 4;
	assert_int_equal(pwrite(fd, &byte, 1, 60), 1);
	close(fd);
}

static void swap_file(const struct fixture *fixture, const char *name)
{
	save_all(fixture->index, 2);
	char other[INDEX_NAME_LENGTH + 1];
	assert_int_equal(renameat(fixture->scratch.folder, name_of(2, other), AT_FDCWD, name), 0);
}

static void link_file(const struct fixture *fixture, const char *name)
{
	assert_int_equal(renameat(AT_FDCWD, name, fixture->scratch.folder, "elsewhere"), 0);
	assert_int_equal(symlink("elsewhere", name), 0);
}

static void pipe_file(const struct fixture *fixture, const char *name)
{
	(void)fixture;
	assert_int_equal(unlink(name), 0);
	assert_int_equal(mkfifo(name, 0600), 0);
}

static void what_is_no_sound_entry_is_removed_and_forgotten(void **state)
{
	struct fixture *fixture = *state;
	static void (*const harms[])(const struct fixture *, const char *) = {
		cut_file, empty_file, lengthen_file, inflate_file, damage_file, swap_file, link_file, pipe_file,
	};
	struct capture *capture = malloc(sizeof(*capture));

	assert_non_null(capture);
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		char name[INDEX_NAME_LENGTH + 1], path[PATH_MAX + sizeof(name)];
		save_all(fixture->index, 1);
		snprintf(path, sizeof(path), "%s/%s", fixture->scratch.path, name_of(1, name));
		harms[i](fixture, path);
		capture_start(capture, STDERR_FILENO);
		uint64_t count = recalled_count(fixture->index, 1, SIZE);
		assert_non_null(strstr(capture_end(capture), name));
		assert_int_equal(count, 0);
		assert_false(is_saved(fixture, 1));
	}
	free(capture);
}

static void what_was_forgotten_is_gone(void **state)
{
	struct fixture *fixture = *state;
	struct version version = numbered_version(1), never = numbered_version(2);

	save_all(fixture->index, 1);
	digest_index_forget(fixture->index, &version);
	digest_index_forget(fixture->index, &never);
	assert_int_equal(count_files(fixture), 0);
	save_all(fixture->index, 1);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 9);
}

static void what_was_drafted_before_something_was_forgotten_is_not_saved(void **state)
{
	struct fixture *fixture = *state;
	struct version version = numbered_version(1);
	struct known_digests known;
	struct digest_draft draft;

	know_some(&known, SIZE, 1);
	uint64_t moment = digest_index_moment(fixture->index);
	assert_int_equal(digest_index_encode(fixture->index, &version, &known, &draft), STATUS_OK);
	digest_index_forget(fixture->index, &version);
	assert_int_equal(digest_index_save(fixture->index, moment, &draft), STATUS_CHANGED);
	assert_int_equal(count_files(fixture), 0);
	known_digests_release(&known);
}

static void beyond_the_number_of_files_the_oldest_goes_first(void **state)
{
	struct fixture *fixture = *state;
	struct digest_index *index = open_index(fixture, 3, 1 << 20);

	for (unsigned char number = 1; number <= 3; number++) {
		save_all(index, number);
		age(fixture, number, number == 2 ? 1000 : 10 * number);
	}
	save_all(index, 4);
	assert_false(is_saved(fixture, 2));
	assert_int_equal(count_files(fixture), 3);
	save_all(index, 5);
	assert_false(is_saved(fixture, 3));
	assert_true(is_saved(fixture, 1) && is_saved(fixture, 4) && is_saved(fixture, 5));
	digest_index_free(index);
}

static void what_was_used_is_not_old(void **state)
{
	struct fixture *fixture = *state;
	struct digest_index *index = open_index(fixture, 3, 1 << 20);

	for (unsigned char number = 1; number <= 3; number++) {
		save_all(index, number);
		age(fixture, number, 1000 - number);
	}
	assert_int_equal(recalled_count(index, 1, SIZE), 9);
	save_all(index, 4);
	assert_true(is_saved(fixture, 1));
	assert_false(is_saved(fixture, 2));
	digest_index_free(index);
}

static void beyond_the_number_of_bytes_the_oldest_goes_first(void **state)
{
	struct fixture *fixture = *state;
	uint64_t each = index_entry_length(SIZE, 9);
	struct digest_index *index = open_index(fixture, 1000, 4 * each);

	for (unsigned char number = 1; number <= 8; number++) {
		save_all(index, number);
		age(fixture, number, 1000 - number);
	}
	/* An eighth is kept free, so that not every save has to look around. */
	assert_int_equal(count_files(fixture), 3);
	assert_true(is_saved(fixture, 6) && is_saved(fixture, 7) && is_saved(fixture, 8));
	digest_index_free(index);
}

static void what_another_server_left_is_counted_too(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned char number = 1; number <= 100; number++) {
		save_all(fixture->index, number);
		age(fixture, number, 1000 - number);
	}
	struct digest_index *index = open_index(fixture, 10, 1 << 20);
	save_all(index, 101);
	assert_int_equal(count_files(fixture), 9);
	assert_true(is_saved(fixture, 101) && is_saved(fixture, 100) && !is_saved(fixture, 92));
	digest_index_free(index);
}

static void an_entry_that_would_fill_the_index_is_not_saved(void **state)
{
	struct fixture *fixture = *state;
	struct digest_index *index = open_index(fixture, 10, index_entry_length(SIZE, 9));
	struct known_digests known;

	know_some(&known, SIZE, 1);
	assert_int_equal(save(index, 1, &known), STATUS_LIMIT);
	assert_int_equal(count_files(fixture), 0);
	known_digests_release(&known);
	digest_index_free(index);
}

static void files_of_others_neither_count_nor_go(void **state)
{
	static const char *const names[] = {
		"notes.txt", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
		"0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdef.txt",
	};
	struct fixture *fixture = *state;
	struct digest_index *index = open_index(fixture, 1, 1 << 20);

	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(scratch_write(fixture->scratch.folder, names[i], "mine"), 0);
		set_age(fixture, names[i], 1000000);
	}
	save_all(index, 1);
	save_all(index, 2);
	assert_int_equal(count_files(fixture), 6);
	assert_true(is_saved(fixture, 2));
	digest_index_free(index);
}

static void what_a_crash_left_half_written_goes_an_hour_later(void **state)
{
	static const char old[] = "0123456789abcdef0123456789abcdef.new-0123456789abcdef";
	static const char young[] = "0123456789abcdef0123456789abcdef.new-0123456789abcde0";
	struct fixture *fixture = *state;

	assert_int_equal(scratch_write(fixture->scratch.folder, old, "half"), 0);
	assert_int_equal(scratch_write(fixture->scratch.folder, young, "half"), 0);
	set_age(fixture, old, 3700);
	set_age(fixture, young, 3500);
	save_all(fixture->index, 1);
	assert_false(exists(fixture, old));
	assert_true(exists(fixture, young));
}

static void a_folder_that_cannot_be_written_is_told_of_once(void **state)
{
	struct fixture *fixture = *state;
	struct capture *capture = malloc(sizeof(*capture));
	struct known_digests known;

	assert_non_null(capture);
	know_some(&known, SIZE, 1);
	assert_int_equal(rmdir(fixture->scratch.path), 0);
	capture_start(capture, STDERR_FILENO);
	enum status first = save(fixture->index, 1, &known), second = save(fixture->index, 2, &known);
	const char *said = strstr(capture_end(capture), "event=cache_unwritable");
	assert_int_equal(first, STATUS_NOT_FOUND);
	assert_int_equal(second, STATUS_NOT_FOUND);
	assert_non_null(said);
	assert_null(strstr(said + 1, "event=cache_unwritable"));
	assert_int_equal(mkdir(fixture->scratch.path, 0700), 0);
	known_digests_release(&known);
	free(capture);
}

static void no_descriptor_is_left_open(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	save_all(fixture->index, 1);
	recalled_count(fixture->index, 1, SIZE);
	recalled_count(fixture->index, 2, SIZE);
	assert_int_equal(scratch_next_descriptor(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_INDEX(what_was_saved_is_found_by_the_next_server),
		ON_INDEX(what_was_saved_last_counts),
		ON_INDEX(an_entry_is_for_its_owner_alone),
		ON_INDEX(two_servers_share_a_folder),
		ON_INDEX(what_is_no_sound_entry_is_removed_and_forgotten),
		ON_INDEX(what_was_forgotten_is_gone),
		ON_INDEX(what_was_drafted_before_something_was_forgotten_is_not_saved),
		ON_INDEX(beyond_the_number_of_files_the_oldest_goes_first),
		ON_INDEX(what_was_used_is_not_old),
		ON_INDEX(beyond_the_number_of_bytes_the_oldest_goes_first),
		ON_INDEX(what_another_server_left_is_counted_too),
		ON_INDEX(an_entry_that_would_fill_the_index_is_not_saved),
		ON_INDEX(files_of_others_neither_count_nor_go),
		ON_INDEX(what_a_crash_left_half_written_goes_an_hour_later),
		ON_INDEX(a_folder_that_cannot_be_written_is_told_of_once),
		ON_INDEX(no_descriptor_is_left_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
