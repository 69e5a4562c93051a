# Strict: in a planned switchover n2 takes the order, and is cut off before it says so. The old primary
# is made one again when n2 certainly has no replica that it could count.
option fencing strict
option min_replicas 1
option max_lag_s 1
settle
failover s1 g1 n2
until +failover-state-wait-promotion
run 1
isolate n2
run 9000
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
    [  4511] s1 +failover-state-send-slaveof-noone master g1 n1 6379
    [  4511] s1 +failover-state-wait-promotion master g1 n1 6379
    [  4515] s1 +promoted-slave master g1 n1 6379
    [  4515] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  4515] s1 +slave-reconf-sent slave n3:6379 n3 6379 @ g1 n1 6379
    [  4517] s1 +role-change master g1 n1 6379 new reported role is master
    [  4517] s1 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  4522] s2 +role-change master g1 n1 6379 new reported role is master
    [  4522] s3 +role-change master g1 n1 6379 new reported role is master
    [  4935] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  4935] s1 +failover-end master g1 n1 6379
show g1
expect
    [  9013] s1 has n1, epoch 1, current 1
    [  9013] s2 has n1, epoch 1, current 1
    [  9013] s3 has n1, epoch 1, current 1
    [  9013] n1 is a primary
    [  9013] n2 is a primary
    [  9013] n3 follows n1, link up
rejoin n2
run 6000
expect
    [  9160] s3 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  9160] s3 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  9257] s2 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  9257] s2 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  9290] s1 -sdown slave n2:6379 n2 6379 @ g1 n1 6379
    [  9292] s1 -role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is master
    [  9779] s3 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [  9781] s1 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [  9782] s2 +role-change slave n2:6379 n2 6379 @ g1 n1 6379 new reported role is slave
    [ 10779] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 10781] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 10782] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
show g1
expect
    [ 15013] s1 has n1, epoch 1, current 1
    [ 15013] s2 has n1, epoch 1, current 1
    [ 15013] s3 has n1, epoch 1, current 1
    [ 15013] n1 is a primary
    [ 15013] n2 follows n1, link up
    [ 15013] n3 follows n1, link up
