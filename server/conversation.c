/* Greets, judges requests as they arrive, and steps the replies in their order. */
#include "conversation.h"

#include "admission.h"
#include "clock.h"
#include "cold_step.h"
#include "gate.h"
#include "log.h"
#include "message.h"
#include "requests.h"

/* A reply that was silent for this long sends its progress. */
#define SILENCE_MAX (2 * CLOCK_SECOND)
/* When a client that got BUSY should come back. */
#define RETRY_AFTER_MS 1000u
#define LOGGED_PATH_SIZE 512

void conversation_fail(struct conversation *conversation, enum status failure)
{
	conversation->state = CONVERSATION_FAILING;
	conversation->failure = failure;
	input_release(&conversation->input);
}

/* The client broke the protocol. */
static void break_off(struct conversation *conversation, enum status failure)
{
	log_line(LOG_INFO, "event=broken peer=%s status=\"%s\"", conversation->visitor->text, status_text(failure));
	conversation_fail(conversation, failure);
}

void conversation_init(struct conversation *conversation, struct services *services, struct peer *peer,
	struct visitor *visitor, struct stream *stream)
{
	const struct settings *settings = services->settings;

	*conversation = (struct conversation){.services = services, .peer = peer, .visitor = visitor};
	window_init(&conversation->window, settings->window_requests, settings->window_bytes);
	output_init(&conversation->output, stream);
	if (!peer)
		conversation_fail(conversation, STATUS_BUSY);
}

static struct admission admission_of(const struct conversation *conversation)
{
	return (struct admission){conversation->services, conversation->visitor, conversation->output.stream};
}

/* The file bytes of the reply, for the log and the totals. */
static uint64_t count_bytes(struct conversation *conversation)
{
	uint64_t bytes = conversation->output.file_bytes - conversation->reply->file_bytes;

	atomic_fetch_add(&conversation->services->tally.sent, bytes);
	return bytes;
}

/* Drops the front reply, with one line in the log, whatever became of it. */
static void drop_reply(struct conversation *conversation, enum status status)
{
	struct reply *reply = conversation->reply;
	char path[LOGGED_PATH_SIZE];

	if (!reply)
		return;
	log_line(LOG_INFO, "event=request peer=%s op=%s path=%s status=\"%s\" bytes=%llu ms=%lld", conversation->visitor->text,
		reply->class->name, log_quote(path, sizeof(path), reply->path), status_text(status),
		(unsigned long long)count_bytes(conversation), (long long)((clock_now() - reply->started) / CLOCK_MS));
	reply_free(reply, conversation->services);
	conversation->reply = NULL;
	cold_withdraw(&conversation->services->cold, &conversation->cold);
}

void conversation_release(struct conversation *conversation)
{
	drop_reply(conversation, STATUS_LOST);
	window_release(&conversation->window);
	output_release(&conversation->output);
	input_release(&conversation->input);
}

void conversation_begin(struct conversation *conversation, struct workbench *bench)
{
	output_begin(&conversation->output, bench->packing);
}

enum status conversation_end(struct conversation *conversation)
{
	enum status status = input_end(&conversation->input);

	return status == STATUS_OK ? output_end(&conversation->output) : status;
}

static enum status admit(struct conversation *conversation, const struct frame *frame)
{
	conversation->judged++;
	if (frame->type == FRAME_HELLO)
		return STATUS_OK;
	if (conversation->goodbye)
		return STATUS_PROTOCOL;
	/* Before the first request, or not at all. */
	if (frame->type == FRAME_AUTH)
		return conversation->judged == 2 ? STATUS_OK : STATUS_PROTOCOL;
	if (frame->type == FRAME_GOODBYE) {
		conversation->goodbye = true;
		return STATUS_OK;
	}
	if (frame->number != frame_next_number(conversation->number))
		return STATUS_PROTOCOL;
	conversation->number = frame->number;
	return window_arrive(&conversation->window, FRAME_HEADER_SIZE + frame->length) ? STATUS_OK : STATUS_PROTOCOL;
}

/* Judges every header that is there; while greeting only HELLO, since what follows depends on it. */
static enum status judge(struct conversation *conversation)
{
	enum frame_phase phase = conversation->state == CONVERSATION_GREETING ? FRAME_GREETING : FRAME_OPEN;
	struct frame frame;
	enum status status;

	do {
		status = input_judge(&conversation->input, phase, &frame);
		if (status == STATUS_OK)
			status = admit(conversation, &frame);
	} while (status == STATUS_OK && conversation->state == CONVERSATION_OPEN);
	if (status != STATUS_OK && status != STATUS_WANT_READ)
		return status;
	return conversation->goodbye && input_is_partial(&conversation->input) ? STATUS_PROTOCOL : STATUS_OK;
}

static enum status greet(struct conversation *conversation, struct span payload)
{
	const struct settings *settings = conversation->services->settings;
	struct hello hello;
	enum status status = hello_decode(payload, &hello);

	if (status != STATUS_OK)
		return status;
	if (hello.version_min > PROTOCOL_VERSION || hello.version_max < PROTOCOL_VERSION)
		return STATUS_VERSION;
	/* A client that asks before WELCOME cannot know what it may ask. */
	if (!input_is_empty(&conversation->input))
		return STATUS_PROTOCOL;
	struct admission admission = admission_of(conversation);
	status = admission_greet(&admission);
	if (status != STATUS_OK)
		return status;
	welcome_encode(output_writer(&conversation->output), &(struct welcome){
		.version = PROTOCOL_VERSION,
		.features = hello.features & PROTOCOL_FEATURES,
		.window_requests = (uint16_t)settings->window_requests,
		.window_bytes = settings->window_bytes,
		.links = (uint16_t)settings->links,
	});
	conversation->state = CONVERSATION_OPEN;
	return STATUS_OK;
}

static enum status judge_and_greet(struct conversation *conversation)
{
	struct frame frame;
	struct span payload;
	bool greeting = conversation->state == CONVERSATION_GREETING;
	enum status status = judge(conversation);

	if (status == STATUS_OK && greeting && input_take(&conversation->input, FRAME_GREETING, &frame, &payload))
		status = greet(conversation, payload);
	return status;
}

enum status conversation_receive(struct conversation *conversation, struct workbench *bench)
{
	struct stream *stream = conversation->output.stream;
	enum status status = input_receive(&conversation->input, stream, bench->input, WORKBENCH_INPUT);

	if (status != STATUS_OK)
		return status;
	if (conversation->state >= CONVERSATION_FAILING) {
		input_release(&conversation->input);
		return STATUS_OK;
	}
	enum status verdict = judge_and_greet(conversation);
	if (verdict != STATUS_OK)
		break_off(conversation, verdict);
	return STATUS_OK;
}

static void write_error(struct conversation *conversation, uint16_t number, enum status failure)
{
	enum error_code code = error_code_of(failure);
	struct admission admission = admission_of(conversation);

	error_encode(output_writer(&conversation->output), number, &(struct error){
		.code = (uint16_t)code,
		.retry_after_ms = code == ERROR_BUSY ? RETRY_AFTER_MS : 0,
		.text = span_of(admission_words(&admission, number, failure)),
	});
}

static void end_request(struct conversation *conversation, uint32_t frame_bytes)
{
	atomic_fetch_add(&conversation->services->tally.requests, 1);
	window_answer(&conversation->window, frame_bytes, output_position(&conversation->output));
}

static enum pace end_reply(struct conversation *conversation, enum status status)
{
	if (status != STATUS_OK)
		write_error(conversation, conversation->reply->number, status);
	end_request(conversation, conversation->reply->frame_bytes);
	drop_reply(conversation, status);
	return PACE_GO_ON;
}

static void report_progress(struct conversation *conversation, int64_t now)
{
	struct reply *reply = conversation->reply;

	if (now - reply->last_word < SILENCE_MAX)
		return;
	progress_report_encode(output_writer(&conversation->output), reply->number,
		&(struct progress_report){.done = reply->worked});
	reply->last_word = now;
}

static enum pace step_reply(struct conversation *conversation, struct turn *turn)
{
	struct reply *reply = conversation->reply;
	uint64_t position = output_position(&conversation->output);
	enum reply_result result = reply_may_begin(reply, turn) ? cold_step(reply, &conversation->cold, turn) : reply_wait(turn);
	int64_t now = clock_now();

	if (output_position(&conversation->output) != position)
		reply->last_word = now;
	switch (result) {
	case REPLY_MORE:
		return PACE_GO_ON;
	case REPLY_DONE:
		return end_reply(conversation, STATUS_OK);
	case REPLY_FAILED:
		return end_reply(conversation, turn->failure);
	case REPLY_YIELD:
	case REPLY_PARK:
		break;
	}
	report_progress(conversation, now);
	return result == REPLY_YIELD ? PACE_QUANTUM : PACE_PARK;
}

static enum pace say_failure(struct conversation *conversation)
{
	drop_reply(conversation, conversation->failure);
	write_error(conversation, 0, conversation->failure);
	conversation->state = CONVERSATION_OVER;
	return PACE_OVER;
}

static void start_reply(struct conversation *conversation, const struct frame *frame, struct span payload)
{
	uint32_t frame_bytes = FRAME_HEADER_SIZE + frame->length;
	enum status status = STATUS_STOPPING;

	if (caps_is_spent(&conversation->services->caps, conversation->visitor->part, CAP_MEMORY))
		status = STATUS_BUSY;
	else if (gate_stage(&conversation->services->gate) == GATE_SERVING)
		status = request_start(frame, payload, &conversation->reply);
	if (status == STATUS_OK) {
		conversation->reply->started = conversation->reply->last_word = clock_now();
		conversation->reply->file_bytes = conversation->output.file_bytes;
		return;
	}
	if (status == STATUS_PROTOCOL) {
		break_off(conversation, status);
		return;
	}
	write_error(conversation, frame->number, status);
	end_request(conversation, frame_bytes);
}

static enum pace take_frame(struct conversation *conversation, const struct frame *frame, struct span payload)
{
	struct admission admission = admission_of(conversation);
	enum status status = STATUS_OK;

	if (frame->type == FRAME_AUTH)
		status = admission_take(&admission, payload);
	else if (frame->type != FRAME_GOODBYE)
		status = admission_check(&admission);
	if (status != STATUS_OK)
		break_off(conversation, status);
	else if (frame->type != FRAME_AUTH && frame->type != FRAME_GOODBYE)
		start_reply(conversation, frame, payload);
	return PACE_GO_ON;
}

static enum pace next_request(struct conversation *conversation)
{
	struct frame frame;
	struct span payload;

	if (conversation->state == CONVERSATION_OPEN && input_take(&conversation->input, FRAME_OPEN, &frame, &payload))
		return take_frame(conversation, &frame, payload);
	if (conversation->goodbye)
		return PACE_ANSWERED;
	if (gate_stage(&conversation->services->gate) == GATE_SERVING)
		return PACE_WAIT;
	conversation_fail(conversation, STATUS_STOPPING);
	return PACE_GO_ON;
}

static enum pace advance(struct conversation *conversation, struct turn *turn)
{
	bool inside_frame = conversation->reply && conversation->reply->inside_frame;

	if (conversation->state == CONVERSATION_OVER)
		return PACE_OVER;
	if (conversation->state == CONVERSATION_FAILING && !inside_frame)
		return say_failure(conversation);
	return conversation->reply ? step_reply(conversation, turn) : next_request(conversation);
}

/* PACE is how the turn ends if everything can be sent. */
static enum pace send_output(struct conversation *conversation, struct workbench *bench, enum pace pace)
{
	seals_fill(&bench->seals, bench->lanes);
	enum status status = output_send(&conversation->output);

	window_hand_over(&conversation->window, output_handed(&conversation->output));
	switch (status) {
	case STATUS_OK:
		return pace;
	case STATUS_BUSY:
		return PACE_QUANTUM;
	case STATUS_WANT_READ:
	case STATUS_WANT_WRITE:
		return pace == PACE_PARK ? PACE_PARK : PACE_WAIT;
	default:
		return PACE_LOST;
	}
}

/* No client is left in silence for long: a reply that waits gets a turn to send its progress. */
static int64_t wake_time(const struct conversation *conversation, int64_t park_until)
{
	int64_t speak_at = conversation->reply->last_word + SILENCE_MAX;

	return park_until < speak_at ? park_until : speak_at;
}

enum pace conversation_serve(struct conversation *conversation, struct workbench *bench, struct last_folder *last_folder,
	int64_t *park_until)
{
	struct turn turn = {
		.services = conversation->services, .bench = bench,
		.visitor = conversation->visitor, .output = &conversation->output,
		.last_folder = last_folder,
	};
	enum pace pace = PACE_GO_ON;

	while (pace == PACE_GO_ON) {
		if (!output_ready(&conversation->output))
			pace = send_output(conversation, bench, PACE_GO_ON);
		if (pace != PACE_GO_ON) {
			/* A permit is for a step, and the next one comes after all of this is sent. */
			cold_withdraw(&conversation->services->cold, &conversation->cold);
			return pace;
		}
		pace = advance(conversation, &turn);
	}
	if (pace == PACE_PARK)
		*park_until = wake_time(conversation, turn.park_until);
	return send_output(conversation, bench, pace);
}

size_t conversation_memory(const struct conversation *conversation)
{
	const struct reply *reply = conversation->reply;

	return input_memory(&conversation->input) + output_memory(&conversation->output) +
		window_memory(&conversation->window) + (reply ? reply->memory : 0);
}

bool conversation_is_idle(const struct conversation *conversation)
{
	return conversation->window.requests == 0 && !output_is_pending(&conversation->output);
}

uint32_t conversation_partial_frame(const struct conversation *conversation)
{
	const struct input *input = &conversation->input;

	if (!input_is_partial(input))
		return 0;
	/* The header of a frame is judged before its payload is there. */
	return input->judged > input->end ? conversation->judged : conversation->judged + 1;
}
