/* Does a folder take names for one that differ in case alone? */
#ifndef FOLDING_H
#define FOLDING_H

enum folding {
	FOLDING_UNKNOWN,
	FOLDING_NO,
	FOLDING_YES,
};

/*
 * NAME lies in FOLDER, which is asked for the same name in other case: unknown for a name without a letter of ASCII, and where
 * the folder cannot be read.
 */
enum folding folding_probe(int folder, const char *name);

#endif
