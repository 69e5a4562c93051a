# A disk that takes nothing any more: s3 says so and neither votes nor leads, the others do.
settle
disk s3 fails
kill n1
run 3000
expect
    [    24] s3 +sdown master g1 n1 6379
    [    25] s2 +sdown master g1 n1 6379
    [    27] s2 +odown master g1 n1 6379 #quorum 2/2
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [    66] s1 +new-epoch 1
    [    66] s1 +try-failover master g1 n1 6379
    [    66] s1 +vote-for-leader s1 1
    [    69] s2 +new-epoch 1
    [    69] s2 +vote-for-leader s1 1
    [    70] s1 +elected-leader master g1 n1 6379
    [    70] s1 +failover-state-select-slave master g1 n1 6379
    [    70] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    70] s1 +fence-armed master g1 n1 6379
    [    70] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    70] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    74] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    74] s1 +failover-state-reconf-slaves master g1 n1 6379
    [    74] s1 +switch-master g1 n1 6379 n3 6379
    [    74] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    74] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    74] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    74] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [    78] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [    80] s1 +role-change master g1 n3 6379 new reported role is master
    [    81] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    81] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [    81] s2 +switch-master g1 n1 6379 n3 6379
    [    81] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [    81] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [    81] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [    85] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   168] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   168] s1 +failover-end master g1 n3 6379
    [  2009] s1 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n3 6379
disk s3 2
run 3000
expect
    [  3077] s2 -sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  3257] s1 -sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  3576] s3 +odown master g1 n1 6379 #quorum 2/2
    [  3576] s3 +new-epoch 1
    [  3576] s3 +try-failover master g1 n1 6379
    [  3576] s3 +vote-for-leader s3 1
    [  3576] s3 +disk-stalled disk is full
    [  3576] s3 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  3576] s3 -failover-abort-not-elected master g1 n1 6379
    [  3578] s3 -disk-stalled state is durable again
    [  3578] s3 +new-epoch 2
    [  3578] s3 +try-failover master g1 n1 6379
    [  3578] s3 +vote-for-leader s3 2
    [  3578] s3 -odown master g1 n1 6379
    [  3578] s3 -failover-abort-primary-back master g1 n1 6379
    [  3581] s1 +new-epoch 2
    [  3581] s2 +new-epoch 2
    [  3582] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  3582] s3 +switch-master g1 n1 6379 n3 6379
    [  3582] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  3582] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  3582] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  3590] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [  6000] s1 has n3, epoch 1, current 2
    [  6000] s2 has n3, epoch 1, current 2
    [  6000] s3 has n3, epoch 1, current 2
    [  6000] n1 is dead
    [  6000] n2 follows n3, link up
    [  6000] n3 is a primary
