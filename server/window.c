/* Counts requests until the kernel has the last byte of their answers. */
#include "window.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 8u

struct answered {
	uint64_t position;
	uint32_t bytes;
};

void window_init(struct window *window, uint32_t requests_max, uint32_t bytes_max)
{
	*window = (struct window){.requests_max = requests_max, .bytes_max = bytes_max};
}

void window_release(struct window *window)
{
	free(window->queue);
	window->queue = NULL;
}

bool window_arrive(struct window *window, uint32_t bytes)
{
	if (window->requests == window->requests_max || bytes > window->bytes_max - window->bytes)
		return false;
	window->requests++;
	window->bytes += bytes;
	return true;
}

static void settle(struct window *window, uint32_t bytes)
{
	window->requests--;
	window->bytes -= bytes;
}

static bool make_room(struct window *window)
{
	if (window->end < window->capacity)
		return true;
	if (window->first > 0) {
		window->end -= window->first;
		memmove(window->queue, window->queue + window->first, window->end * sizeof(*window->queue));
		window->first = 0;
		return true;
	}
	uint32_t capacity = window->capacity ? window->capacity * 2 : CAPACITY_FIRST;
	struct answered *queue = realloc(window->queue, capacity * sizeof(*queue));
	if (!queue)
		return false;
	window->queue = queue;
	window->capacity = capacity;
	return true;
}

void window_answer(struct window *window, uint32_t bytes, uint64_t position)
{
	/* Without memory it counts as handed over a little early: that only allows the client more. */
	if (make_room(window))
		window->queue[window->end++] = (struct answered){.position = position, .bytes = bytes};
	else
		settle(window, bytes);
}

void window_hand_over(struct window *window, uint64_t position)
{
	while (window->first < window->end && window->queue[window->first].position <= position)
		settle(window, window->queue[window->first++].bytes);
	if (window->first < window->end || !window->queue)
		return;
	free(window->queue);
	window->queue = NULL;
	window->first = window->end = window->capacity = 0;
}

size_t window_memory(const struct window *window)
{
	return window->queue ? window->capacity * sizeof(*window->queue) : 0;
}
