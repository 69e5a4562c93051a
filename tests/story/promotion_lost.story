# The chosen replica is cut off from everybody just when the order is under way.
settle
kill n1
until +selected-slave
isolate n3
run 6000
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
    [    32] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s3 +fence-armed master g1 n1 6379
    [    32] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [    32] s1 +sdown master g1 n1 6379
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [  1009] s1 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  1009] s3 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  1009] s3 -failover-abort-slave-timeout master g1 n1 6379
    [  1009] s2 +sdown slave n3:6379 n3 6379 @ g1 n1 6379
    [  1012] s1 +new-epoch 2
    [  1012] s1 +try-failover master g1 n1 6379
    [  1012] s1 +vote-for-leader s1 2
    [  1012] s2 +new-epoch 2
    [  1012] s2 +try-failover master g1 n1 6379
    [  1012] s2 +vote-for-leader s2 2
    [  1015] s3 +new-epoch 2
    [  1015] s3 +vote-for-leader s1 2
    [  1016] s1 +elected-leader master g1 n1 6379
    [  1016] s1 +failover-state-select-slave master g1 n1 6379
    [  1016] s1 -candidate-refused slave n3:6379 n3 6379 @ g1 n1 6379 down
    [  1016] s1 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1016] s1 +fence-armed master g1 n1 6379
    [  1016] s1 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [  1016] s1 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [  1016] s2 -failover-abort-not-elected master g1 n1 6379
    [  1020] s1 +promoted-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [  1020] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  1020] s1 +switch-master g1 n1 6379 n2 6379
    [  1020] s1 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1020] s1 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1020] s1 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1020] s1 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [  1020] s1 +failover-end master g1 n2 6379
    [  1026] s1 +role-change master g1 n2 6379 new reported role is master
    [  1027] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1027] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  1027] s2 +switch-master g1 n1 6379 n2 6379
    [  1027] s2 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1027] s2 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1027] s2 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1027] s2 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [  1027] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1027] s3 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  1027] s3 +switch-master g1 n1 6379 n2 6379
    [  1027] s3 +slave slave n1:6379 n1 6379 @ g1 n2 6379
    [  1027] s3 +sdown slave n1:6379 n1 6379 @ g1 n2 6379
    [  1027] s3 +slave slave n3:6379 n3 6379 @ g1 n2 6379
    [  1027] s3 +sdown slave n3:6379 n3 6379 @ g1 n2 6379
rejoin n3
run 4000
expect
    [  6314] s3 -sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [  6316] s3 +fix-slave-config slave n3:6379 n3 6379 @ g1 n2 6379
    [  6326] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  6380] s1 -sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [  6380] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
    [  6441] s2 -sdown slave n3:6379 n3 6379 @ g1 n2 6379
    [  6441] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n2 6379
show g1
expect
    [ 10032] s1 has n2, epoch 2, current 2
    [ 10032] s2 has n2, epoch 2, current 2
    [ 10032] s3 has n2, epoch 2, current 2
    [ 10032] n1 is dead
    [ 10032] n2 is a primary
    [ 10032] n3 follows n2, link up
