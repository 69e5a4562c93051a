# The leader's disk has the switch, and it dies before anybody is told. The primary had only been
# hanging and goes on, so the others put the promoted replica right again. When the leader is back
# it has a configuration that nobody else knows; all must agree in the end.
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
    [   762] s3 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +fence-armed master g1 n1 6379
    [   762] s3 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [   762] s3 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [   763] s2 -sdown master g1 n1 6379
    [   763] s2 -odown master g1 n1 6379
    [   763] s1 -sdown master g1 n1 6379
    [   763] s1 -odown master g1 n1 6379
    [   774] s1 -role-change master g1 n1 6379 new reported role is slave
    [   776] s2 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [   778] s2 -role-change master g1 n1 6379 new reported role is slave
    [   778] s1 -role-change slave n3:6379 n3 6379 @ g1 n1 6379 new reported role is master
    [  1078] s1 +sdown master g1 n1 6379
    [  1078] s1 +odown master g1 n1 6379 #quorum 3/2
    [  1078] s2 +sdown master g1 n1 6379
    [  1078] s2 +odown master g1 n1 6379 #quorum 3/2
    [  1269] s1 +new-epoch 2
    [  1269] s1 +try-failover master g1 n1 6379
    [  1269] s1 +vote-for-leader s1 2
    [  1272] s2 +new-epoch 2
    [  1272] s2 +vote-for-leader s1 2
    [  1273] s1 +elected-leader master g1 n1 6379
    [  1273] s1 +failover-state-select-slave master g1 n1 6379
    [  1273] s1 -candidate-refused slave n2:6379 n2 6379 @ g1 n1 6379 an older replication history
    [  1273] s1 +selected-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  1273] s1 +fence-armed master g1 n1 6379
    [  1273] s1 +failover-state-send-slaveof-noone slave n3:6379 n3 6379 @ g1 n1 6379
    [  1273] s1 +failover-state-wait-promotion slave n3:6379 n3 6379 @ g1 n1 6379
    [  1275] s1 +fenced master g1 n1 6379
    [  1277] s1 +promoted-slave slave n3:6379 n3 6379 @ g1 n1 6379
    [  1277] s1 +failover-state-reconf-slaves master g1 n1 6379
    [  1277] s1 +switch-master g1 n1 6379 n3 6379
    [  1277] s1 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  1277] s1 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  1277] s1 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  1277] s1 +slave-reconf-sent slave n2:6379 n2 6379 @ g1 n3 6379
    [  1280] s1 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  1281] s1 +slave-reconf-inprog slave n2:6379 n2 6379 @ g1 n3 6379
    [  1282] s1 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  1284] s2 +config-update-from sentinel s1 s1 26379 @ g1 n1 6379
    [  1284] s2 +switch-master g1 n1 6379 n3 6379
    [  1284] s2 +slave slave n1:6379 n1 6379 @ g1 n3 6379
    [  1284] s2 +sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  1284] s2 +slave slave n2:6379 n2 6379 @ g1 n3 6379
    [  1284] s2 -sdown slave n1:6379 n1 6379 @ g1 n3 6379
    [  1284] s2 +slave-reconf-done slave n1:6379 n1 6379 @ g1 n3 6379
    [  1293] s2 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  1371] s1 +slave-reconf-done slave n2:6379 n2 6379 @ g1 n3 6379
    [  1371] s1 +failover-end master g1 n3 6379
    [  2009] s2 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [  2009] s1 +sdown sentinel s3 s3 26379 @ g1 n3 6379
    [ 12762] s1 has n3, epoch 2, current 2
    [ 12762] s2 has n3, epoch 2, current 2
    [ 12762] s3 does not answer
    [ 12762] n1 follows n3, link up
    [ 12762] n2 follows n3, link up
    [ 12762] n3 is a primary
start s3
run 20000
expect
    [ 12762] s3 +monitor master g1 n3 6379 quorum 2
    [ 12772] s3 +new-epoch 2
    [ 12776] s1 -sdown sentinel s3 s3 26379 @ g1 n3 6379
    [ 12777] s2 -sdown sentinel s3 s3 26379 @ g1 n3 6379
show g1
expect
    [ 32762] s1 has n3, epoch 2, current 2
    [ 32762] s2 has n3, epoch 2, current 2
    [ 32762] s3 has n3, epoch 2, current 2
    [ 32762] n1 follows n3, link up
    [ 32762] n2 follows n3, link up
    [ 32762] n3 is a primary
