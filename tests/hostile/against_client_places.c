/* Attacks by what lies in the destination already: symlinks, folders, FIFOs and other people's files under the names that are asked for. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "against_client.h"
#include "scratch.h"
#include "sockets.h"

static char *in(char path[PATH_MAX], const char *folder, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static void make_link(const char *folder, const char *name, const char *target)
{
	char path[PATH_MAX];

	if (symlink(target, in(path, folder, name)) < 0)
		give_up(path);
}

static void make_folder(const char *folder, const char *name)
{
	char path[PATH_MAX];

	if (mkdir(in(path, folder, name), 0755) < 0)
		give_up(path);
}

static void make_fifo(const char *folder, const char *name)
{
	char path[PATH_MAX];

	if (mkfifo(in(path, folder, name), 0644) < 0)
		give_up(path);
}

static void make_file(const char *folder, const char *name, mode_t mode)
{
	char path[PATH_MAX];

	if (scratch_write(AT_FDCWD, in(path, folder, name), "mine") < 0 || chmod(path, mode) < 0)
		give_up(path);
}

static void put_link_for_partial(const char *folder)
{
	make_link(folder, ".file.ferry-part", "../outside/secret");
}

static void put_dangling_link_for_partial(const char *folder)
{
	make_link(folder, ".file.ferry-part", "../outside/new");
}

static void put_second_name_for_partial(const char *folder)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (link(in(from, folder, "../outside/secret"), in(to, folder, ".file.ferry-part")) < 0)
		give_up(to);
}

static void put_fifo_for_partial(const char *folder)
{
	make_fifo(folder, ".file.ferry-part");
}

static void put_folder_for_partial(const char *folder)
{
	make_folder(folder, ".file.ferry-part");
}

static void put_link_for_file(const char *folder)
{
	make_link(folder, "file", "../outside/secret");
}

static void put_dangling_link_for_file(const char *folder)
{
	make_link(folder, "file", "../outside/new");
}

static void put_folder_for_file(const char *folder)
{
	make_folder(folder, "file");
}

static void put_fifo_for_file(const char *folder)
{
	make_fifo(folder, "file");
}

static void put_set_id_file(const char *folder)
{
	make_file(folder, "file", 06755);
}

static void put_file(const char *folder)
{
	make_file(folder, "file", 0644);
}

static void put_file_for_folder(const char *folder)
{
	make_file(folder, "folder", 0644);
}

static void put_link_for_folder(const char *folder)
{
	make_link(folder, "folder", "../outside");
}

static void put_link_for_deep_folder(const char *folder)
{
	make_folder(folder, "folder");
	make_link(folder, "folder/deep", "../../outside");
}

static void put_link_to_here(const char *folder)
{
	make_link(folder, "here", ".");
}

static const struct attack attacks[] = {
	{"S2", "a_partial_that_is_a_symlink_to_a_file", GET, 9, "cannot open the partial file of file",
		.prepare = put_link_for_partial},
	{"S2", "a_partial_that_is_a_symlink_to_nowhere", GET, 9, "cannot open the partial file of file",
		.prepare = put_dangling_link_for_partial},
	{"S6", "a_partial_that_has_another_name_too", GET, 9, "cannot open the partial file of file",
		.prepare = put_second_name_for_partial},
	{"S6", "a_partial_that_is_a_fifo", GET, 9, "cannot open the partial file of file", .prepare = put_fifo_for_partial},
	{"S6", "a_partial_that_is_a_folder", GET, 9, "cannot open the partial file of file", .prepare = put_folder_for_partial},
	{"S2", "a_final_name_that_is_a_symlink_is_replaced_not_followed", GET, 0, NULL, .prepare = put_link_for_file,
		.fetched = "file"},
	{"S2", "a_final_name_that_leads_nowhere_is_replaced", GET, 0, NULL, .prepare = put_dangling_link_for_file,
		.fetched = "file"},
	{"S2", "a_final_name_that_is_a_symlink_is_kept", "get URL/file --no-clobber" ASKED, 9, "file",
		.prepare = put_link_for_file},
	{"S6", "a_final_name_that_is_a_folder", GET, 9, "file", .prepare = put_folder_for_file},
	{"S6", "a_final_name_that_is_a_fifo_is_replaced", GET, 0, NULL, .prepare = put_fifo_for_file, .fetched = "file"},
	{"S5", "set_id_bits_of_an_older_file_are_not_taken_over", GET, 0, NULL, .prepare = put_set_id_file, .fetched = "file"},
	{"S6", "an_older_file_that_nobody_wants_replaced", "get URL/file --no-clobber" ASKED, 9, "file", .prepare = put_file},
	{"S6", "an_older_file_survives_a_bad_digest", GET, 7, "arrived wrong twice", LIE(SET, DATA, AT_DATA_DIGEST),
		.prepare = put_file},
	{"S6", "an_older_file_survives_a_bad_root", GET, 7, "another root", LIE(SET, FILE, AT_FILE_ROOT), .prepare = put_file},
	{"S6", "an_older_file_survives_a_lost_connection", GET, 5, "connection lost", LIE(END, DATA, .value = 9),
		.prepare = put_file},
	{"S6", "a_folder_that_is_a_file_here", GET_TREE, 9, "folder", .prepare = put_file_for_folder},
	{"S2", "a_folder_that_is_a_symlink_here", GET_TREE, 9, "folder", .prepare = put_link_for_folder},
	{"S2", "a_folder_further_down_that_is_a_symlink_here", GET_TREE, 9, "deep", .prepare = put_link_for_deep_folder,
		.may = "folder/inner"},
	{"S2", "a_destination_that_the_user_reaches_by_a_symlink", "get URL/file -d here" ASKED, 0, NULL,
		.prepare = put_link_to_here, .fetched = "file"},
	{"S6", "a_folder_as_the_name_of_a_file", "get URL/file -o folder" ASKED, 2, "-d", .prepare = put_link_for_folder},
};

const struct attack_table place_attacks = ATTACK_TABLE(attacks);
