# The replica is promoted, but the leader dies before its disk has the switch, so that nobody was
# told. The next leader finds a replica that is a primary already, and takes that one.
settle
kill n1
until s3 +vote-for-leader
disk s3 500
run 10
show g1
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
    [    38] s1 has n1, epoch 0, current 1
    [    38] s2 has n1, epoch 0, current 1
    [    38] s3 has n3, epoch 1, current 1
    [    38] n1 is dead
    [    38] n2 follows n1, link down
    [    38] n3 is a primary
kill s3
run 4000
expect
    [    46] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [    48] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   541] s1 +new-epoch 2
    [   541] s1 +try-failover master g1 n1 6379
    [   541] s1 +vote-for-leader s1 2
    [   544] s2 +new-epoch 2
    [   544] s2 +vote-for-leader s1 2
    [   545] s1 +elected-leader master g1 n1 6379
    [   545] s1 +failover-state-select-slave master g1 n1 6379
    [   545] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 507 bytes behind the most advanced replica
    [   545] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   545] s1 +fence-armed master g1 n1 6379
    [   545] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   545] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   549] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   549] s1 +failover-state-reconf-slaves master g1 n1 6379
    [   549] s1 +switch-master g1 n1 6379 n3 6379
    [   549] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   549] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   549] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   549] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [   553] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [   556] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [   556] s2 +switch-master g1 n1 6379 n3 6379
    [   556] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [   556] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [   556] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [   565] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   643] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [   643] s1 +failover-end master g1 n3 6379
    [  2009] s1 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n3 6379
show g1
expect
    [  4038] s1 has n3, epoch 2, current 2
    [  4038] s2 has n3, epoch 2, current 2
    [  4038] s3 does not answer
    [  4038] n1 is dead
    [  4038] n2 follows n3, link up
    [  4038] n3 is a primary
