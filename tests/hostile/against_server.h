/* The attacks on a server, by what they attack. */
#ifndef AGAINST_SERVER_H
#define AGAINST_SERVER_H

#include "case.h"

extern const struct hostile_table against_greeting;
extern const struct hostile_table against_frames;
extern const struct hostile_table against_order;
extern const struct hostile_table against_paths;
extern const struct hostile_table against_ranges;
extern const struct hostile_table against_tokens;
extern const struct hostile_table against_limits;
extern const struct hostile_table against_tls;
extern const struct hostile_table against_certificates;

#endif
