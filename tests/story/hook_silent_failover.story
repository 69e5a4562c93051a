# A hook that is asked whether a dead primary may be replaced, and hangs, holds that up until its time is over.
hooks failover silence 0
settle
kill n1
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
    [   532] s3 -question-unanswered master g1 n1 6379 no answer in time
    [   534] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   534] s3 +fence-armed master g1 n1 6379
    [   534] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   534] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   538] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   538] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   538] s3 +switch-master g1 n1 6379 n3 6379
    [   538] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   538] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   538] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   538] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
