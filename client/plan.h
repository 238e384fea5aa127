/* The plan: every file to be fetched, where it comes from, and the tree of folders in which it lands. */
#ifndef PLAN_H
#define PLAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message.h"
#include "path.h"
#include "status.h"
#include "url.h"

/*
 * One thread at a time adds: main before the others start, then the listing. Nodes never move and stay until plan_free; their
 * names and parents never change, nor do the sources of files: any thread that was given a file may walk up. The tree is that
 * of the destination, so two sources that would land on one name meet here.
 */
struct plan;
struct remote;
struct download;

/* One URL: of the command line, or of a manifest. */
struct plan_source {
	struct url url;
	struct remote *remote;
	struct plan_folder *parent; /* the folder where the named file or folder lands, */
	const char *name;           /* and its name there: without a destination of its own the URL's last component */
	char *destination;          /* NULL: none of its own; NAME may point into it */
	struct digest sum;          /* where SUMMED: of the file that it names */
	bool summed;
	struct plan_folder *base;   /* the folder that a listing's names are relative to */
	bool from_manifest;
	bool listed;                /* -r: it may be a folder, whose files a listing names */
	atomic_bool ended;          /* its listing was read to its end, or its failure was reported */
	atomic_bool failed;         /* as a whole: that was reported */
	struct plan_source *next;
};

enum plan_kind {
	PLAN_FOLDER,
	PLAN_FILE,
	PLAN_LEFT_OUT, /* neither: a symlink, an unreadable entry, a path that is too long */
};

struct plan_node {
	struct plan_folder *parent; /* NULL: the destination itself */
	const struct plan_source *source; /* of a folder that several bring: the first whose listing has it */
	struct file_time mtime;
	uint16_t mode;
	uint16_t name_length;
	uint8_t kind;
	bool attributes_known; /* mtime and size are known, from a listing (and then also the mode) or a STAT */
	bool named_by_url;     /* the source's URL names it, not a listing */
	uint8_t listing_pass;  /* the reading of its source's listing that named it last */
};
/* Instead of a reading: the report has told that the source cannot be had as it is now. Further readings add nothing. */
#define PLAN_PASS_TOLD UINT8_MAX

struct plan_folder {
	struct plan_node node;
	struct plan_folder *older; /* all folders, the youngest first: children before their parents */
	uint16_t first_mode;       /* to be made with, under the umask: no more open than its source, if a listing planned it */
	bool only_for_files;       /* the filter does not take it: it is only there for its files */
	bool holds;                /* the plan has something in it */
	/* Written by folders.c, guarded by its lock. */
	struct plan_folder *idle_next, *idle_previous;
	int fd;         /* -1: not open */
	unsigned users; /* of fd */
	bool absent;    /* it was missing when it was looked for */
	bool made;      /* by this run */
	bool settled;   /* its own name is on disk */
	bool failed;    /* it could not be opened or made, which was reported with a file in it */
	atomic_uchar folding; /* enum folding; not guarded */
	/* Written by commit.c, by the leader. */
	bool gained;    /* it has new names that may not be on disk yet */
	/* Written by transfer.c, after the threads. */
	enum status unfinished; /* why it could not be completed */
	char name[];
};

struct plan_file {
	struct plan_node node;
	uint64_t size;
	struct plan_file *next;    /* in the backlog */
	struct download *download; /* once it is being worked on */
	atomic_bool succeeded;     /* it has ended, and neither failed nor is still to be fetched */
	bool summed;               /* its SHA-256 is known beforehand, and stored behind its name */
	char name[];
};

struct plan_left_out {
	struct plan_node node;
	char name[];
};

MUST_CHECK enum status plan_new(struct plan **plan);
void plan_free(struct plan *plan);

/*
 * Takes over nothing: URL and DESTINATION (NULL: none), a legal path, are copied. STATUS_EXISTS when *TAKEN, a file, is planned
 * where DESTINATION needs a folder.
 */
MUST_CHECK enum status plan_add_source(struct plan *plan, const struct url *url, const char *destination,
	struct plan_source **source, struct plan_node **taken);
/* Adds those folders of PATH below BASE that are missing; nothing but their names is known. */
MUST_CHECK enum status plan_make_folders(struct plan *plan, const struct plan_source *source, struct plan_folder *base,
	struct span path, struct plan_folder **folder, struct plan_node **taken);
struct plan_source *plan_sources(struct plan *plan);

/* The youngest folder; the last of the list is the root, the destination itself. */
struct plan_folder *plan_folders(struct plan *plan);

/* A file or folder to be added. */
struct plan_entry {
	const struct plan_source *source;
	struct plan_folder *parent;
	struct span name; /* one legal component */
	uint16_t mode;
	struct file_time mtime;
	uint64_t size;
	const struct digest *sum; /* NULL: unknown */
	bool attributes_known;
	bool named_by_url;
	uint8_t listing_pass;
};

/*
 * STATUS_EXISTS when the name is taken, by *TAKEN. A folder may be added again: the result is the old one, which takes over
 * the attributes of ENTRY if it had none. STATUS_NAME_TOO_LONG when the path below the destination gets too long,
 * STATUS_LIMIT for more than PLAN_NODES_MAX files and folders, or for longer names than PLAN_NAMES_MAX in all, STATUS_NO_MEMORY.
 */
#define PLAN_NODES_MAX (16u << 20)
#define PLAN_NAMES_MAX (512u << 20) /* bytes of all their names */
MUST_CHECK enum status plan_add_file(struct plan *plan, const struct plan_entry *entry, struct plan_file **file,
	struct plan_node **taken);
MUST_CHECK enum status plan_add_folder(struct plan *plan, const struct plan_entry *entry, struct plan_folder **folder,
	struct plan_node **taken);

/*
 * Remembers a name that becomes neither file nor folder; one that comes later may take its place. STATUS_EXISTS if the name is taken,
 * also by one that was left out before; STATUS_LIMIT and STATUS_NO_MEMORY as above.
 */
MUST_CHECK enum status plan_leave_out(struct plan *plan, const struct plan_entry *entry, struct plan_node **taken);

/* The folder at PATH, relative to BASE; NULL when there is none. *INSTEAD is the node on the way that is no folder, else NULL. */
struct plan_folder *plan_find_folder(struct plan *plan, struct plan_folder *base, struct span path, const struct plan_node **instead);

/* Calls VISIT for every file, in no particular order; nothing may be added meanwhile. */
void plan_each_file(const struct plan *plan, void (*visit)(const struct plan_file *file, void *context), void *context);

/* The SHA-256 that FILE has to have; NULL: unknown. */
const struct digest *plan_sum(const struct plan_file *file);

/* The name itself, NUL-terminated. */
const char *plan_name(const struct plan_node *node);

#define PLAN_PATH_SIZE (PATH_LENGTH_MAX + 1)
/* Its path below the destination. All of these return OUT. */
char *plan_landing(const struct plan_node *node, char out[PLAN_PATH_SIZE]);
/* Its path below BASE, which is NODE itself or a folder above it. */
char *plan_path_below(const struct plan_node *node, const struct plan_folder *base, char out[PLAN_PATH_SIZE]);
/* Its path below its source's URL: empty for what the URL itself names. */
char *plan_below(const struct plan_node *node, char out[PLAN_PATH_SIZE]);
/* The path to ask the server for. */
char *plan_request_path(const struct plan_node *node, char out[PLAN_PATH_SIZE]);

#endif
