/* Acts that a sandbox is to refuse: each returns what its call returned, below zero with errno. */
#ifndef ACTS_H
#define ACTS_H

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Folders with a file in each; in the share there is a link to the file outside, too. */
struct act_place {
	const char *path; /* of the folder that holds them all */
	int share;
	int cache;
	int outside;
	char outside_path[PATH_MAX + 32];
	int listener;
	struct sockaddr_in address; /* where LISTENER listens */
};

int act_open_by_path(const struct act_place *place);
int act_open_by_dots(const struct act_place *place);
int act_open_by_link(const struct act_place *place);
int act_open_by_openat2(const struct act_place *place);
int act_open_by_held_folder(const struct act_place *place);
int act_list_outside(const struct act_place *place);
int act_open_passwords(const struct act_place *place);
int act_open_device(const struct act_place *place);
int act_write_in_share(const struct act_place *place);
int act_make_in_share(const struct act_place *place);
int act_empty_in_share(const struct act_place *place);
int act_remove_in_share(const struct act_place *place);
int act_rename_into_share(const struct act_place *place);
int act_rename_in_share(const struct act_place *place);
int act_write_outside(const struct act_place *place);
int act_make_folder_in_cache(const struct act_place *place);
int act_link_in_cache(const struct act_place *place);
int act_execute(const struct act_place *place);
int act_start_process(const struct act_place *place);
int act_trace(const struct act_place *place);
int act_connect_out(const struct act_place *place);
int act_connect_what_is_open(const struct act_place *place);
int act_bind_port(const struct act_place *place);
int act_make_local_socket(const struct act_place *place);
int act_make_packet_socket(const struct act_place *place);
int act_set_up_ring(const struct act_place *place);
int act_map_code(const struct act_place *place);
int act_make_code(const struct act_place *place);
int act_signal_parent(const struct act_place *place);
int act_change_user(const struct act_place *place);
int act_change_root(const struct act_place *place);
int act_change_folder(const struct act_place *place);
int act_leave_namespace(const struct act_place *place);
int act_load_program(const struct act_place *place);
int act_read_memory_of_parent(const struct act_place *place);
int act_change_owner(const struct act_place *place);
int act_limit_parent(const struct act_place *place);

#endif
