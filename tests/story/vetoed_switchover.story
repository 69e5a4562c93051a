# A hook says no to a switchover: nothing changes, and that is told. FORCE asks nobody.
hooks switchover no 20
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
    [    26] s1 -failover-abort-vetoed master g1 n1 6379 the hook says no
failover s1 g1 force
until s1 +switch-master
expect
    [  1002] s1 +new-epoch 2
    [  1002] s1 +try-failover master g1 n1 6379
    [  1002] s1 +vote-for-leader s1 2
    [  1002] s1 replies: OK
    [  1005] s2 +new-epoch 2
    [  1005] s2 +vote-for-leader s1 2
    [  1005] s3 +new-epoch 2
    [  1005] s3 +vote-for-leader s1 2
    [  1006] s1 +elected-leader master g1 n1 6379
    [  1006] s1 +failover-state-select-slave master g1 n1 6379
    [  1006] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  1006] s1 +fence-armed master g1 n1 6379
    [  1006] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  1006] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  1008] s1 -role-change master g1 n1 6379 new reported role is slave
    [  1008] s1 +fenced master g1 n1 6379
    [  1010] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  1010] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  1010] s1 +switch-master g1 n1 6379 n3 6379
    [  1010] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  1010] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  1010] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
