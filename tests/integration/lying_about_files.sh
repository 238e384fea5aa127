#!/bin/bash
# What no honest server says about a file ends get with its own code, and nothing gets the final name.
# Threat S8 of docs/security.md.
. tests/support/story.sh

size=0000000000000003 time=00000000671db4800000000f version=0f3a9b5cd2e84761b01c7d8fae29465b
right=$(printf 'hi\n' | sha256sum | cut -c 1-64) wrong=$(printf 'ho\n' | sha256sum | cut -c 1-64)
unknown=00$(printf '%064d' 0)
# file NUMBER [SIZE [ROOT [TIME [VERSION [KIND]]]]]: by default a regular file of three bytes.
file() {
	frame 90 00 "$1" "${6:-0101a4}${2:-$size}${4:-$time}${5:-$version}${3:-$unknown}"
}
# data NUMBER [TRAILER [BYTES]]: by default proven.
data() {
	frame 93 00 "$1" "${3:-68690a}${2:-00$right}"
}
wrong_data() {
	printf %s "$(file "$1")$(data "$1" "00$wrong")"
}
void=01$(printf '%064d' 0)
changed=$(path 'it changed')

lie "$(file 1)$(data 1)"
expect 0 ferry get "$liar/true"
equal 'what an honest server sent' "$(cat true)" hi
while IFS='|' read -r code what said; do
	lie "$(eval "printf %s $said")"
	expect "$code" ferry get "$liar/false" --timeout 20 --retry 0
	absent false
	echo "$code $what"
done <<'TABLE'
7|another root, twice|"$(file 1 '' "01$wrong")$(data 1)$(file 2 '' "01$wrong")$(data 2)"
7|another digest, always|"$(wrong_data 1)$(wrong_data 2)$(wrong_data 3)$(wrong_data 4)"
11|a byte more than the file has|"$(file 1)$(data 1 "00$right" 68690a0a)"
11|a byte less|"$(file 1)$(data 1 "00$right" 6869)"
11|a strange trailer|"$(file 1)$(data 1 "02$right")"
11|a void piece with a digest|"$(file 1)$(data 1 "01$right")"
11|a void piece without a reason|"$(file 1)$(data 1 "$void")$(file 2)"
1|a void piece, input and output error|"$(file 1)$(data 1 "$void")$(frame ff 00 1 "000700000000$changed")"
11|bytes before the file|"$(data 1)"
11|a file twice|"$(file 1)$(file 1)"
11|an answer to another request|"$(file 2)$(data 2)"
11|no version|"$(file 1 '' '' '' 00000000000000000000000000000000)$(data 1)"
11|a size beyond all files|"$(file 1 8000000000000000)$(data 1)"
11|a time that is none|"$(file 1 '' '' 00000000671db4803b9aca00)$(data 1)"
11|a root that is unknown and not zero|"$(file 1 '' "00$right")$(data 1)"
11|a folder that is read|"$(file 1 0000000000000000 '' '' 00000000000000000000000000000000 0201a4)"
11|mode bits that are none|"$(file 1 '' '' '' '' 0110a4)$(data 1)"
TABLE

# Bytes that came count as fetched, though they were void.
lie "$(file 1)$(data 1 "$void")$(frame ff 00 1 "000700000000$changed")"
expect 1 ferry get "$liar/false" --timeout 20 --retry 0 --json
equal 'fetched' "$(jq .fetched out)" 3

# A file of two pieces of zeros: what is said about the second has to be about the same version.
head -c 1048576 /dev/zero >zeros
cat zeros zeros >both
twice=0000000000200000
ferry sum --tree zeros >sum
# piece_of_zeros NUMBER
piece_of_zeros() {
	bytes "$(printf '%08x9300%04x' $((1048576 + 33)) "$1")"
	cat zeros
	bytes "00$(sed 's/.* = //' sum)"
}
# answer_twice VERSION: that of the second answer.
answer_twice() {
	{
		bytes "$welcome$(file 1 $twice)"
		piece_of_zeros 1
		bytes "$(file 2 $twice '' '' "$1")"
		piece_of_zeros 2
	} >said
	lie_in_full
}
answer_twice "$version"
expect 0 ferry get "$liar/whole" -j 1 --timeout 20 --retry 0
same both whole
answer_twice "${version/0f/f0}"
expect 11 ferry get "$liar/half" -j 1 --timeout 20 --retry 0
absent half
