/* The attacks on a server, by what they attack. */
#ifndef AGAINST_SERVER_H
#define AGAINST_SERVER_H

#include "case.h"

extern const struct hostile_table against_greeting;

#endif
