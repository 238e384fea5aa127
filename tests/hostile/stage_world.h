/* The world that is attacked: shares with everything in them that may lead out, and the settings of the servers. */
#ifndef STAGE_WORLD_H
#define STAGE_WORLD_H

#include "scratch.h"

/* As struct stage describes it. Ends the program where that can't be. */
void world_build(const struct scratch *scratch);

#endif
