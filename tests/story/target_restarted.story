# Between the demotion of the old primary and its own promotion the target of a switchover is started
# again, without its data. It is not promoted: the old primary is, which has everything.
settle
run 3000
failover s1 g1
until s1 +switchover-caught-up
kill n3
start n3 empty
run 3000
show g1
expect
    [  3002] s1 +new-epoch 1
    [  3002] s1 +try-failover master g1 n1 6379
    [  3002] s1 +vote-for-leader s1 1
    [  3002] s1 replies: OK
    [  3005] s2 +new-epoch 1
    [  3005] s2 +vote-for-leader s1 1
    [  3005] s3 +new-epoch 1
    [  3005] s3 +vote-for-leader s1 1
    [  3006] s1 +elected-leader master g1 n1 6379
    [  3006] s1 +failover-state-select-slave master g1 n1 6379
    [  3006] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3008] s1 +switchover-paused master g1 n1 6379 for at most 3000 ms, at offset 4007
    [  3010] s1 +switchover-caught-up slave n3:6379 n3 6379 @ g1 n1 6379 in 4 ms
    [  3012] s1 +switchover-demoted master g1 n1 6379
    [  3012] s1 -role-change master g1 n1 6379 new reported role is slave
    [  3012] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  3012] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  3024] s3 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3025] s2 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3025] s1 +reboot slave n3:6379 n3 6379 @ g1 n1 6379
    [  3025] s1 -failover-abort-switchover master g1 n1 6379 the replica could not be promoted
    [  3025] s1 +failover-state-send-slaveof-noone master g1 n1 6379
    [  3025] s1 +failover-state-wait-promotion master g1 n1 6379
    [  3026] s3 -role-change master g1 n1 6379 new reported role is slave
    [  3027] s2 -role-change master g1 n1 6379 new reported role is slave
    [  3031] s1 +promoted-slave master g1 n1 6379
    [  3031] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  3031] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n1 6379
    [  3033] s1 +role-change master g1 n1 6379 new reported role is master
    [  3033] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [  3039] s2 +role-change master g1 n1 6379 new reported role is master
    [  3039] s3 +role-change master g1 n1 6379 new reported role is master
    [  3643] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  4565] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  4565] s1 +failover-end master g1 n1 6379
    [  6010] s1 has n1, epoch 1, current 1
    [  6010] s2 has n1, epoch 1, current 1
    [  6010] s3 has n1, epoch 1, current 1
    [  6010] n1 is a primary
    [  6010] n2 follows n1, link up
    [  6010] n3 follows n1, link up
