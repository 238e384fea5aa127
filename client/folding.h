/* Does a folder take names for one that differ in case alone? */
#ifndef FOLDING_H
#define FOLDING_H

enum folding {
	FOLDING_UNKNOWN,
	FOLDING_NO,
	FOLDING_YES,
};

/*
 * NAME is in FOLDER: looks for the same name in other case. FOLDING_UNKNOWN for a name without ASCII letters, and when the folder
 * cannot be read.
 */
enum folding folding_probe(int folder, const char *name);

#endif
