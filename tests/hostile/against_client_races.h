/* The races against the client's destination, as cases of the suite. */
#ifndef AGAINST_CLIENT_RACES_H
#define AGAINST_CLIENT_RACES_H

#include "case.h"

extern const struct hostile_table race_cases;

#endif
