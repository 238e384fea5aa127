# Makes a table of results: -v table= network= base=ROW amount=N unit=NAME; descriptions first, results second.
function median(list, count,    i, j, swap) {
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
			swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
		}
	return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
function column(row, values,    round, count, list) {
	for (round = 0; round < rounds; round++)
		if ((row, round) in values && !(round in dropped))
			list[++count] = values[row, round]
	result = median(list, count)
	low = list[1]; high = list[count]
	return result
}
NR == FNR {
	gsub(/\\\|/, "\001")
	split($0, part, "|")
	gsub(/\001/, "\\|", part[2])
	order[++rows] = part[1]; label[part[1]] = part[2]; guarantee[part[1]] = part[3]
	next
}
$1 == table && $2 == network {
	seconds[$3, $4] = $5; own[$3, $4] = $6; machine[$3, $4] = $7; seen[$3] = 1
	if ($4 + 1 > rounds) rounds = $4 + 1
	if ($8 > 0.02) stolen[$4] = 1
}
END {
	# Rounds from which the host took time do not count, as long as others are left.
	for (round in stolen) stolen_count++
	if (stolen_count < rounds) for (round in stolen) dropped[round] = 1
	for (round = 0; round < rounds; round++)
		for (i = 1; i <= rows; i++)
			if ((order[i], round) in seconds) ratio[order[i], round] = seconds[order[i], round] / seconds[base, round]
	printf "| | %s | seconds | CPU-seconds | machine | ferry is faster by | guarantee |\n|---|--:|--:|--:|--:|--:|---|\n", unit
	for (i = 1; i <= rows; i++) {
		row = order[i]
		if (!(row in seen)) continue
		wall = column(row, seconds)
		rate = amount / wall
		printf "| %s | %s | %.2f |", label[row], rate < 100 ? sprintf("%.2f", rate) : sprintf("%d", rate), wall
		printf " %.2f | %.2f |", column(row, own), column(row, machine)
		factor = column(row, ratio)
		printf row == base ? " |" : " %.2f (%.2f to %.2f) |", factor, low, high
		print " " guarantee[row] " |"
	}
	printf "\n%d rounds", rounds
	if (stolen_count) printf stolen_count < rounds ? ", %d of them left out: the host took time" : ", the host took time in all %d", stolen_count
	print "."
}
