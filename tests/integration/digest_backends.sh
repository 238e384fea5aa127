#!/bin/bash
# Both ways of hashing give the same digests, at either end, and an unknown one is refused.
. tests/support/story.sh

best=openssl
grep -qE '^flags.* (sha_ni|avx2)' /proc/cpuinfo && [ -e /usr/include/intel-ipsec-mb.h ] && best=multibuffer
mkdir source
sample source/file 5000001
for backend in openssl ''; do
	export FERRY_LANES=$backend
	start_server source
	says "event=start .* lanes=${backend:-$best}" "$server_log"
	expect 0 env FERRY_LANES= "$programs/ferry" get "$server/file" -o "by-${backend:-best}"
	expect 0 env FERRY_LANES=openssl "$programs/ferry" sum --tree "$server/file"
	cp out "sum-${backend:-best}"
	same source/file "by-${backend:-best}"
done
same sum-openssl sum-best
unset FERRY_LANES
expect 0 ferry sum --tree source/file
same out sum-best
expect 2 env FERRY_LANES=nonsense "$programs/ferry" get "$server/file" -o nothing
absent nothing
