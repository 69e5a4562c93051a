# SIGKILL of the primary: a reset, two refusals and a replica's word make it down at once.
settle
kill n1
run 3000
expect
show g1
expect
