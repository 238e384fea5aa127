/* The release that --version prints; the version on the wire is PROTOCOL_VERSION. */
#ifndef VERSION_H
#define VERSION_H

#define FERRY_VERSION "0.1.0"

#endif
