/* Attacks by names: what a listing calls the things in a folder, and what it says they are. */
#include "against_client.h"
#include "path.h"

#define BROKE "broke the ferry protocol"
#define EVERY_WAY GET_TREE GET_CONTENTS LS_TREE SUM_TREE VERIFY_TREE
#define LATEST FILE_TIME_SECONDS_MAX
#define TEN(text) text text text text text text text text text text
#define LONG_NAME TEN("xxxxxxxxxxxxxxxxxxxxxxxxx") "xxxxx" /* 255 bytes */
#define STEPS TEN("d/") TEN("d/") TEN("d/") TEN("d/") TEN("d/") TEN("d/") /* 60 components */
#define LONG_PATH TEN(LONG_NAME "/") LONG_NAME "/" LONG_NAME "/" LONG_NAME "/" LONG_NAME "/" LONG_NAME "/" /* 3840 bytes */

/* A name that no server may send, as a file and as whatever else can stand in a listing. */
#define ILLEGAL(threat, name, text) \
	{threat, name, EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, text}}}, \
	{threat, name "_for_a_folder", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FOLDER, text}}}

static const struct attack attacks[] = {
	ILLEGAL("S1", "the_folder_above", ".."),
	ILLEGAL("S1", "a_name_in_the_folder_above", "../evil"),
	ILLEGAL("S1", "an_absolute_name", "/evil"),
	ILLEGAL("S1", "a_way_down_and_up_again", "a/../../evil"),
	{"S1", "the_folder_itself", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FOLDER, "."}}},
	{"S1", "a_dot_within", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, "./evil"}}},
	{"S1", "an_empty_name", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, ""}}},
	{"S1", "an_empty_folder_name", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FOLDER, ""}}},
	{"S1", "an_empty_component", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, "a//b"}}},
	{"S1", "a_slash_at_the_end", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FOLDER, "a/"}}},
	{"S1", "nothing_but_a_slash", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FOLDER, "/"}}},
	{"S1", "a_nul_within", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, "a\0b", .length = 3}}},
	{"S1", "nothing_but_a_nul", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, "\0", .length = 1}}},
	{"S1", "a_nul_that_hides_a_way_up", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, "..\0x", .length = 4}}},
	{"S9", "a_component_of_256_bytes", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, LONG_NAME "x"}}},
	{"S9", "a_component_of_255_bytes_is_fetched", GET_CONTENTS, 0, NULL, .listing = {{ENTRY_FILE, LONG_NAME, .mode = 0644}},
		.fetched = LONG_NAME},
	{"S9", "a_path_too_long", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, LONG_PATH LONG_NAME "/y"}}},
	{"S9", "a_path_too_long_together_with_its_url", LS_TREE SUM_TREE VERIFY_TREE, 11, BROKE,
		.listing = {{ENTRY_FILE, LONG_PATH TEN("xxxxxxxxxxxxxxxxxxxxxxxxx")}}},
	{"S9", "a_path_too_deep", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, STEPS "d/d/d/d/x"}}},
	{"S9", "a_path_too_deep_together_with_its_url", EVERY_WAY, 11, BROKE, .listing = {{ENTRY_FILE, STEPS "d/d/d/x"}}},
	{"S1", "a_path_in_a_plain_listing", LS, 11, BROKE, .listing = {{ENTRY_FOLDER, "a"}, {ENTRY_FILE, "a/b"}}},
	{"S1", "a_path_in_a_filtered_listing", "get -r URL/folder --exclude z" ASKED, 11, BROKE,
		.listing = {{ENTRY_FOLDER, "a"}, {ENTRY_FILE, "a/b"}}, .may = "folder/a/"},
	{"S1", "a_file_in_a_folder_that_was_not_named", GET_TREE GET_CONTENTS, 11, BROKE,
		.listing = {{ENTRY_FILE, "nowhere/evil"}}},
	{"S1", "a_file_in_a_file", GET_TREE GET_CONTENTS, 11, BROKE, .listing = {{ENTRY_FILE, "a"}, {ENTRY_FILE, "a/b"}},
		.may = "folder/ folder/a a"},
	{"S2", "a_file_below_a_symlink", GET_TREE GET_CONTENTS, 11, BROKE,
		.listing = {{ENTRY_SYMLINK, "a"}, {ENTRY_FILE, "a/evil"}}, .may = "folder/"},
	{"S2", "symlinks_and_devices_are_not_made", GET_CONTENTS, 0, NULL, .listing = {{ENTRY_SYMLINK, "a"}, {ENTRY_OTHER, "b"}}},
	{"S3", "one_name_twice", GET_CONTENTS, 11, "named twice", .listing = {{ENTRY_FILE, "a"}, {ENTRY_FILE, "a"}}, .may = "a"},
	{"S3", "a_file_where_a_folder_stood", GET_CONTENTS, 11, "named twice",
		.listing = {{ENTRY_FOLDER, "a"}, {ENTRY_FILE, "a"}}, .may = "a/"},
	{"S3", "a_folder_where_a_file_stood", GET_CONTENTS, 11, "named twice",
		.listing = {{ENTRY_FILE, "a"}, {ENTRY_FOLDER, "a"}}, .may = "a"},
	{"S6", "a_file_that_is_called_as_a_partial", GET_CONTENTS, 9, "how ferry calls its partial files",
		.listing = {{ENTRY_FILE, "a", .mode = 0644}, {ENTRY_FILE, ".a.ferry-part", .mode = 0644}}, .fetched = "a"},
	{"S2", "a_folder_whose_name_is_a_symlink_here", GET_CONTENTS, 9, "link",
		.listing = {{ENTRY_FOLDER, "link"}, {ENTRY_FILE, "link/evil"}}},
	{"S2", "a_file_whose_name_is_a_symlink_here", GET_CONTENTS, 0, NULL, .listing = {{ENTRY_FILE, "link", .mode = 0644}},
		.fetched = "link"},
	{"S6", "a_folder_whose_name_is_a_file_here", GET_CONTENTS, 9, "kept",
		.listing = {{ENTRY_FOLDER, "kept"}, {ENTRY_FILE, "kept/evil"}}},
	{"S4", "a_name_that_steers_the_terminal", "get -v -r URL/folder/" ASKED, 1, "%1B%5B31mred%0D%C2%9B1m",
		.listing = {{ENTRY_UNREADABLE, "\x1b[31mred\r\xc2\x9b" "1m", .reason = 7}}},
	{"S4", "a_name_that_turns_text_around", "get -v -r URL/folder/" ASKED "sum -r URL/folder --timeout 20\n", 4,
		"%E2%80%AEgpj.exe", .listing = {{ENTRY_UNREADABLE, "\xe2\x80\xaegpj.exe", .reason = 4}}},
	{"S9", "a_folder_that_cannot_be_read_at_all", GET_TREE GET_CONTENTS LS_TREE SUM_TREE, 4, NULL,
		.listing = {{ENTRY_UNREADABLE, "", .reason = 4}}, .may = "folder/"},
	{"S9", "a_reason_that_nobody_knows", GET_CONTENTS LS_TREE SUM_TREE, 1, NULL,
		.listing = {{ENTRY_UNREADABLE, "a", .reason = 65535}}},
	{"S5", "set_id_bits_and_all_permissions", GET_CONTENTS, 0, NULL,
		.listing = {{ENTRY_FOLDER, "a", .mode = 07777}, {ENTRY_FILE, "a/b", .mode = 07777}}, .fetched = "a/b"},
	{"S5", "no_permissions_at_all", GET_CONTENTS, 0, NULL, .listing = {{ENTRY_FOLDER, "a"}, {ENTRY_FILE, "a/b"}},
		.fetched = "a/b"},
	{"S11", "the_beginning_and_the_end_of_time", GET_CONTENTS LS_TREE "ls -r --json URL/folder --timeout 20\n", 0, NULL,
		.listing = {{ENTRY_FILE, "a", .seconds = LATEST, .nanoseconds = 999999999}, {ENTRY_FILE, "b", .seconds = -LATEST}},
		.may = "a b"},
	{"S7", "sizes_in_a_listing_that_nothing_has", GET_CONTENTS LS_TREE "ls -r --json URL/folder --timeout 20\n", 0, NULL,
		.listing = {{ENTRY_FILE, "a", .size = FILE_SIZE_MAX}, {ENTRY_FILE, "b", .size = FILE_SIZE_MAX}, {ENTRY_FILE, "c", .size = FILE_SIZE_MAX}},
		.may = "a b c"},
};

const struct attack_table listing_attacks = ATTACK_TABLE(attacks);
