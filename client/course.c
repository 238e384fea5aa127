/* Asks for runs, judges ERROR and FILE frames, and gives runs back to the queue. */
#include "course.h"

#include "ending.h"

void course_fail(struct course *course, const struct failure *failure)
{
	course->end = RUN_FAILED;
	course->stop = true;
	course->failure = *failure;
}

void course_error(struct course *course, struct worker *worker, enum status error, const struct failure *failure)
{
	course->stop = true;
	if (error == STATUS_CHANGED)
		course->end = RUN_OUTDATED;
	else if (worker_is_pause(error))
		worker_pause(worker, failure);
	else
		course_fail(course, failure);
}

enum status course_ask(struct worker *worker, const struct download *download, const struct piece_run *run, course_encoder *encode)
{
	char path[PLAN_PATH_SIZE];
	unsigned char bytes[FRAME_REQUEST_SIZE];
	struct writer writer;
	const struct pieces_request request = {
		.path = span_of(plan_request_path(&download->file->node, path)),
		.version = download->source.version,
		.first = run->first,
		.count = run->count,
		.fresh = run->from == PIECE_SUSPECT,
	};

	writer_init(&writer, bytes, sizeof(bytes));
	encode(&writer, link_number(worker->link), &request);
	return link_send(worker->link, bytes, writer_length(&writer));
}

enum status course_refuse(struct course *course, struct worker *worker, const struct download *download, struct span payload)
{
	struct failure failure;
	enum status error = worker_explain_error(worker, download, payload, &failure);

	if (error == STATUS_PROTOCOL)
		return STATUS_PROTOCOL;
	link_answered(worker->link);
	course_error(course, worker, error, &failure);
	return STATUS_OK;
}

/* FILE must describe the version that the run was planned with; by now the server may know its root. */
static enum status handle_file(struct worker *worker, struct download *download, struct span payload)
{
	struct file file;
	enum status status = file_decode(payload, &file);

	if (status != STATUS_OK)
		return status;
	if (file.kind != ENTRY_FILE || file.size != download->source.size || !version_equal(&file.version, &download->source.version))
		return STATUS_PROTOCOL;
	if (file.root_known)
		queue_root(worker->transfer->queue, download, &file.root);
	return STATUS_OK;
}

enum status course_open(struct course *course, struct worker *worker, struct download *download)
{
	struct frame frame;
	struct span payload;
	enum status status = link_receive(worker->link, &frame, &payload);

	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR)
		return course_refuse(course, worker, download, payload);
	return frame.type == FRAME_FILE ? handle_file(worker, download, payload) : STATUS_PROTOCOL;
}

void course_end(const struct course *course, struct worker *worker, struct download *download, const struct piece_run *run,
	enum status status)
{
	if (status != STATUS_OK)
		worker_lose_link(worker, status);
	ending_do(worker, download, queue_run_over(worker->transfer->queue, download, run, course->end, &course->failure));
}
