# The primary freezes, and all supervisors are started again before anybody speaks to it: that it needs
# a lease stands in their states. So strict fencing waits for the end of the locks, and not for ever.
option fencing strict
option lease_ms 2000
write_lease_ms 2000
settle
hang n1
kill s1
kill s2
kill s3
start s1
start s2
start s3
run 12000
expect
    [     0] s1 +monitor master g1 n1 6379 quorum 2
    [     0] s2 +monitor master g1 n1 6379 quorum 2
    [     0] s3 +monitor master g1 n1 6379 quorum 2
    [  1000] s3 +sdown master g1 n1 6379
    [  1000] s2 +sdown master g1 n1 6379
    [  1000] s1 +sdown master g1 n1 6379
    [  1002] s2 +odown master g1 n1 6379 #quorum 2/2
    [  1002] s1 +odown master g1 n1 6379 #quorum 2/2
    [  1004] s3 +odown master g1 n1 6379 #quorum 2/2
    [  1004] s3 +new-epoch 1
    [  1004] s3 +try-failover master g1 n1 6379
    [  1004] s3 +vote-for-leader s3 1
    [  1007] s2 +new-epoch 1
    [  1007] s1 +new-epoch 1
    [  1009] s2 +vote-for-leader s3 1
    [  1009] s1 +vote-for-leader s3 1
    [  1010] s3 +elected-leader master g1 n1 6379
    [  1010] s3 +failover-state-select-slave master g1 n1 6379
    [  1010] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  1010] s3 +fence-armed master g1 n1 6379
    [  1010] s3 +fence-waits master g1 n1 6379 replicas that cannot be reached may still follow the old primary
    [  2003] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  2003] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  2007] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2007] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  2007] s3 +switch-master g1 n1 6379 n3 6379
    [  2007] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2007] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2007] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2007] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  2007] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  2009] s3 +role-change master g1 n3 6379 new reported role is master
    [  2018] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2018] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  2018] s1 +switch-master g1 n1 6379 n3 6379
    [  2018] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2018] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2018] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2018] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2018] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  2018] s2 +switch-master g1 n1 6379 n3 6379
    [  2018] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2018] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2018] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2631] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2631] s3 +failover-end master g1 n3 6379
    [  3020] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  3021] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
show g1
expect
    [ 12000] s1 has n3, epoch 1, current 1
    [ 12000] s2 has n3, epoch 1, current 1
    [ 12000] s3 has n3, epoch 1, current 1
    [ 12000] n1 is a primary
    [ 12000] n2 follows n3, link up
    [ 12000] n3 is a primary
