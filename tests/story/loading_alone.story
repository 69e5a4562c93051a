# The same without a replica that could take over: it may load for as long as it takes.
nodes 2
option crash_detection off
option loading_max_ms 3000
settle
priority n2 0
run 11000
kill n1
start n1 20000
run 15000
expect
    [ 11014] s3 +reboot master g1 n1 6379
    [ 11015] s2 +reboot master g1 n1 6379
    [ 11015] s1 +reboot master g1 n1 6379
run 7000
expect
show g1
expect
    [ 33000] s1 has n1, epoch 0, current 0
    [ 33000] s2 has n1, epoch 0, current 0
    [ 33000] s3 has n1, epoch 0, current 0
    [ 33000] n1 is a primary
    [ 33000] n2 follows n1, link up
