# As rival_silent, but n2 is there again before that, and says that it follows n1: nothing more is
# waited for.
option fencing strict
option min_replicas 1
option max_lag_s 1
settle
failover s1 g1 n2
until +failover-state-wait-promotion
run 1
isolate n2
until -failover-abort-switchover
run 200
rejoin n2
run 3000
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
    [     6] s1 +selected-slave slave n2:6379 n2 6379 @ g1 n1 6379
    [     8] s1 +switchover-paused master g1 n1 6379 for at most 3000 ms, at offset 1007
    [    10] s1 +switchover-caught-up slave n2:6379 n2 6379 @ g1 n1 6379 in 4 ms
    [    12] s1 +switchover-demoted master g1 n1 6379
    [    12] s1 -role-change master g1 n1 6379 new reported role is slave
    [    12] s1 +failover-state-send-slaveof-noone slave n2:6379 n2 6379 @ g1 n1 6379
    [    12] s1 +failover-state-wait-promotion slave n2:6379 n2 6379 @ g1 n1 6379
    [    24] s2 -role-change master g1 n1 6379 new reported role is slave
    [    25] s3 -role-change master g1 n1 6379 new reported role is slave
    [  1009] s2 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1009] s3 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1009] s1 +sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1009] s1 -failover-abort-switchover master g1 n1 6379 the replica could not be promoted
    [  1009] s1 +fence-armed master g1 n1 6379
    [  1009] s1 +fence-waits master g1 n1 6379 replicas that cannot be reached may still follow the old primary
    [  1239] s2 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1239] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1267] s3 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1267] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  1423] s1 +fenced master g1 n1 6379
    [  1423] s1 +failover-state-send-slaveof-noone master g1 n1 6379
    [  1423] s1 +failover-state-wait-promotion master g1 n1 6379
    [  1427] s1 +promoted-slave master g1 n1 6379
    [  1427] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  1427] s1 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n1 6379
    [  1432] s3 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [  1434] s2 +role-change master g1 n1 6379 new reported role is master
    [  1434] s3 +role-change master g1 n1 6379 new reported role is master
    [  1435] s1 +role-change master g1 n1 6379 new reported role is master
    [  1435] s1 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  1435] s2 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [  1484] s1 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  1943] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  2198] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  2198] s1 +failover-end master g1 n1 6379
    [  2281] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  2435] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
show g1
expect
    [  4209] s1 has n1, epoch 1, current 1
    [  4209] s2 has n1, epoch 1, current 1
    [  4209] s3 has n1, epoch 1, current 1
    [  4209] n1 is a primary
    [  4209] n2 follows n1, link up
    [  4209] n3 follows n1, link up
