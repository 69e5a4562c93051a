# SENTINEL FAILOVER: the primary is there, a leader is elected all the same, and the old primary
# is demoted like any other.
settle
failover s2 g1
run 2000
expect
    [     2] s2 +new-epoch 1
    [     2] s2 +try-failover master g1 n1 6379
    [     2] s2 +vote-for-leader s2 1
    [     2] s2 replies: OK
    [     5] s1 +new-epoch 1
    [     5] s1 +vote-for-leader s2 1
    [     5] s3 +new-epoch 1
    [     5] s3 +vote-for-leader s2 1
    [     6] s2 +elected-leader master g1 n1 6379
    [     6] s2 +failover-state-select-slave master g1 n1 6379
    [     6] s2 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [     8] s2 +switchover-paused master g1 n1 6379 for at most 3000 ms, at offset 1007
    [    10] s2 +switchover-caught-up slave n3:6379 n3 6379 @ g1 n1 6379 in 4 ms
    [    12] s2 +switchover-demoted master g1 n1 6379
    [    12] s2 -role-change master g1 n1 6379 new reported role is slave
    [    12] s2 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    12] s2 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    16] s2 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    16] s2 +failover-state-reconf-slaves master g1 n1 6379
    [    16] s2 +switch-master g1 n1 6379 n3 6379
    [    16] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    16] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    25] s3 -role-change master g1 n1 6379 new reported role is slave
    [    28] s2 +role-change master g1 n3 6379 new reported role is master
    [    28] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [    28] s2 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [    28] s3 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    28] s3 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [    28] s3 +switch-master g1 n1 6379 n3 6379
    [    28] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    28] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    28] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    28] s1 +config-update-from sentinel s2 s2 26379 @ g1 n1 6379
    [    28] s1 +switch-master g1 n1 6379 n3 6379
    [    28] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    28] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    30] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [    30] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [    37] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [    38] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    38] s2 +failover-end master g1 n3 6379
    [    39] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [    43] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [  2000] s1 has n3, epoch 1, current 1
    [  2000] s2 has n3, epoch 1, current 1
    [  2000] s3 has n3, epoch 1, current 1
    [  2000] n1 follows n3, link up
    [  2000] n2 follows n3, link up
    [  2000] n3 is a primary
