# durability = quorum. The leader told the replicas to leave and promoted one; its disk has that, and
# it dies before anybody is told. The primary had only been hanging. Before the others give it its
# replicas back, which then acknowledge writes, they elect it anew: so the leader's configuration is
# the older one when it is back.
option durability quorum
option fencing off
option sync_replicas 1
settle
hang n1
until s3 +selected-slave
aim s3 before-send
resume n1
run 12000
show g1
expect
    [   754] s2 +sdown master g1 n1 6379
    [   754] s3 +sdown master g1 n1 6379
    [   754] s1 +sdown master g1 n1 6379
    [   756] s2 +odown master g1 n1 6379 #quorum 2/2
    [   756] s1 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +odown master g1 n1 6379 #quorum 2/2
    [   758] s3 +new-epoch 1
    [   758] s3 +try-failover master g1 n1 6379
    [   758] s3 +vote-for-leader s3 1
    [   761] s1 +new-epoch 1
    [   761] s1 +vote-for-leader s3 1
    [   761] s2 +new-epoch 1
    [   761] s2 +vote-for-leader s3 1
    [   762] s3 +elected-leader master g1 n1 6379
    [   762] s3 +failover-state-select-slave master g1 n1 6379
    [   768] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   768] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   768] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   769] s2 -sdown master g1 n1 6379
    [   769] s2 -odown master g1 n1 6379
    [   769] s3 -sdown master g1 n1 6379
    [   769] s3 -odown master g1 n1 6379
    [   769] s1 -sdown master g1 n1 6379
    [   769] s1 -odown master g1 n1 6379
    [   774] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   778] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  2009] s1 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n1 6379
    [  2780] s1 +new-epoch 2
    [  2780] s1 +vote-for-leader s1 2
    [  2783] s2 +new-epoch 2
    [  2783] s2 +vote-for-leader s1 2
    [  2786] s1 +config-reaffirmed master g1 n1 6379 epoch 2
    [  3002] s2 +fix-slave-config slave n2:6379 n2 6379 @ g1 n1 6379
    [  3006] s2 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n1 6379
    [  3017] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  3108] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [  4776] s1 +convert-to-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  4778] s1 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  4778] s1 +slave-reconf-inprog slave n3:6379 n3 6379 @ g1 n1 6379
    [  4791] s2 +role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is slave
    [  5288] s1 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [  5791] s2 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
    [ 12768] s1 has n1, epoch 2, current 2
    [ 12768] s2 has n1, epoch 2, current 2
    [ 12768] s3 does not answer
    [ 12768] n1 is a primary
    [ 12768] n2 follows n1, link up
    [ 12768] n3 follows n1, link up
start s3
run 10000
expect
    [ 12768] s3 +monitor master g1 n3 6379 quorum 2
    [ 12773] s3 +new-epoch 2
    [ 12777] s3 +config-update-from sentinel s2 s2 26379 @ g1 n3 6379
    [ 12777] s3 +switch-master g1 n3 6379 n1 6379
    [ 12777] s3 +slave slave n3:6379 n3 6379 @ g1 n1 6379
    [ 12777] s3 +slave slave n2:6379 n2 6379 @ g1 n1 6379
    [ 12778] s1 -sdown sentinel s3 s3 26379 @ g1 n1 6379
    [ 12778] s2 -sdown sentinel s3 s3 26379 @ g1 n1 6379
    [ 12784] s3 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n1 6379
    [ 12784] s3 +slave-reconf-done slave n3:6379 n3 6379 @ g1 n1 6379
show g1
expect
    [ 22768] s1 has n1, epoch 2, current 2
    [ 22768] s2 has n1, epoch 2, current 2
    [ 22768] s3 has n1, epoch 2, current 2
    [ 22768] n1 is a primary
    [ 22768] n2 follows n1, link up
    [ 22768] n3 follows n1, link up
