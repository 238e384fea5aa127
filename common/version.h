/* The release that --version prints; what the wire speaks is PROTOCOL_VERSION's business. */
#ifndef VERSION_H
#define VERSION_H

#define FERRY_VERSION "0.1.0"

#endif
