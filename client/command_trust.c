/* ferry trust and ferry untrust: which servers are known, and by what pin. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "configuration.h"
#include "failure.h"
#include "known_servers.h"
#include "path.h"
#include "pin.h"
#include "text.h"
#include "url.h"

#define SHOWN_SIZE 320

static enum exit_code refuse(const char *word, const char *why)
{
	struct failure failure;
	char shown[SHOWN_SIZE];

	failure_set(&failure, FAILURE_USAGE, STATUS_INVALID, "%s: %s", text_escape(shown, sizeof(shown), span_of(word)), why);
	return failure_print(&failure);
}

/* A server without TLS has no key that could be known. */
static enum status parse_url(const char *text, struct url *url, const char **problem)
{
	enum status status = url_parse(text, url, problem);

	if (status != STATUS_OK || url->tls)
		return status;
	url_release(url);
	*problem = "only a server with TLS can be known: its URL begins with ferrys://";
	return STATUS_INVALID;
}

/* Forgetting fails when no pin is known, learning when the file cannot be written. */
static enum exit_code fail(const struct url *url, const struct pin *pin, enum status status, size_t line)
{
	char file[CONFIGURATION_SHOWN_SIZE];
	struct failure failure;

	configuration_shown(KNOWN_SERVERS_FILE, file);
	if (line > 0)
		failure_set(&failure, FAILURE_LOCAL, STATUS_INVALID, "%s:%zu: not HOST PORT PIN", file, line);
	else if (status == STATUS_NOT_FOUND && !pin)
		failure_set(&failure, FAILURE_SERVER, status, "pin of %s:%u", url->host, url->port);
	else
		failure_set(&failure, FAILURE_LOCAL, status, "cannot write %s", file);
	return failure_print(&failure);
}

/* Learns PIN; NULL forgets the server. */
static enum exit_code change(const char *text, const struct pin *pin)
{
	struct url url;
	const char *problem;
	size_t line;

	if (parse_url(text, &url, &problem) != STATUS_OK)
		return refuse(text, problem);
	enum status status = configuration_learn(&url, pin, &line);
	enum exit_code code = status == STATUS_OK ? EXIT_OK : fail(&url, pin, status, line);
	url_release(&url);
	return code;
}

int command_trust(const struct options *options)
{
	struct pin pin;

	if (pin_parse(options->operands[1], &pin) != STATUS_OK)
		return refuse(options->operands[1], "a pin is sha256: and 44 characters of Base64, as ferryd --print-pin shows it");
	return change(options->operands[0], &pin);
}

int command_untrust(const struct options *options)
{
	return change(options->operands[0], NULL);
}
