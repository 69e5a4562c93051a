# All are as full as the primary: it is told of, but a failover would not help. The same with too few
# replicas for a write (min-replicas-to-write), of which another primary would have fewer still.
option write_probe_ms 200
option write_down_after_ms 1000
option min_replicas 2
option fencing strict
option max_lag_s 1
settle
full n1 1
full n2 1
full n3 1
run 3000
expect
    [  1004] s1 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
    [  1004] s2 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
    [  1004] s3 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
full n1 0
run 2000
expect
    [  3006] s1 -write-fault master g1 n1 6379
    [  3006] s2 -write-fault master g1 n1 6379
    [  3006] s3 -write-fault master g1 n1 6379
kill n2
run 10000
expect
    [  5759] s3 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  5759] s1 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  5759] s2 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  6004] s1 +write-fault master g1 n1 6379 it has too few replicas, for 1000 ms
    [  6004] s3 +write-fault master g1 n1 6379 it has too few replicas, for 1000 ms
    [  6004] s2 +write-fault master g1 n1 6379 it has too few replicas, for 1000 ms
show g1
expect
    [ 15000] s1 has n1, epoch 0, current 0
    [ 15000] s2 has n1, epoch 0, current 0
    [ 15000] s3 has n1, epoch 0, current 0
    [ 15000] n1 is a primary
    [ 15000] n2 is dead
    [ 15000] n3 follows n1, link up
