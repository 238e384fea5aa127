/* ferryd from its command line to its exit code: opens everything, serves, releases everything. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache.h"
#include "complaint.h"
#include "content.h"
#include "descriptor_limit.h"
#include "descriptors.h"
#include "endpoints.h"
#include "guard.h"
#include "lanes.h"
#include "log.h"
#include "path.h"
#include "privileges.h"
#include "ready.h"
#include "sandbox.h"
#include "server.h"
#include "settings.h"
#include "share.h"
#include "state.h"
#include "text.h"
#include "token_command.h"
#include "trusted.h"
#include "version.h"
#include "watch.h"

enum exit_code {
	EXIT_OK = 0,       /* it did as it was asked */
	EXIT_OTHER = 1,
	EXIT_SETTINGS = 2, /* or usage */
	EXIT_LISTEN = 5,
	EXIT_STORAGE = 9,  /* a share, the cache or the state can't be opened */
};

/* Everything that main opens, in this order; released in the other. */
struct daemon {
	int argc;
	char **argv; /* SIGHUP reads it again */
	struct settings settings;
	struct ready ready;
	struct shares shares;
	struct guard guard;
	struct digest_index *index; /* NULL: none */
	struct endpoints endpoints;
	int signal_fd;
	struct contents *contents;
	struct server *server;
};

/* A standard stream that was closed: its number would go to a descriptor of ours, and the log into a connection. */
static enum status fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int filled;
		enum status status = fcntl(fd, F_GETFD) < 0 ? trusted_open("/dev/null", O_RDWR, 0, &filled) : STATUS_OK;
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum exit_code report(enum exit_code code, const char *what, const char *why)
{
	log_flush();
	fprintf(stderr, "ferryd: %s: %s\n", what, why);
	return code;
}

static enum exit_code repeat(enum exit_code code, const struct complaint *complaint)
{
	log_flush();
	/* It quotes files and the command line, which may hold any bytes. */
	text_print(stderr, span_of(complaint->text));
	putc('\n', stderr);
	return code;
}

static enum exit_code report_share(const struct share_settings *share, enum status status)
{
	bool kernel = status == STATUS_UNSUPPORTED;

	return report(EXIT_STORAGE, share->path, kernel ? "proc and sys file systems are not served" : status_text(status));
}

static enum exit_code report_endpoint(const struct endpoints_failure *failure)
{
	char what[ADDRESS_TEXT_SIZE + sizeof("cannot listen on ")] = "cannot listen on ";

	address_text(&failure->address, what + strlen(what));
	return report(EXIT_LISTEN, what, strerror(failure->error));
}

static enum exit_code open_files(struct daemon *daemon)
{
	struct complaint complaint;
	const struct share_settings *failed_share;
	struct endpoints_failure failed_endpoint;
	enum status status;

	status = shares_open(&daemon->shares, &daemon->settings, &failed_share);
	if (status != STATUS_OK)
		return report_share(failed_share, status);
	status = cache_open(&daemon->settings, &daemon->shares, &daemon->index);
	if (status != STATUS_OK)
		return report(EXIT_STORAGE, daemon->settings.cache, cache_reason(status));
	if (guard_open(&daemon->settings, &daemon->shares, &daemon->guard, &complaint) != STATUS_OK)
		return repeat(EXIT_STORAGE, &complaint);
	if (ready_clear(&daemon->ready, &complaint) != STATUS_OK)
		return repeat(EXIT_OTHER, &complaint);
	status = endpoints_open(&daemon->endpoints, daemon->settings.listen, daemon->settings.listen_count, &failed_endpoint);
	if (status != STATUS_OK)
		return report_endpoint(&failed_endpoint);
	status = ready_prepare(&daemon->ready, daemon->endpoints.addresses, daemon->endpoints.count, &complaint);
	return status == STATUS_OK ? EXIT_OK : repeat(EXIT_OTHER, &complaint);
}

/* The backend that every worker hashes with. */
static const char *hashing_backend(void)
{
	struct lanes *lanes;

	if (lanes_new(LANES_BEST, &lanes) != STATUS_OK)
		return "none";
	const char *name = lanes_name(lanes);
	lanes_free(lanes);
	return name;
}

static void log_start(const struct daemon *daemon)
{
	char text[ADDRESS_TEXT_SIZE], name[600], path[600];

	log_line(LOG_INFO, "event=start version=" FERRY_VERSION " workers=%u lanes=%s", daemon->settings.workers,
		hashing_backend());
	for (size_t i = 0; i < daemon->settings.share_count; i++) {
		const struct share_settings *share = &daemon->settings.shares[i];
		log_line(LOG_INFO, "event=share name=%s path=%s", log_quote(name, sizeof(name), span_of(share->name ? share->name : "")),
			log_quote(path, sizeof(path), span_of(share->path)));
	}
	for (size_t i = 0; i < daemon->endpoints.count; i++) {
		address_text(&daemon->endpoints.addresses[i], text);
		log_line(LOG_INFO, "event=listen address=%s", text);
	}
}

/* Open descriptors stay open; everything else is out of reach from here on. */
static enum exit_code lock_in(struct daemon *daemon)
{
	struct complaint complaint;
	int cache = daemon->index ? digest_index_folder(daemon->index) : -1;
	const int own_folders[] = {cache, daemon->guard.state};
	struct sandbox sandbox = {
		.settings = &daemon->settings,
		.shares = &daemon->shares,
		.cache = cache,
		.state = daemon->guard.state,
	};
	enum status status = privileges_drop(daemon->settings.user, own_folders, 2, &complaint);

	if (status == STATUS_OK)
		status = sandbox_enter(&sandbox, &complaint);
	return status == STATUS_OK ? EXIT_OK : repeat(EXIT_OTHER, &complaint);
}

/* The port file was written before it was certain that the server would serve. */
static void withdraw(const struct daemon *daemon)
{
	struct complaint complaint;

	if (ready_clear(&daemon->ready, &complaint) != STATUS_OK)
		log_line(LOG_WARN, "event=ready left=port-file");
}

static enum exit_code start(struct daemon *daemon, size_t descriptors)
{
	struct complaint complaint;
	enum status status = watch_signals(&daemon->settings, &daemon->signal_fd);

	if (status == STATUS_OK)
		status = contents_new(descriptors_contents(descriptors), daemon->index, &daemon->contents);
	if (status != STATUS_OK)
		return report(EXIT_OTHER, "cannot start", status_text(status));
	log_start(daemon);
	enum exit_code code = lock_in(daemon);
	if (code != EXIT_OK)
		return code;
	struct server_setup setup = {
		.settings = &daemon->settings,
		.shares = &daemon->shares,
		.contents = daemon->contents,
		.access = daemon->guard.access,
		.identity = daemon->guard.identity,
		.listeners = daemon->endpoints.fds,
		.listener_count = daemon->endpoints.count,
	};
	status = server_start(&setup, &daemon->server);
	endpoints_hand_over(&daemon->endpoints);
	if (status == STATUS_INVALID)
		return report(EXIT_SETTINGS, "FERRY_LANES", "must be openssl or multibuffer");
	if (status != STATUS_OK)
		return report(EXIT_OTHER, "cannot start", status_text(status));
	/* A program that waits for the ready line finds in the log how the server was started. */
	log_flush();
	status = ready_announce(&daemon->ready, daemon->endpoints.addresses, daemon->endpoints.count, &complaint);
	if (status != STATUS_OK)
		return repeat(EXIT_OTHER, &complaint);
	status = daemon->settings.prewarm ? server_prewarm(daemon->server) : STATUS_OK;
	return status == STATUS_OK ? EXIT_OK : report(EXIT_OTHER, "--prewarm", status_text(status));
}

static void log_totals(const struct server *server)
{
	struct server_totals totals;

	server_totals(server, &totals);
	log_line(LOG_INFO, "event=totals requests=%ju sent=%ju hashed=%ju connections=%ju", (uintmax_t)totals.requests,
		(uintmax_t)totals.sent, (uintmax_t)totals.hashed, (uintmax_t)totals.connections);
}

static enum exit_code serve(struct daemon *daemon)
{
	struct complaint complaint;
	enum exit_code code;

	daemon->ready = (struct ready){
		.tls = daemon->settings.tls,
		.fd = daemon->settings.ready_fd,
		.port_file = daemon->settings.port_file,
		.notify = -1,
	};
	if (daemon->ready.fd >= 0 && ready_check_fd(daemon->ready.fd, &complaint) != STATUS_OK)
		return repeat(EXIT_SETTINGS, &complaint);
	log_set_level(daemon->settings.log_level);
	size_t descriptors = descriptor_limit_raise();
	descriptors_fit(&daemon->settings, descriptors);
	code = open_files(daemon);
	if (code == EXIT_OK) {
		code = start(daemon, descriptors);
		if (code != EXIT_OK)
			withdraw(daemon);
	}
	if (code == EXIT_OK) {
		watch_until_done(&(struct watch){
			.argc = daemon->argc,
			.argv = daemon->argv,
			.settings = &daemon->settings,
			.shares = &daemon->shares,
			.guard = &daemon->guard,
			.ready = &daemon->ready,
			.server = daemon->server,
			.signal_fd = daemon->signal_fd,
		});
	}
	if (daemon->server)
		log_totals(daemon->server);
	return code;
}

static enum status print_pin(const struct settings *settings, int state, struct complaint *complaint)
{
	char text[PIN_TEXT_SIZE];
	struct identity *identity;
	enum status status = identity_open(settings, state, TLS_CLIENTS_UNASKED, &identity, complaint);

	if (status != STATUS_OK)
		return status;
	struct pin pin = identity_pin(identity);
	pin_text(&pin, text);
	identity_free(identity);
	return puts(text) < 0 || fflush(stdout) < 0 ? complain(complaint, STATUS_IO, "ferryd: the pin could not be written") : STATUS_OK;
}

/* Does what was asked for instead of serving. */
static enum exit_code command(const struct settings *settings)
{
	struct complaint complaint;
	int state = -1;
	bool pin = settings->print_pin;
	enum status status = pin && settings->cert ? STATUS_OK : state_open(settings, &state, &complaint);

	log_set_level(LOG_WARN);
	/* Files that are made now belong to the user that the server will be. */
	if (status == STATUS_OK)
		status = privileges_drop(settings->user, &state, 1, &complaint);
	if (status == STATUS_OK)
		status = (pin ? print_pin : token_command_run)(settings, state, &complaint);
	if (state >= 0)
		close(state);
	if (status == STATUS_OK)
		return EXIT_OK;
	return repeat(status == STATUS_INVALID ? EXIT_SETTINGS : EXIT_STORAGE, &complaint);
}

/* Here, not where settings are read: a reload is inside the sandbox. */
static enum status check_user(const struct settings *settings, struct complaint *complaint)
{
	if (!settings->user || privileges_know(settings->user))
		return STATUS_OK;
	return settings_complain_of(settings, "user", complaint,
		complain(complaint, STATUS_INVALID, "user = %s: there is no such user", settings->user));
}

static void release(struct daemon *daemon)
{
	server_free(daemon->server);
	contents_free(daemon->contents);
	if (daemon->signal_fd >= 0)
		close(daemon->signal_fd);
	ready_release(&daemon->ready);
	endpoints_release(&daemon->endpoints);
	guard_release(&daemon->guard);
	digest_index_free(daemon->index);
	shares_release(&daemon->shares);
	settings_release(&daemon->settings);
	log_flush();
}

int main(int argc, char **argv)
{
	struct daemon daemon = {.argc = argc, .argv = argv, .signal_fd = -1, .guard.state = -1, .ready.notify = -1};
	struct complaint complaint;
	enum exit_code code = EXIT_OK;
	enum status status = fill_standard_streams();

	/* A file that may not grow further (ulimit -f), such as the log, is no reason to end. */
	sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	if (status != STATUS_OK)
		return report(EXIT_OTHER, "/dev/null", status_text(status));
	switch (settings_read(argc, argv, &daemon.settings, &complaint)) {
	case SETTINGS_SHOWN:
		return fflush(stdout) == 0 ? EXIT_OK : report(EXIT_OTHER, "standard output", strerror(errno));
	case SETTINGS_WRONG:
		return repeat(EXIT_SETTINGS, &complaint);
	case SETTINGS_SERVE:
		break;
	}
	if (check_user(&daemon.settings, &complaint) != STATUS_OK)
		code = repeat(EXIT_SETTINGS, &complaint);
	else if (daemon.settings.print_pin || daemon.settings.token.action != TOKEN_COMMAND_NONE)
		code = command(&daemon.settings);
	else if (!daemon.settings.check_config)
		code = serve(&daemon);
	release(&daemon);
	return code;
}
