# SIGSTOP of the primary: nothing is refused, so silence has to last down_after.
settle
hang n1
run 3000
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s3 +sdown master g1 n1 6379
    [   754] s1 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   756] s1 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +new-epoch 1
    [   758] s3 +try-failover master g1 n1 6379
    [   758] s3 +vote-for-leader s3 1
    [   761] s1 +new-epoch 1
    [   761] s1 +vote-for-leader s3 1
    [   761] s2 +new-epoch 1
    [   761] s2 +vote-for-leader s3 1
    [   762] s3 +elected-leader master g1 n1 6379
    [   762] s3 +failover-state-select-slave master g1 n1 6379
    [   762] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +fence-armed master g1 n1 6379
    [   762] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   766] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   766] s3 +failover-state-reconf-slaves master g1 n1 6379
    [   766] s3 +switch-master g1 n1 6379 n3 6379
    [   766] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   766] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   766] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   766] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   770] s3 +role-change master g1 n3 6379 new reported role is master
    [   770] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   773] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   773] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   773] s1 +switch-master g1 n1 6379 n3 6379
    [   773] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   773] s1 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   773] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [   773] s2 +switch-master g1 n1 6379 n3 6379
    [   773] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   773] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   773] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [   778] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   780] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   780] s3 +failover-end master g1 n3 6379
    [   782] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [  3000] s1 has n3, epoch 1, current 1
    [  3000] s2 has n3, epoch 1, current 1
    [  3000] s3 has n3, epoch 1, current 1
    [  3000] n1 is a primary
    [  3000] n2 follows n3, link up
    [  3000] n3 is a primary
