# The memory of the primary is full: it answers PING, but takes no writes. A replica with more room
# takes over, with all that the primary has taken: it is asked to hold still for it.
option write_probe_ms 200
option write_down_after_ms 1000
settle
full n1 1
full n3 1
run 3000
expect
    [  1004] s1 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
    [  1004] s1 +sdown master g1 n1 6379
    [  1004] s2 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
    [  1004] s2 +sdown master g1 n1 6379
    [  1004] s3 +write-fault master g1 n1 6379 its memory is full, for 1000 ms
    [  1004] s3 +sdown master g1 n1 6379
    [  1006] s1 +odown master g1 n1 6379 #quorum 2/2
    [  1006] s2 +odown master g1 n1 6379 #quorum 2/2
    [  1008] s3 +odown master g1 n1 6379 #quorum 2/2
    [  1008] s3 +new-epoch 1
    [  1008] s3 +try-failover master g1 n1 6379
    [  1008] s3 +vote-for-leader s3 1
    [  1011] s1 +new-epoch 1
    [  1011] s2 +new-epoch 1
    [  1013] s1 +vote-for-leader s3 1
    [  1013] s2 +vote-for-leader s3 1
    [  1014] s3 +elected-leader master g1 n1 6379
    [  1014] s3 +failover-state-select-slave master g1 n1 6379
    [  1014] s3 -candidate-refused slave n3:6379 n3 6379 @ g1 n1 6379 it could not write either
    [  1014] s3 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1016] s3 +switchover-paused master g1 n1 6379 for at most 3000 ms, at offset 1000
    [  1018] s3 +switchover-caught-up slave n2:6379 n2 6379 @ g1 n1 6379 in 4 ms
    [  1020] s3 +switchover-demoted master g1 n1 6379
    [  1020] s3 -role-change master g1 n1 6379 new reported role is slave
    [  1020] s3 -sdown master g1 n1 6379
    [  1020] s3 -odown master g1 n1 6379
    [  1020] s3 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  1020] s3 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  1024] s3 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1024] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  1024] s3 +switch-master g1 n1 6379 n2 6379
    [  1024] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1024] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1024] s3 -write-fault slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1031] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  1031] s1 +switch-master g1 n1 6379 n2 6379
    [  1031] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s1 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1031] s1 -write-fault slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1031] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  1031] s2 +switch-master g1 n1 6379 n2 6379
    [  1031] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s2 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1031] s2 -write-fault slave n1:6379 n1 6379 @ g1 n2 6379
    [  1031] s2 -sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1032] s1 -sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1034] s2 +role-change slave n1:6379 n1 6379 @ g1 n2 6379 new reported role is slave
    [  1034] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  1036] s3 +role-change master g1 n2 6379 new reported role is master
    [  1036] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  1036] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n2 6379
    [  1036] s1 +role-change slave n1:6379 n1 6379 @ g1 n2 6379 new reported role is slave
    [  1036] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n2 6379
    [  1040] s3 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n2 6379
    [  1047] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  1051] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  1126] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  1126] s3 +failover-end master g1 n2 6379
show g1
expect
    [  3000] s1 has n2, epoch 1, current 1
    [  3000] s2 has n2, epoch 1, current 1
    [  3000] s3 has n2, epoch 1, current 1
    [  3000] n1 follows n2, link up
    [  3000] n2 is a primary
    [  3000] n3 follows n2, link up
