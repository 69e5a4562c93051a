# Nodes that have no CONFIG REWRITE, no CLIENT KILL, or no MULTI take their orders all the same.
nodes 4
settle
picky n1 6
picky n2 1
picky n3 2
picky n4 4
kill n1
run 3000
start n1 primary
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
    [    32] s3 +selected-slave slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s3 +fence-armed master g1 n1 6379
    [    32] s3 +failover-state-send-slaveof-noone slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s3 +failover-state-wait-promotion slave n4:6379 n4 6379 @ g1 n1 6379
    [    32] s1 +sdown master g1 n1 6379
    [    34] s3 -order-part-refused slave n4:6379 n4 6379 @ g1 n1 6379 NOPERM this user has no permissions
    [    34] s1 +odown master g1 n1 6379 #quorum 2/2
    [    38] s3 +promoted-slave slave n4:6379 n4 6379 @ g1 n1 6379
    [    38] s3 +failover-state-reconf-slaves master g1 n1 6379
    [    38] s3 +switch-master g1 n1 6379 n4 6379
    [    38] s3 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [    38] s3 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [    38] s3 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [    38] s3 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [    38] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n4 6379
    [    40] s3 -order-part-refused slave n2:6379 n2 6379 @ g1 n4 6379 NOPERM this user has no permissions
    [    41] s1 -role-change slave n4:6379 n4 6379 @ g1 n1 6379 new reported role is master
    [    41] s2 -role-change slave n4:6379 n4 6379 @ g1 n1 6379 new reported role is master
    [    42] s3 +role-change master g1 n4 6379 new reported role is master
    [    42] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n4 6379
    [    43] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    43] s1 +switch-master g1 n1 6379 n4 6379
    [    43] s1 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [    43] s1 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [    43] s1 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [    43] s1 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [    43] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [    43] s2 +switch-master g1 n1 6379 n4 6379
    [    43] s2 +slave slave n1:6379 n1 6379 @ g1 n4 6379
    [    43] s2 +sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [    43] s2 +slave slave n2:6379 n2 6379 @ g1 n4 6379
    [    43] s2 +slave slave n3:6379 n3 6379 @ g1 n4 6379
    [    52] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n4 6379
    [    52] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n4 6379
    [    52] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n4 6379
    [    54] s3 -order-part-refused slave n3:6379 n3 6379 @ g1 n4 6379 NOPERM this user has no permissions
    [    54] s3 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n4 6379
    [    54] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n4 6379
    [    68] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n4 6379
    [    68] s3 +failover-end master g1 n4 6379
    [    69] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n4 6379
    [    69] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n4 6379
    [  3082] s2 -sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  3084] s2 +reboot slave n1:6379 n1 6379 @ g1 n4 6379
    [  3086] s2 +convert-to-slave slave n1:6379 n1 6379 @ g1 n4 6379
    [  3088] s2 -order-part-refused slave n1:6379 n1 6379 @ g1 n4 6379 NOPERM this user has no permissions
    [  3088] s2 +convert-to-slave slave n1:6379 n1 6379 @ g1 n4 6379
    [  3096] s2 +role-change slave n1:6379 n1 6379 @ g1 n4 6379 new reported role is slave
    [  3096] s2 +slave-reconf-inprog slave n1:6379 n1 6379 @ g1 n4 6379
    [  3246] s1 -sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  3248] s1 +reboot slave n1:6379 n1 6379 @ g1 n4 6379
    [  3248] s1 +role-change slave n1:6379 n1 6379 @ g1 n4 6379 new reported role is slave
    [  3356] s3 -sdown slave n1:6379 n1 6379 @ g1 n4 6379
    [  3360] s3 +reboot slave n1:6379 n1 6379 @ g1 n4 6379
    [  3360] s3 +role-change slave n1:6379 n1 6379 @ g1 n4 6379 new reported role is slave
    [  3592] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n4 6379
    [  4258] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n4 6379
    [  4358] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n4 6379
show g1
expect
    [  9000] s1 has n4, epoch 1, current 1
    [  9000] s2 has n4, epoch 1, current 1
    [  9000] s3 has n4, epoch 1, current 1
    [  9000] n1 follows n4, link up
    [  9000] n2 follows n4, link up
    [  9000] n3 follows n4, link up
    [  9000] n4 is a primary
