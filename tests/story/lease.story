# Nodes that take writes only with a lease. The primary and a supervisor freeze: under strict fencing
# the chosen one is promoted when the locks of the other two have run out, though nothing is known of
# what the frozen primary takes for its replicas.
option fencing strict
option lease_ms 2000
write_lease_ms 2000
settle
hang n1
hang s1
run 6000
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s3 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +new-epoch 1
    [   758] s3 +try-failover master g1 n1 6379
    [   758] s3 +vote-for-leader s3 1
    [   761] s2 +new-epoch 1
    [   761] s2 +vote-for-leader s3 1
    [   762] s3 +elected-leader master g1 n1 6379
    [   762] s3 +failover-state-select-slave master g1 n1 6379
    [   762] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +fence-armed master g1 n1 6379
    [   762] s3 +fence-waits master g1 n1 6379 replicas that cannot be reached may still follow the old primary
    [  1009] s3 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  1009] s2 +sdown sentinel s1 s1 26379 @ g1 n1 6379
    [  2008] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  2008] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  2012] s3 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  2012] s3 +failover-state-reconf-slaves master g1 n1 6379
    [  2012] s3 +switch-master g1 n1 6379 n3 6379
    [  2012] s3 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2012] s3 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2012] s3 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2012] s3 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  2012] s3 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  2014] s3 +role-change master g1 n3 6379 new reported role is master
    [  2015] s2 -odown master g1 n1 6379
    [  2019] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2019] s2 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  2019] s2 +switch-master g1 n1 6379 n3 6379
    [  2019] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  2019] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  2019] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  2019] s2 +fence-armed slave n1:6379 n1 6379 @ g1 n3 6379
    [  2624] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  2624] s3 +failover-end master g1 n3 6379
    [  3024] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
resume n1
resume s1
run 3000
expect
    [  6000] s1 +tilt #tilt mode entered
    [  6002] s1 +new-epoch 1
    [  6002] s1 +vote-for-leader s3 1
    [  6003] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6004] s3 -sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  6005] s2 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  6005] s2 -sdown sentinel s1 s1 26379 @ g1 n3 6379
    [  6006] s1 +config-update-from sentinel s3 s3 26379 @ g1 n1 6379
    [  6006] s1 +switch-master g1 n1 6379 n3 6379
    [  6006] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  6006] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  6008] s1 +role-change master g1 n3 6379 new reported role is master
    [  6008] s3 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  6010] s3 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  6010] s3 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  6011] s1 +role-change slave n1:6379 n1 6379 @ g1 n3 6379 new reported role is slave
    [  6011] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  6014] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  6015] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  7000] s1 -tilt #tilt mode exited
show g1
expect
    [  9000] s1 has n3, epoch 1, current 1
    [  9000] s2 has n3, epoch 1, current 1
    [  9000] s3 has n3, epoch 1, current 1
    [  9000] n1 follows n3, link up
    [  9000] n2 follows n3, link up
    [  9000] n3 is a primary
