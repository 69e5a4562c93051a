# A majority that is paused: the third alone cannot fail over, and an operator's wish is refused.
# A restart does not end it; its time does, and then what is due is done.
settle
pause s1 g1 10000
pause s2 g1 10000
run 1000
failover s1 g1
expect
    [     2] s1 +paused master g1 n1 6379 for 10 s
    [     2] s1 replies: OK
    [     2] s2 +paused master g1 n1 6379 for 10 s
    [     2] s2 replies: OK
    [  1000] s1 replies: paused
kill n1
run 3000
kill s1
run 500
start s1
run 2000
expect
    [  1024] s3 +sdown master g1 n1 6379
    [  1025] s2 +sdown master g1 n1 6379
    [  1027] s2 +odown master g1 n1 6379 #quorum 2/2
    [  1028] s3 +odown master g1 n1 6379 #quorum 2/2
    [  1028] s3 +new-epoch 1
    [  1028] s3 +try-failover master g1 n1 6379
    [  1028] s3 +vote-for-leader s3 1
    [  1030] s3 -failover-abort-not-elected master g1 n1 6379
    [  1031] s2 +new-epoch 1
    [  1032] s1 +sdown master g1 n1 6379
    [  1034] s1 +odown master g1 n1 6379 #quorum 2/2
    [  1036] s1 +new-epoch 1
    [  1381] s3 +new-epoch 2
    [  1381] s3 +try-failover master g1 n1 6379
    [  1381] s3 +vote-for-leader s3 2
    [  1383] s3 -failover-abort-not-elected master g1 n1 6379
    [  1386] s1 +new-epoch 2
    [  1386] s2 +new-epoch 2
    [  1755] s3 +new-epoch 3
    [  1755] s3 +try-failover master g1 n1 6379
    [  1755] s3 +vote-for-leader s3 3
    [  1757] s3 -failover-abort-not-elected master g1 n1 6379
    [  1760] s1 +new-epoch 3
    [  1760] s2 +new-epoch 3
    [  2859] s3 +new-epoch 4
    [  2859] s3 +try-failover master g1 n1 6379
    [  2859] s3 +vote-for-leader s3 4
    [  2861] s3 -failover-abort-not-elected master g1 n1 6379
    [  2864] s1 +new-epoch 4
    [  2864] s2 +new-epoch 4
    [  4500] s1 +monitor master g1 n1 6379 quorum 2
    [  5303] s3 +new-epoch 5
    [  5303] s3 +try-failover master g1 n1 6379
    [  5303] s3 +vote-for-leader s3 5
    [  5305] s3 -failover-abort-not-elected master g1 n1 6379
    [  5308] s2 +new-epoch 5
    [  5500] s1 +sdown master g1 n1 6379
    [  5502] s1 +odown master g1 n1 6379 #quorum 2/2
    [  5504] s1 +new-epoch 5
until +switch-master
expect
    [  7083] s3 +new-epoch 6
    [  7083] s3 +try-failover master g1 n1 6379
    [  7083] s3 +vote-for-leader s3 6
    [  7085] s3 -failover-abort-not-elected master g1 n1 6379
    [  7088] s1 +new-epoch 6
    [  7088] s2 +new-epoch 6
    [ 10002] s2 -paused master g1 n1 6379
    [ 10002] s2 +new-epoch 7
    [ 10002] s2 +try-failover master g1 n1 6379
    [ 10002] s2 +vote-for-leader s2 7
    [ 10002] s1 -paused master g1 n1 6379
    [ 10002] s1 +new-epoch 7
    [ 10002] s1 +try-failover master g1 n1 6379
    [ 10002] s1 +vote-for-leader s1 7
    [ 10005] s3 +new-epoch 7
    [ 10005] s3 +vote-for-leader s2 7
    [ 10006] s2 +elected-leader master g1 n1 6379
    [ 10006] s2 +failover-state-select-slave master g1 n1 6379
    [ 10006] s2 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 10006] s2 +fence-armed master g1 n1 6379
    [ 10006] s2 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [ 10006] s2 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [ 10006] s1 -failover-abort-not-elected master g1 n1 6379
    [ 10010] s2 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 10010] s2 +failover-state-reconf-slaves master g1 n1 6379
    [ 10010] s2 +switch-master g1 n1 6379 n3 6379
    [ 10010] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [ 10010] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [ 10010] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [ 10010] s2 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
