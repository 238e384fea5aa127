/* Fuzzes the file of tokens: what is accepted reads back the same once it was written. */
#include "target.h"

#include "path.h"
#include "tokens.h"

static char *written(const struct tokens *tokens, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	CHECK(out);
	tokens_write(out, tokens);
	CHECK(fclose(out) == 0);
	return text;
}

static void check(const struct tokens *tokens)
{
	struct tokens again;
	size_t length, again_length, line;

	for (size_t i = 0; i < tokens->count; i++) {
		CHECK(token_name_legal(tokens->list[i].name) && tokens->list[i].expires >= 0);
		CHECK(path_check(span_of(tokens->list[i].prefix)) == STATUS_OK);
	}
	char *text = written(tokens, &length);
	CHECK(tokens_parse((struct span){(unsigned char *)text, length}, &again, &line) == STATUS_OK);
	char *text_again = written(&again, &again_length);
	CHECK(again.count == tokens->count && again_length == length && memcmp(text, text_again, length) == 0);
	while (again.count > 0) {
		char *name = target_text(again.list[0].name, strlen(again.list[0].name));
		CHECK(tokens_remove(&again, name) == STATUS_OK && tokens_remove(&again, name) == STATUS_NOT_FOUND);
		free(name);
	}
	tokens_release(&again);
	free(text);
	free(text_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	void *copy = target_copy(bytes, length);
	struct tokens tokens;
	struct digest digest;
	size_t line = 0;

	CHECK(token_digest((struct span){copy, length}, &digest) == STATUS_OK);
	if (tokens_parse((struct span){copy, length}, &tokens, &line) == STATUS_OK) {
		CHECK(!length || !memchr(bytes, '\0', length));
		check(&tokens);
		tokens_release(&tokens);
	} else {
		CHECK(line > 0);
	}
	free(copy);
	return 0;
}
