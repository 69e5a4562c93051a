# durability = quorum. The leader told the replicas to leave and promoted one; its disk has that, and
# it dies before anybody is told. The primary had only been hanging. Before the others give it its
# replicas back, which then acknowledge writes, they elect it anew: so the leader's configuration is
# the older one when it is back.
option durability quorum
option fencing off
option sync_replicas 1
settle
run 3000
hang n1
until s3 +selected-slave
aim s3 before-send
resume n1
run 12000
show g1
expect
    [  3754] s2 +sdown master g1 n1 6379
    [  3754] s3 +sdown master g1 n1 6379
    [  3754] s1 +sdown master g1 n1 6379
    [  3756] s2 +odown master g1 n1 6379 #quorum 2/2
    [  3756] s1 +odown master g1 n1 6379 #quorum 2/2
    [  3758] s3 +odown master g1 n1 6379 #quorum 2/2
    [  3758] s3 +new-epoch 1
    [  3758] s3 +try-failover master g1 n1 6379
    [  3758] s3 +vote-for-leader s3 1
    [  3761] s1 +new-epoch 1
    [  3761] s1 +vote-for-leader s3 1
    [  3761] s2 +new-epoch 1
    [  3761] s2 +vote-for-leader s3 1
    [  3762] s3 +elected-leader master g1 n1 6379
    [  3762] s3 +failover-state-select-slave master g1 n1 6379
    [  3768] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  3768] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  3768] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  3769] s1 -sdown master g1 n1 6379
    [  3769] s1 -odown master g1 n1 6379
    [  3769] s2 -sdown master g1 n1 6379
    [  3769] s2 -odown master g1 n1 6379
    [  3769] s3 -sdown master g1 n1 6379
    [  3769] s3 -odown master g1 n1 6379
    [  3774] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  3778] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  5009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  5009] s2 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  5780] s1 +new-epoch 2
    [  5780] s1 +vote-for-leader s1 2
    [  5783] s2 +new-epoch 2
    [  5783] s2 +vote-for-leader s1 2
    [  5786] s1 +config-reaffirmed master g1 n1 6379 epoch 2
    [  6002] s2 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [  6006] s2 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [  6017] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  6108] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  7776] s1 +convert-to-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  7778] s1 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  7778] s1 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  7791] s2 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  8288] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  8791] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15768] s1 has n1, epoch 2, current 2
    [ 15768] s2 has n1, epoch 2, current 2
    [ 15768] s3 does not answer
    [ 15768] n1 is a primary
    [ 15768] n2 follows n1, link up
    [ 15768] n3 follows n1, link up
start s3
run 10000
expect
    [ 15768] s3 +monitor master g1 n3 6379 quorum 2
    [ 15773] s3 +new-epoch 2
    [ 15777] s3 +config-update-from sentinel s2 s2 26379 @ g1 n3 6379
    [ 15777] s3 +switch-master g1 n3 6379 n1 6379
    [ 15777] s3 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 15777] s3 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [ 15778] s1 -sdown sentinel s3 s3 26379 @ g1 n1 6379
    [ 15778] s2 -sdown sentinel s3 s3 26379 @ g1 n1 6379
    [ 15784] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 15784] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
show g1
expect
    [ 25768] s1 has n1, epoch 2, current 2
    [ 25768] s2 has n1, epoch 2, current 2
    [ 25768] s3 has n1, epoch 2, current 2
    [ 25768] n1 is a primary
    [ 25768] n2 follows n1, link up
    [ 25768] n3 follows n1, link up
