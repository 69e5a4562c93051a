# A hook that is asked about a switchover, and hangs, has said no when its time is over: nothing is lost by that.
hooks switchover silence 0
settle
failover s1 g1
run 1000
expect
    [     2] s1 +new-epoch 1
    [     2] s1 +try-failover master g1 n1 6379
    [     2] s1 +vote-for-leader s1 1
    [     2] s1 replies: OK
    [     5] s2 +new-epoch 1
    [     5] s2 +vote-for-leader s1 1
    [     5] s3 +new-epoch 1
    [     5] s3 +vote-for-leader s1 1
    [     6] s1 +elected-leader master g1 n1 6379
    [     6] s1 +failover-state-select-slave master g1 n1 6379
    [     6] s1 +question-asked master g1 n1 6379 switchover to n3:6379, within 500 ms
    [   506] s1 -failover-abort-vetoed master g1 n1 6379 no answer in time
