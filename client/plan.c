/* Keeps the destination's tree compactly: nodes in an arena, found by parent and name in one hash table. */
#include "plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "arena.h"

struct plan {
	struct arena arena;
	struct plan_source *sources, *last_source;
	struct plan_folder *root, *folders;
	/* Open addressing with a power of two of places, never more than three quarters full. */
	struct plan_node **table;
	size_t places;
	size_t count;
	size_t name_bytes;
	uint64_t seed; /* so that no server can choose names that collide */
};

/* --- The table ----------------------------------------------------------------------------------------------------- */

/* FNV-1a with a secret start, its bits mixed at the end. */
static uint64_t hash_of(uint64_t seed, const struct plan_folder *parent, struct span name)
{
	uint64_t hash = seed ^ (uintptr_t)parent;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ name.bytes[i]) * 0x100000001b3;
	hash ^= hash >> 29;
	hash *= 0xbf58476d1ce4e5b9;
	return hash ^ hash >> 32;
}

static struct span name_of(const struct plan_node *node)
{
	return (struct span){(const unsigned char *)plan_name(node), node->name_length};
}

static bool is_at(const struct plan_node *node, const struct plan_folder *parent, struct span name)
{
	return node->parent == parent && node->name_length == name.length && memcmp(plan_name(node), name.bytes, name.length) == 0;
}

/* The place of that name, or the free place where it belongs. */
static struct plan_node **find_place(const struct plan *plan, const struct plan_folder *parent, struct span name)
{
	size_t place = hash_of(plan->seed, parent, name) & (plan->places - 1);

	while (plan->table[place] && !is_at(plan->table[place], parent, name))
		place = (place + 1) & (plan->places - 1);
	return &plan->table[place];
}

static enum status make_places(struct plan *plan, size_t places)
{
	struct plan_node **old = plan->table;
	size_t old_places = plan->places;

	plan->table = calloc(places, sizeof(plan->table[0]));
	if (!plan->table) {
		plan->table = old;
		return STATUS_NO_MEMORY;
	}
	plan->places = places;
	for (size_t i = 0; i < old_places; i++) {
		if (old[i])
			*find_place(plan, old[i]->parent, name_of(old[i])) = old[i];
	}
	free(old);
	return STATUS_OK;
}

/* For one more node, with a name of LENGTH bytes. */
static enum status make_room(struct plan *plan, size_t length)
{
	if (plan->count >= PLAN_NODES_MAX || length > PLAN_NAMES_MAX - plan->name_bytes)
		return STATUS_LIMIT;
	if (plan->count < plan->places / 4 * 3)
		return STATUS_OK;
	return make_places(plan, plan->places * 2);
}

/* --- Nodes --------------------------------------------------------------------------------------------------------- */

static size_t landing_length(const struct plan_node *node)
{
	size_t length = 0;

	for (; node->parent; node = &node->parent->node)
		length += (length > 0) + node->name_length;
	return length;
}

static void fill_in(struct plan_node *node, char *name, const struct plan_entry *entry, enum plan_kind kind)
{
	*node = (struct plan_node){
		.parent = entry->parent,
		.source = entry->source,
		.mtime = entry->mtime,
		.mode = entry->mode,
		.name_length = (uint16_t)entry->name.length,
		.kind = (uint8_t)kind,
		.attributes_known = entry->attributes_known,
		.named_by_url = entry->named_by_url,
		.listing_pass = entry->listing_pass,
	};
	memcpy(name, entry->name.bytes, entry->name.length);
}

/* Puts NODE into the free PLACE. */
static void take_place(struct plan *plan, struct plan_node **place, struct plan_node *node)
{
	*place = node;
	plan->count++;
	plan->name_bytes += node->name_length;
}

static void settle(struct plan *plan, struct plan_node **place, struct plan_node *node)
{
	take_place(plan, place, node);
	node->parent->holds = true;
}

/* Finds the free place for ENTRY; with STATUS_EXISTS the one that is taken. */
static enum status prepare(struct plan *plan, const struct plan_entry *entry, struct plan_node ***place)
{
	assert(path_name_legal(entry->name));
	if (landing_length(&entry->parent->node) + 1 + entry->name.length > PATH_LENGTH_MAX)
		return STATUS_NAME_TOO_LONG;
	enum status status = make_room(plan, entry->name.length);
	if (status != STATUS_OK)
		return status;
	*place = find_place(plan, entry->parent, entry->name);
	return **place && (**place)->kind != PLAN_LEFT_OUT ? STATUS_EXISTS : STATUS_OK;
}

enum status plan_add_file(struct plan *plan, const struct plan_entry *entry, struct plan_file **file, struct plan_node **taken)
{
	struct plan_node **place;
	enum status status = prepare(plan, entry, &place);

	if (status != STATUS_OK) {
		*taken = status == STATUS_EXISTS ? *place : NULL;
		return status;
	}
	const size_t after_name = entry->name.length + 1;
	struct plan_file *made = arena_take(&plan->arena, sizeof(*made) + after_name + (entry->sum ? sizeof(*entry->sum) : 0));
	if (!made)
		return STATUS_NO_MEMORY;
	fill_in(&made->node, made->name, entry, PLAN_FILE);
	made->size = entry->size;
	made->summed = entry->sum;
	if (entry->sum)
		memcpy(made->name + after_name, entry->sum, sizeof(*entry->sum));
	settle(plan, place, &made->node);
	*file = made;
	return STATUS_OK;
}

static struct plan_folder *new_folder(struct plan *plan, const struct plan_entry *entry)
{
	struct plan_folder *made = arena_take(&plan->arena, sizeof(*made) + entry->name.length + 1);

	if (!made)
		return NULL;
	fill_in(&made->node, made->name, entry, PLAN_FOLDER);
	made->first_mode = entry->attributes_known ? (uint16_t)((entry->mode & 0777) | 0700) : 0777;
	made->fd = -1;
	made->older = plan->folders;
	plan->folders = made;
	return made;
}

/* A folder that was only made for a file in it is now named by a listing. */
static void take_attributes(struct plan_node *folder, const struct plan_entry *entry)
{
	if (folder->attributes_known || !entry->attributes_known)
		return;
	folder->source = entry->source;
	folder->mode = entry->mode;
	folder->mtime = entry->mtime;
	folder->attributes_known = true;
}

enum status plan_add_folder(struct plan *plan, const struct plan_entry *entry, struct plan_folder **folder,
	struct plan_node **taken)
{
	struct plan_node **place;
	enum status status = prepare(plan, entry, &place);

	if (status == STATUS_EXISTS && (*place)->kind == PLAN_FOLDER) {
		*folder = (struct plan_folder *)*place;
		take_attributes(&(*folder)->node, entry);
		return STATUS_OK;
	}
	if (status != STATUS_OK) {
		*taken = status == STATUS_EXISTS ? *place : NULL;
		return status;
	}
	struct plan_folder *made = new_folder(plan, entry);
	if (!made)
		return STATUS_NO_MEMORY;
	settle(plan, place, &made->node);
	*folder = made;
	return STATUS_OK;
}

enum status plan_leave_out(struct plan *plan, const struct plan_entry *entry, struct plan_node **taken)
{
	enum status status = make_room(plan, entry->name.length);

	if (status != STATUS_OK)
		return status;
	struct plan_node **place = find_place(plan, entry->parent, entry->name);
	if (*place) {
		*taken = *place;
		return STATUS_EXISTS;
	}
	struct plan_left_out *made = arena_take(&plan->arena, sizeof(*made) + entry->name.length + 1);
	if (!made)
		return STATUS_NO_MEMORY;
	fill_in(&made->node, made->name, entry, PLAN_LEFT_OUT);
	take_place(plan, place, &made->node);
	return STATUS_OK;
}

struct plan_folder *plan_find_folder(struct plan *plan, struct plan_folder *base, struct span path, const struct plan_node **instead)
{
	*instead = NULL;
	while (base && path.length > 0) {
		struct span name = path_first(&path);
		struct plan_node *node = *find_place(plan, base, name);
		base = node && node->kind == PLAN_FOLDER ? (struct plan_folder *)node : NULL;
		*instead = base ? NULL : node;
	}
	return base;
}

void plan_each_file(const struct plan *plan, void (*visit)(const struct plan_file *file, void *context), void *context)
{
	for (size_t i = 0; i < plan->places; i++) {
		if (plan->table[i] && plan->table[i]->kind == PLAN_FILE)
			visit((const struct plan_file *)plan->table[i], context);
	}
}

const struct digest *plan_sum(const struct plan_file *file)
{
	return file->summed ? (const struct digest *)(file->name + file->node.name_length + 1) : NULL;
}

const char *plan_name(const struct plan_node *node)
{
	if (node->kind == PLAN_FOLDER)
		return ((const struct plan_folder *)node)->name;
	if (node->kind == PLAN_LEFT_OUT)
		return ((const struct plan_left_out *)node)->name;
	return ((const struct plan_file *)node)->name;
}

/* --- The whole ----------------------------------------------------------------------------------------------------- */

enum status plan_new(struct plan **plan)
{
	const struct plan_entry root = {.name = {.bytes = (const unsigned char *)"", .length = 0}};
	struct plan *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	if (getrandom(&made->seed, sizeof(made->seed), 0) < 0)
		made->seed = (uintptr_t)made;
	made->root = new_folder(made, &root);
	if (!made->root || make_places(made, 1024) != STATUS_OK) {
		plan_free(made);
		return STATUS_NO_MEMORY;
	}
	*plan = made;
	return STATUS_OK;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (struct plan_source *source = plan->sources; source; source = source->next) {
		url_release(&source->url);
		free(source->destination);
	}
	arena_release(&plan->arena);
	free(plan->table);
	free(plan);
}

enum status plan_make_folders(struct plan *plan, const struct plan_source *source, struct plan_folder *base, struct span path,
	struct plan_folder **folder, struct plan_node **taken)
{
	while (path.length > 0) {
		const struct plan_entry entry = {.source = source, .parent = base, .name = path_first(&path)};
		enum status status = plan_add_folder(plan, &entry, &base, taken);
		if (status != STATUS_OK)
			return status;
	}
	*folder = base;
	return STATUS_OK;
}

static void append_source(struct plan *plan, struct plan_source *source)
{
	if (plan->last_source)
		plan->last_source->next = source;
	else
		plan->sources = source;
	plan->last_source = source;
}

/* A folder's contents land in the destination itself, everything else under its last component. */
static enum status place_source(struct plan *plan, struct plan_source *source, const char *destination, struct plan_node **taken)
{
	struct span folder = span_of("");

	source->name = (const char *)path_last(span_of(source->url.path)).bytes;
	if (destination) {
		source->destination = strdup(destination);
		if (!source->destination)
			return STATUS_NO_MEMORY;
		folder = span_of(source->destination);
		if (!source->url.contents) {
			source->name = (const char *)path_last(folder).bytes;
			folder = path_folder(folder);
		}
	}
	enum status status = plan_make_folders(plan, source, plan->root, folder, &source->parent, taken);
	source->base = source->parent;
	return status;
}

enum status plan_add_source(struct plan *plan, const struct url *url, const char *destination, struct plan_source **source,
	struct plan_node **taken)
{
	struct plan_source *made = arena_take(&plan->arena, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	enum status status = url_copy(url, &made->url);
	if (status != STATUS_OK)
		return status;
	append_source(plan, made);
	status = place_source(plan, made, destination, taken);
	if (status == STATUS_OK)
		*source = made;
	return status;
}

struct plan_source *plan_sources(struct plan *plan)
{
	return plan->sources;
}

struct plan_folder *plan_folders(struct plan *plan)
{
	return plan->folders;
}
