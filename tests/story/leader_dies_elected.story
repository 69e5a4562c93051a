# The leader is elected, cannot reach any replica, and its host goes off. Its voters wait for it a
# little, since it may be at work, and then elect another.
settle
kill n1
until +try-failover
cut s3 n2
cut s3 n3
until s3 +elected-leader
kill s3 power
run 8000
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
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  2009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  2563] s1 +new-epoch 2
    [  2563] s1 +try-failover master g1 n1 6379
    [  2563] s1 +vote-for-leader s1 2
    [  2566] s2 +new-epoch 2
    [  2566] s2 +vote-for-leader s1 2
    [  2567] s1 +elected-leader master g1 n1 6379
    [  2567] s1 +failover-state-select-slave master g1 n1 6379
    [  2567] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2567] s1 +fence-armed master g1 n1 6379
    [  2567] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  2567] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  2571] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2571] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  2571] s1 +switch-master g1 n1 6379 n3 6379
    [  2571] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2571] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2571] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2571] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  2575] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  2577] s1 +role-change master g1 n3 6379 new reported role is master
    [  2578] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2578] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  2578] s2 +switch-master g1 n1 6379 n3 6379
    [  2578] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2578] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2578] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2586] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2665] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2665] s1 +failover-end master g1 n3 6379
show g1
expect
    [  8032] s1 has n3, epoch 2, current 2
    [  8032] s2 has n3, epoch 2, current 2
    [  8032] s3 does not answer
    [  8032] n1 is dead
    [  8032] n2 follows n3, link up
    [  8032] n3 is a primary
