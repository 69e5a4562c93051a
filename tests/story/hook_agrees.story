# A hook says yes: then a replica is chosen by what is known of it after that. The best one dies while the hook thinks.
hooks failover yes 100
settle
kill n1
until +question-asked
kill n3
until +switch-master
expect
    [    24] s3 +sdown master g1 n1 6379
    [    25] s2 +sdown master g1 n1 6379
    [    27] s2 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +odown master g1 n1 6379 #quorum 2/2
    [    28] s3 +new-epoch 1
    [    28] s3 +try-failover master g1 n1 6379
    [    28] s3 +vote-for-leader s3 1
    [    31] s1 +new-epoch 1
    [    31] s1 +vote-for-leader s3 1
    [    31] s2 +new-epoch 1
    [    31] s2 +vote-for-leader s3 1
    [    32] s3 +elected-leader master g1 n1 6379
    [    32] s3 +failover-state-select-slave master g1 n1 6379
    [    32] s3 +question-asked master g1 n1 6379 failover to n3:6379, within 500 ms
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [   134] s3 -candidate-refused slave n3:6379 n3 6379 @ g1 n1 6379 disconnected
    [   134] s3 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [   134] s3 +fence-armed master g1 n1 6379
    [   134] s3 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [   134] s3 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [   138] s3 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [   138] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   138] s3 +switch-master g1 n1 6379 n2 6379
    [   138] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [   138] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [   138] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
